import Base
import Buses
import Peripherals
import Testing

@testable import Rig

@Suite struct ControlSupplyTests {
    static let apw = SupplyProfile.apw(
        "psu", limits: Millivolts(12_000)...Millivolts(15_000), start: Millivolts(12_800), isMeasured: true)

    @Test func aSupplyInUnknownStateIsSwitchedOffAndDischargedFirst() {
        var bench = SupplyBench(Self.apw)
        bench.need = .on
        bench.pass(.milliseconds(100))
        #expect(bench.orders == [.off])
        bench.pass(.milliseconds(29_800))
        #expect(bench.sequencer.state == .off)
        #expect(bench.sequencer.isVerified)
        #expect(bench.orders == [.off])
        bench.pass(.seconds(10))
        // On, and the voltage once the output is live.
        #expect(bench.orders == [.off, .on, .voltage(Millivolts(12_800))])
        #expect(bench.sequencer.isSupplied && bench.sequencer.isVerified)
        #expect(bench.ledger.supplies[0].total == 1)
        #expect(bench.persisted == 1)
    }

    @Test func theVoltageMovesByTenthsOfAVoltAndStaysInItsLimits() {
        var bench = SupplyBench(Self.apw)
        bench.start()
        bench.target = Millivolts(13_050)
        bench.pass(.seconds(10))
        #expect(bench.orders == [12_900, 13_000, 13_050].map { .voltage(Millivolts($0)) })
        bench.orders = []
        bench.target = Millivolts(20_000)
        bench.pass(.seconds(60))
        #expect(bench.orders.last == .voltage(Millivolts(15_000)))
        #expect(bench.sequencer.isSupplied)
    }

    @Test func anOrdinaryOffWaitsForTheMinimumOnTimeAndAnUrgentOneDoesNot() {
        var bench = SupplyBench(Self.apw)
        bench.need = .on
        bench.pass(.seconds(35))
        #expect(bench.sequencer.state == .on)
        bench.orders = []
        bench.need = .none
        bench.pass(.seconds(20))
        #expect(bench.orders == [])
        bench.isUrgent = true
        bench.pass(.milliseconds(100))
        #expect(bench.orders == [.off])
        bench.pass(.seconds(2))
        #expect(bench.sequencer.state == .off)
    }

    @Test func itComesBackOnlyAfterThirtySecondsOfDischarge() {
        var bench = SupplyBench(Self.apw)
        bench.start()
        bench.pass(.seconds(60))
        bench.need = .none
        bench.pass(.milliseconds(100))
        #expect(bench.orders == [.off])
        bench.need = .on
        bench.pass(.milliseconds(29_900))
        #expect(bench.orders == [.off])
        bench.pass(.milliseconds(200))
        #expect(bench.orders == [.off, .on])
    }

    @Test func aBoardThatWillSoonTryAgainKeepsItOn() {
        var bench = SupplyBench(Self.apw)
        bench.start()
        bench.pass(.seconds(60))
        bench.need = .keep
        bench.pass(.seconds(600))
        #expect(bench.orders == [])
        // But it is not switched on for that.
        bench.sequencer.cut(now: bench.now, into: &bench.plan)
        bench.pass(.seconds(600))
        #expect(bench.orders == [.off])
    }

    @Test func aSpentBudgetKeepsOnOnAndOffOffUntilTheNextDay() {
        var profile = Self.apw
        profile.cyclesPerDay = 1
        var bench = SupplyBench(profile)
        bench.start()
        bench.pass(.seconds(60))
        bench.need = .none
        bench.pass(.seconds(600))
        #expect(bench.orders == [])
        #expect(bench.sequencer.refusal == .cycleBudget)
        // Safety is never refused.
        bench.isUrgent = true
        bench.pass(.seconds(60))
        #expect(bench.orders == [.off])
        bench.isUrgent = false
        bench.need = .on
        bench.pass(.seconds(600))
        #expect(bench.orders == [.off])
        #expect(bench.sequencer.refusal == .cycleBudget)
        // A clock that is lost gives nothing back; the next day does.
        bench.day = nil
        bench.pass(.seconds(60))
        #expect(bench.orders == [.off])
        bench.day = 20_001
        bench.pass(.milliseconds(100))
        #expect(bench.orders == [.off, .on])
        #expect(bench.sequencer.refusal == nil)
        #expect(bench.ledger.supplies[0] == CycleLedger.Count(total: 2, day: 20_001, today: 1))
    }

    @Test func aSupplyThatMakesNothingIsFoundOut() {
        var bench = SupplyBench(Self.apw)
        bench.defect = .dead
        bench.need = .on
        bench.pass(.seconds(40))
        #expect(!bench.sequencer.isSupplied)
        bench.pass(.seconds(60))
        #expect(bench.sequencer.fault == .noOutput)
        #expect(bench.orders == [.off, .on, .off])
    }

    @Test func aWrongOutputCountsAfterThreeSeconds() {
        var bench = SupplyBench(Self.apw)
        bench.start()
        bench.defect = .weak
        bench.pass(.seconds(2))
        #expect(bench.sequencer.isSupplied && !bench.sequencer.isVerified)
        bench.pass(.seconds(2))
        #expect(bench.sequencer.fault == .wrongOutput(.low))
        #expect(bench.orders == [.off])
    }

    @Test func aSensorThatFailsSwitchesNothingOffAndVerifiesNothing() {
        var bench = SupplyBench(Self.apw)
        bench.start()
        bench.defect = .unreadable
        bench.pass(.seconds(60))
        #expect(bench.orders == [])
        #expect(bench.sequencer.isSupplied && !bench.sequencer.isVerified)
        // Off cannot be proved without it, so there is no way back on.
        bench.need = .none
        bench.pass(.seconds(120))
        bench.need = .on
        bench.pass(.seconds(120))
        #expect(bench.sequencer.state == .switchingOff)
        #expect(bench.sequencer.fault == nil)
        #expect(!bench.orders.contains(.on))
    }

    @Test func aSupplyThatStaysOnIsToldAgainAndReported() {
        var bench = SupplyBench(Self.apw)
        bench.start()
        bench.defect = .staysOn
        bench.pass(.seconds(60))
        bench.need = .none
        bench.pass(.seconds(44))
        #expect(bench.sequencer.fault == nil)
        bench.pass(.seconds(2))
        #expect(bench.sequencer.fault == .staysOn)
        #expect(bench.orders.count >= 9)
        #expect(bench.orders.allSatisfy { $0 == .off })
        bench.defect = nil
        bench.pass(.seconds(5))
        #expect(bench.sequencer.fault == nil)
        #expect(bench.sequencer.state == .off)
    }

    @Test func aRegulatorIsToldItsVoltageBeforeItIsSwitchedOn() {
        var bench = SupplyBench(
            .regulator("core", limits: Millivolts(1000)...Millivolts(13_000), start: Millivolts(12_000)))
        bench.need = .on
        bench.pass(.seconds(5))
        #expect(bench.orders == [.off, .voltage(Millivolts(12_000)), .on])
        #expect(bench.sequencer.isVerified)
    }

    @Test func withoutAMeasurementTimeDecidesAndNothingIsCalledVerified() {
        var bench = SupplyBench(.line("psu", voltage: Millivolts(12_000), isMeasured: false))
        bench.need = .on
        bench.pass(.seconds(29))
        #expect(bench.orders == [.off])
        bench.pass(.seconds(5))
        #expect(bench.orders == [.off, .on])
        #expect(bench.sequencer.isSupplied && !bench.sequencer.isVerified)
    }

    @Test(arguments: 0..<12)
    func whateverHappensItNeverSwitchesOnWithoutDischargeNorLeavesItsLimits(seed: UInt64) {
        var random = ControlRandom(seed: seed)
        var bench = SupplyBench(Self.apw)
        for _ in 0..<2000 {
            if random.next() % 40 == 0 {
                bench.need = [.none, .keep, .on][Int(random.next() % 3)]
                bench.isUrgent = random.next() % 4 == 0
                bench.target = Millivolts(Int32(10_000 + random.next() % 8000))
                bench.defect = [nil, nil, nil, .dead, .weak, .staysOn, .unreadable][Int(random.next() % 7)]
            }
            bench.orders = []
            let lastLive = bench.lastLive
            bench.pass(.milliseconds(500))
            for order in bench.orders {
                switch order {
                case .off: break
                // A supply that stayed on is told again every five seconds: so late may the count begin.
                case .on: #expect(bench.now - lastLive >= .seconds(25))
                case .voltage(let voltage): #expect(Self.apw.limits.contains(voltage))
                }
            }
        }
    }
}

@Suite struct ControlCycleLedgerTests {
    @Test func survivesARestartAndGivesNothingBackForAWrongClock() throws {
        var ledger = CycleLedger(supplyCount: 2, boardCount: 3)
        ledger.supplies[1].record(on: 20_000)
        ledger.supplies[1].record(on: 19_000)
        ledger.supplies[1].record(on: nil)
        ledger.boards[2].record(on: 20_000)
        let read = try CycleLedger.read(file: "cycles.json", bytes: ledger.json, supplyCount: 2, boardCount: 3)
        #expect(read == ledger)
        #expect(read.supplies[1].count(on: 20_000) == 3)
        #expect(read.supplies[1].count(on: 1) == 3)
        #expect(read.supplies[1].count(on: 20_001) == 0)
    }

    @Test func aRigWithOtherPartsTakesWhatFits() throws {
        var ledger = CycleLedger(supplyCount: 2, boardCount: 0)
        ledger.supplies[0].record(on: 20_000)
        let read = try CycleLedger.read(file: "cycles.json", bytes: ledger.json, supplyCount: 1, boardCount: 1)
        #expect(read.supplies == [CycleLedger.Count(total: 1, day: 20_000, today: 1)])
        #expect(read.boards == [CycleLedger.Count()])
    }

    @Test(arguments: [#"{}"#, #"{"schema":2}"#, #"{"schema":1,"supplies":[{"total":-1,"day":0,"today":0}]}"#, "["])
    func refusesWhatItDidNotWrite(text: String) {
        #expect(throws: DocumentError.self) {
            try CycleLedger.read(file: "cycles.json", bytes: Array(text.utf8), supplyCount: 1, boardCount: 1)
        }
    }

    @Test func aBoardWithoutAClockHasNoDay() {
        #expect(CycleLedger.day(unixSeconds: nil) == nil)
        #expect(CycleLedger.day(unixSeconds: 86_400) == nil)
        #expect(CycleLedger.day(unixSeconds: 1_764_028_800) == 20_417)
    }
}

/// Reproducible numbers: SplitMix64.
struct ControlRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
