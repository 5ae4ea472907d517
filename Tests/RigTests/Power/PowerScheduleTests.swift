import Base
import Testing

@testable import Rig

@Suite struct PowerScheduleTests {
    /// Wednesday, 25 November 2026, 00:00 UTC.
    static let wednesday: Int64 = 1_795_564_800
    static let now = Instant(nanoseconds: 1_000_000_000_000)

    func schedule(_ hours: [PowerSchedule.Hours]) -> PowerSchedule {
        var schedule = PowerSchedule()
        schedule.hours = hours
        return schedule
    }

    @Test func theDayIsTheRightOne() {
        #expect(CivilTime(unixSeconds: Self.wednesday).iso8601 == "2026-11-25T00:00:00Z")
        let onlyWednesday = schedule([.init(days: 0b100, from: 0, until: 1439, limit: .off)])
        #expect(onlyWednesday.hoursLimit(Self.wednesday, rated: PowerBench.rated) == .off)
        #expect(onlyWednesday.hoursLimit(Self.wednesday - 60, rated: PowerBench.rated) == nil)
        #expect(onlyWednesday.hoursLimit(Self.wednesday + 86_400, rated: PowerBench.rated) == nil)
        #expect(onlyWednesday.hoursLimit(Self.wednesday - 7 * 86_400, rated: PowerBench.rated) == .off)
    }

    @Test func hoursMayPassMidnightAndBelongToTheDayTheyBeginOn() {
        let night = schedule([.init(days: 0b100, from: 22 * 60, until: 6 * 60, limit: .permille(500))])
        func limit(_ hour: Int64) -> PowerLimit? {
            night.hoursLimit(Self.wednesday + hour * 3600, rated: PowerBench.rated)
        }
        #expect(limit(5) == nil)
        #expect(limit(21) == nil)
        #expect(limit(22) == .permille(500))
        #expect(limit(29) == .permille(500))
        #expect(limit(30) == nil)
    }

    @Test func localTimeIsAheadOfUTC() {
        var evening = schedule([.init(from: 18 * 60, until: 19 * 60, limit: .off)])
        evening.utcOffset = 330
        #expect(evening.hoursLimit(Self.wednesday + 12 * 3600 + 1799, rated: PowerBench.rated) == nil)
        #expect(evening.hoursLimit(Self.wednesday + 12 * 3600 + 1800, rated: PowerBench.rated) == .off)
    }

    @Test func theLowestLimitOfHoursThatOverlapHolds() {
        let both = schedule([
            .init(from: 0, until: 720, limit: .permille(500)),
            .init(from: 0, until: 600, limit: .power(.watts(1200))),
        ])
        #expect(both.hoursLimit(Self.wednesday, rated: PowerBench.rated) == .power(.watts(1200)))
        #expect(both.hoursLimit(Self.wednesday, rated: .watts(2000)) == .permille(500))
    }

    @Test func thePriceDecidesWhereItIsKnown() throws {
        let text =
            #"{"prices": [{"from": 1795564800, "until": 1795568400, "per_kwh": -0.01}, "#
            + #"{"from": 1795568400, "until": 1795572000, "per_kwh": 0.25}]}"#
        let prices = try PriceTable.read(file: "prices.json", bytes: Array(text.utf8))
        var schedule = PowerSchedule()
        schedule.priceRules = [.init(from: 100_000, limit: .permille(400)), .init(from: 250_000, limit: .off)]
        func wish(_ offset: Int64) -> PowerSchedule.Wish {
            schedule.wish(unixSeconds: Self.wednesday + offset, prices: prices, rated: PowerBench.rated, now: Self.now)
        }
        #expect(wish(0).price == nil)
        #expect(wish(3600).price?.limit == .off)
        #expect(wish(3590).until == Self.now + .seconds(10))
        #expect(wish(7200).price == nil, "no price is known")
    }

    @Test(arguments: [
        (
            #"{"prices": [{"from": 2, "until": 1, "per_kwh": 0}]}"#,
            #"p.json:1:48: prices[0]: ends at or before its begin; expected "from" before "until""#
        ),
        (
            #"{"prices": [{"from": 0, "until": 1, "per_kwh": 0.0000001}]}"#,
            "p.json:1:48: prices[0].per_kwh: found 0.0000001; "
                + "expected a price per kWh from -1000 to 1000 with at most 6 decimals"
        ),
    ])
    func aTableOfPricesIsTakenWholeOrNotAtAll(text: String, message: String) {
        do {
            _ = try PriceTable.read(file: "p.json", bytes: Array(text.utf8))
            Issue.record("was taken")
        } catch {
            #expect(error.message == message)
        }
    }

    /// The wall clock jumps by a year and back while the schedule holds: the rig does what the clock shows, and what the
    /// arbiter counts on its own clock stays what it was.
    @Test(arguments: [-365, 365] as [Int64])
    func aJumpOfTheWallClockHarmsNothing(days: Int64) {
        let night = schedule([.init(from: 0, until: 6 * 60, limit: .permille(500))])
        var bench = PowerBench()
        bench.claim(.remote, .permille(900), for: .seconds(7200)) { $0.failPolicy = .release }
        bench.run(.seconds(600))
        var wall = Self.wednesday + 3 * 3600
        func look() {
            let wish = night.wish(unixSeconds: wall, prices: PriceTable(), rated: PowerBench.rated, now: bench.now)
            bench.handle(wish.hours.map { .claim($0) } ?? .release(PowerSchedule.hoursKey))
        }
        for second in 0..<3600 {
            // Out and back, a hundred times.
            if second % 36 == 0 { wall += second / 36 % 2 == 0 ? days * 86_400 : -days * 86_400 }
            look()
            bench.run(.seconds(1))
            wall += 1
            #expect(bench.watts == 1500)
        }
        #expect(bench.arbiter.claims.count == 3, "the remote claim holds on")
        // Now the clock is wrong for good, and shows noon.
        wall += 9 * 3600 + days * 86_400
        look()
        bench.run(.seconds(900))
        #expect(bench.watts == 2700)
        bench.run(.seconds(7200 - 600 - 3600 - 900 - 1))
        #expect(bench.watts == 2700)
        bench.run(.seconds(900))
        #expect(bench.watts == 3000, "the remote claim ended when it was to")
    }
}
