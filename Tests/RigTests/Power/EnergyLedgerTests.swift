import Base
import Buses
import Testing

@testable import Rig

@Suite struct EnergyLedgerTests {
    static let target = PowerBench.rated

    func setpoint(_ source: PowerClaim.Source) -> PowerSetpoint {
        PowerSetpoint(
            limit: .zero, source: source, reason: .claimed, since: Instant(nanoseconds: 0), deadline: nil,
            isTuningFrozen: false)
    }

    /// Books whole seconds at a power.
    func book(
        _ ledger: inout EnergyLedger, _ seconds: Int, watts: Int32, _ source: PowerClaim.Source, price: Int64?,
        from start: inout Instant
    ) {
        for _ in 0...seconds {
            ledger.book(
                power: .ok(.watts(watts), at: start), setpoint: setpoint(source), target: Self.target, price: price,
                now: start)
            start = start + .seconds(1)
        }
        start = start + .seconds(-1)
    }

    @Test func energyAndMoneyAreBookedToTheirCauses() {
        var ledger = EnergyLedger()
        var now = Instant(nanoseconds: 5_000_000_000)
        book(&ledger, 3600, watts: 3000, .configured, price: 80_000, from: &now)
        book(&ledger, 1800, watts: 0, .remote, price: 80_000, from: &now)
        book(&ledger, 900, watts: 1000, .frequency, price: nil, from: &now)
        book(&ledger, 3600, watts: 2000, .surplus, price: -10_000, from: &now)
        #expect(ledger[.normal].usedMilliwattHours == 3_000_000)
        #expect(ledger[.normal].cost == 240_000, "3 kWh at 0.08")
        #expect(ledger[.normal].withheldMilliwattHours == 0)
        #expect(ledger[.curtailed].usedMilliwattHours == 0)
        #expect(ledger[.curtailed].withheldMilliwattHours == 1_500_000)
        #expect(ledger[.response].usedMilliwattHours == 250_000)
        #expect(ledger[.response].unpricedMilliwattHours == 250_000)
        #expect(ledger[.absorbed].usedMilliwattHours == 2_000_000)
        #expect(ledger[.absorbed].cost == -20_000)
        #expect(ledger.total.usedMilliwattHours == 5_250_000)
        #expect(ledger.total.milliseconds == 9_900_000)
        #expect(ledger.unmeasuredMilliseconds == 0)
    }

    @Test func satoshisForAKilowattHour() {
        var ledger = EnergyLedger()
        #expect(ledger[.normal].satoshisPerKilowattHour == nil)
        var now = Instant(nanoseconds: 0)
        book(&ledger, 7200, watts: 3000, .configured, price: nil, from: &now)
        ledger.earn(millisatoshis: 390_000, setpoint: setpoint(.configured))
        #expect(ledger[.normal].satoshisPerKilowattHour == 65)
    }

    @Test func smallAmountsAreNotLost() {
        var ledger = EnergyLedger()
        var now = Instant(nanoseconds: 0)
        // 7 mW for 1 s is two thousandths of a milliwatt-hour.
        for _ in 0...36_000 {
            ledger.book(
                power: .ok(Milliwatts(7), at: now), setpoint: setpoint(.configured), target: Self.target,
                price: 1_000_000,
                now: now)
            now = now + .seconds(1)
        }
        #expect(ledger[.normal].usedMilliwattHours == 70)
        #expect(ledger[.normal].cost == 70, "70 mWh at 1.00 a kWh")
    }

    @Test func timeWithoutAMeasurementIsSaidSo() {
        var ledger = EnergyLedger()
        var now = Instant(nanoseconds: 0)
        func book(_ power: Reading<Milliwatts>) {
            ledger.book(power: power, setpoint: setpoint(.configured), target: Self.target, price: nil, now: now)
        }
        book(.ok(.watts(1000), at: now))
        now = now + .seconds(10)
        book(.failed(.allOnes))
        now = now + .seconds(10)
        book(.ok(.watts(1000), at: now))
        now = now + .seconds(61)
        book(.ok(.watts(1000), at: now))
        #expect(ledger.unmeasuredMilliseconds == 71_000)
        #expect(ledger[.normal].milliseconds == 10_000)
    }

    @Test func survivesARestart() throws {
        var ledger = EnergyLedger()
        var now = Instant(nanoseconds: 0)
        book(&ledger, 3600, watts: 1234, .configured, price: -70_001, from: &now)
        book(&ledger, 3600, watts: 321, .remote, price: 70_001, from: &now)
        ledger.earn(millisatoshis: 12_345, setpoint: setpoint(.configured))
        ledger.unmeasuredMilliseconds = 5
        let read = try EnergyLedger.read(file: "energy.json", bytes: ledger.json)
        #expect(read.accounts == ledger.accounts)
        #expect(read.unmeasuredMilliseconds == 5)
        #expect(read.json == ledger.json)
    }

    @Test(arguments: [
        #"{"schema":2}"#, #"{"schema":1,"normal":{"ms":-1}}"#, #"{"schema":1,"norm":{}}"#,
        #"{"schema":1,"normal":{"msat":1152921504606846977}}"#, #"{"schema":1"#,
    ])
    func refusesWhatItDidNotWrite(text: String) {
        #expect(throws: DocumentError.self) { try EnergyLedger.read(file: "energy.json", bytes: Array(text.utf8)) }
    }

    /// Without a meter the boards' models are booked, and marked; without either nothing is.
    @Test func whatNoMeterMeasuredIsMarkedAsEstimated() throws {
        var ledger = EnergyLedger()
        var now = Instant(nanoseconds: 5_000_000_000)
        for second in 0...3600 {
            let power: Reading<Milliwatts> =
                second <= 1800 ? .failed(.unverifiedScale) : .ok(.watts(1000), at: now)
            ledger.book(
                power: power, estimate: .watts(2000), setpoint: setpoint(.configured), target: Self.target, price: nil,
                now: now)
            now = now + .seconds(1)
        }
        #expect(ledger[.normal].usedMilliwattHours == 1_500_000)
        #expect(ledger[.normal].estimatedMilliwattHours == 1_000_000)
        #expect(ledger.unmeasuredMilliseconds == 0)
        let read = try EnergyLedger.read(file: "energy.json", bytes: ledger.json)
        #expect(read[.normal].estimatedMilliwattHours == 1_000_000)
    }

    @Test(arguments: [
        ("1500", 1_500_000), ("-350.25", -350_250), (" 0.001 ", 1), ("0", 0), ("2000000", 2_000_000_000),
    ])
    func aMeterFeedsWatts(text: String, milliwatts: Int32) {
        #expect(ExportFeed.read(Array(text.utf8)) == Milliwatts(milliwatts))
    }

    @Test(arguments: ["", "-", "1.", ".5", "1.2345", "1e3", "watts", "2000001", "1 2", "--1", "999999999999"])
    func aMeterThatFeedsSomethingElseIsRefused(text: String) {
        #expect(ExportFeed.read(Array(text.utf8)) == nil)
        var feed = ExportFeed()
        var values: [Milliwatts] = []
        feed.take(Array("\(text)\n7\n".utf8)) { values.append($0) }
        #expect(values == [.watts(7)])
        #expect(feed.refused == 1)
    }
}
