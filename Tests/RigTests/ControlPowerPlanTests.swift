import ASIC
import Base
import Testing

@testable import Rig

@Suite struct ControlPowerPlanTests {
    static let start = Instant(nanoseconds: 1_000_000_000_000)
    /// A board of 126 BM1362 in an S19j Pro: 1090 W at 525 MHz, of which about 60 W without hashing.
    static let model = BoardPowerModel(
        rest: Milliwatts(60_000), clock: .megahertz(525), voltage: Millivolts(13_700), power: Milliwatts(1_090_000),
        hashesPerCycle: 126 * 514)
    static let profile = PowerPlan.Profile(base: Milliwatts(60_000), efficiencyPermille: 940)

    static func board(_ clock: UInt32? = nil, isAvailable: Bool = true, upTo highest: UInt32 = 525) -> PowerPlan.Board {
        PowerPlan.Board(
            model: model, voltage: Millivolts(13_700), clocks: .megahertz(200)...(.megahertz(highest)),
            isAvailable: isAvailable, clock: clock.map { .megahertz($0) }, isOn: clock != nil)
    }

    /// Carries the plan out at once.
    static func follow(_ plan: PowerPlan, _ boards: inout [PowerPlan.Board]) {
        for index in boards.indices {
            boards[index].clock = plan.clocks[index]
            boards[index].isOn = plan.clocks[index] != nil
        }
    }

    @Test func powerFollowsClockAndTheSquareOfTheVoltage() {
        let model = Self.model
        #expect(model.power(at: .megahertz(525), Millivolts(13_700)) == Milliwatts(1_090_000))
        #expect(model.power(at: .megahertz(0), Millivolts(13_700)) == Milliwatts(60_000))
        // 60 + 1030 / 2, and a tenth less voltage: 0.81.
        #expect(model.power(at: ClockFrequency(hertz: 262_500_000), Millivolts(13_700)) == Milliwatts(575_000))
        let lower = model.power(at: .megahertz(525), Millivolts(12_330))
        #expect((Milliwatts(894_290)...Milliwatts(894_310)).contains(lower))
        #expect(model.hashRate(at: .megahertz(525)) == 126 * 514 * 525_000_000)
    }

    @Test func withPowerForAllEverythingRunsAtItsHighest() {
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        plan.decide(
            limit: Milliwatts(4_000_000), deadline: nil, boards: [Self.board(), Self.board(), Self.board()],
            now: Self.start)
        #expect(plan.clocks == [.megahertz(525), .megahertz(525), .megahertz(525)])
        // 60 W + 3 · 1090 W / 0.94
        #expect((Milliwatts(3_538_700)...Milliwatts(3_538_800)).contains(plan.planned))
    }

    @Test(arguments: (0...97).map { Int32($0 * 37) })
    func neverPlansMoreThanTheLimitAndAlmostAllOfIt(watts: Int32) {
        let limit = Milliwatts(clamping: Int64(watts) * 1000)
        let boards = [Self.board(), Self.board(), Self.board()]
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        plan.decide(limit: limit, deadline: nil, boards: boards, now: Self.start)
        #expect(plan.planned <= limit)
        // One board's clock step is 7 W at the mains, and 15 thousandths are near enough; below one board at its lowest clock, 542 W, everything is off.
        if watts > 545, watts < 3538 { #expect(plan.planned.value >= limit.value / 1000 * 985 - 7000) }
        if watts < 540 { #expect(plan.clocks == [nil, nil, nil]) }
    }

    @Test func boardsThatMayNotRunAreLeftOutAndHotOnesRunSlower() {
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        let boards = [Self.board(), Self.board(isAvailable: false), Self.board(upTo: 300)]
        plan.decide(limit: Milliwatts(4_000_000), deadline: nil, boards: boards, now: Self.start)
        #expect(plan.clocks == [.megahertz(525), nil, .megahertz(300)])
    }

    @Test func ofTwoChoicesThatComeNearEnoughTheOneWithMoreHashesIsTaken() {
        // Two boards at their highest take 2379 W; three that are slowed down to 2405 W hash less.
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        plan.decide(
            limit: Milliwatts(2_405_000), deadline: nil, boards: [Self.board(), Self.board(), Self.board()],
            now: Self.start)
        #expect(plan.clocks == [.megahertz(525), .megahertz(525), nil])
    }

    @Test func offIsOffAtOnce() {
        var plan = PowerPlan(boardCount: 1, profile: Self.profile)
        plan.decide(limit: Milliwatts(2_000_000), deadline: nil, boards: [Self.board()], now: Self.start)
        plan.decide(limit: .zero, deadline: nil, boards: [Self.board(525)], now: Self.start)
        #expect(plan.clocks == [nil])
        #expect(plan.planned == .zero)
    }

    @Test func withoutTimeForClocksBoardsGo() {
        func clocks(_ deadline: Duration) -> [ClockFrequency?] {
            var boards = [Self.board(), Self.board(), Self.board()]
            var plan = PowerPlan(boardCount: 3, profile: Self.profile)
            plan.decide(limit: Milliwatts(3_600_000), deadline: nil, boards: boards, now: Self.start)
            Self.follow(plan, &boards)
            plan.decide(limit: Milliwatts(1_800_000), deadline: Self.start + deadline, boards: boards, now: Self.start)
            return plan.clocks
        }
        // 525 to 248 MHz at 62.5 MHz/s takes 4.4 s.
        #expect(clocks(.seconds(5)).allSatisfy { $0 != nil })
        // In no time: two boards go, and the last may run on at its full 1220 W.
        #expect(clocks(.zero) == [nil, nil, .megahertz(525)])
        // In two seconds each of two falls to 400 MHz, 1.84 kW in all: still too much.
        #expect(clocks(.seconds(2)).count { $0 != nil } == 1)
        #expect(clocks(.milliseconds(2500)).count { $0 != nil } == 2)
    }

    @Test func aBoardThatWasSwitchedOffForLackOfPowerComesBackAfterAMinute() {
        var boards = [Self.board(525), Self.board(525), Self.board(525)]
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        plan.decide(limit: Milliwatts(3_600_000), deadline: nil, boards: boards, now: Self.start)
        plan.decide(limit: Milliwatts(2_500_000), deadline: Self.start, boards: boards, now: Self.start)
        Self.follow(plan, &boards)
        #expect(plan.clocks.count { $0 != nil } == 2)
        plan.decide(limit: Milliwatts(3_600_000), deadline: nil, boards: boards, now: Self.start + .seconds(59))
        #expect(plan.clocks.count { $0 != nil } == 2)
        plan.decide(limit: Milliwatts(3_600_000), deadline: nil, boards: boards, now: Self.start + .seconds(60))
        #expect(plan.clocks.count { $0 != nil } == 3)
    }

    @Test func aLimitThatTremblesDoesNotMakeThePlanHunt() {
        var random = ControlRandom(seed: 7)
        var boards = [Self.board(), Self.board(), Self.board()]
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        plan.decide(limit: Milliwatts(2_000_000), deadline: nil, boards: boards, now: Self.start)
        Self.follow(plan, &boards)
        var changes = 0
        for second in 1...600 {
            let before = plan.clocks
            let limit = Milliwatts(Int32(1_995_000 + random.next() % 20_000))
            plan.decide(limit: limit, deadline: nil, boards: boards, now: Self.start + .seconds(second))
            Self.follow(plan, &boards)
            #expect(plan.planned <= limit)
            if plan.clocks != before { changes += 1 }
        }
        #expect(changes <= 3)
    }

    @Test func aMeterThatReadsMoreLowersThePlanAtOnceAndOneThatReadsLessRaisesItSlowly() {
        var boards = [Self.board(), Self.board(), Self.board()]
        var plan = PowerPlan(boardCount: 3, profile: Self.profile)
        let limit = Milliwatts(2_500_000)
        func really(_ plan: PowerPlan, _ permille: Int64) -> Milliwatts {
            Milliwatts(clamping: Int64(plan.planned.value) * 1000 / plan.correctionPermille * permille / 1000)
        }
        plan.decide(limit: limit, deadline: nil, boards: boards, now: Self.start)
        Self.follow(plan, &boards)
        plan.calibrate(measured: really(plan, 1100), boards: boards, isFrozen: true)
        #expect((1098...1101).contains(plan.correctionPermille))
        plan.decide(limit: limit, deadline: nil, boards: boards, now: Self.start + .seconds(10))
        #expect(really(plan, 1100) <= limit + Milliwatts(5000))
        plan.calibrate(measured: really(plan, 900), boards: boards, isFrozen: true)
        #expect((1098...1101).contains(plan.correctionPermille))
        plan.calibrate(measured: really(plan, 900), boards: boards, isFrozen: false)
        #expect((1070...1080).contains(plan.correctionPermille))
        for _ in 0..<60 {
            plan.decide(limit: limit, deadline: nil, boards: boards, now: Self.start + .seconds(20))
            plan.calibrate(measured: really(plan, 900), boards: boards, isFrozen: false)
        }
        #expect((900...910).contains(plan.correctionPermille))
    }

    @Test(arguments: 0..<30)
    func whateverIsAskedThePlanKeepsToItsLimits(seed: UInt64) {
        var random = ControlRandom(seed: seed)
        let count = Int(1 + random.next() % 6)
        var boards = (0..<count).map { _ in Self.board() }
        var plan = PowerPlan(boardCount: count, profile: Self.profile)
        for second in 0..<200 {
            let limit = Milliwatts(Int32(random.next() % 8_000_000))
            for index in boards.indices {
                boards[index].isAvailable = random.next() % 8 != 0
                let highest: UInt32 = 200 + UInt32(random.next() % 326)
                boards[index].clocks = .megahertz(200)...(.megahertz(highest))
            }
            let deadline =
                random.next() % 2 == 0 ? nil : Self.start + .seconds(Int64(second) + Int64(random.next() % 8))
            plan.decide(limit: limit, deadline: deadline, boards: boards, now: Self.start + .seconds(second))
            #expect(plan.planned <= limit)
            for index in boards.indices {
                guard let clock = plan.clocks[index] else { continue }
                #expect(boards[index].isAvailable && boards[index].clocks.contains(clock))
            }
            Self.follow(plan, &boards)
        }
    }
}
