import Base
import Buses
import Testing

@testable import Rig

@Suite struct PowerRestoreTests {
    /// Times in seconds after release at which the set point rose, with the watts that it rose to.
    func climb(_ bench: inout PowerBench, _ span: Duration) -> [(Int64, Int32)] {
        let began = bench.now
        var steps: [(Int64, Int32)] = []
        var last = bench.watts
        while let due = bench.arbiter.deadline, due <= began + span {
            bench.now = due
            bench.handle(.tick)
            if bench.watts > last { steps.append(((bench.now - began).components.seconds, bench.watts)) }
            last = bench.watts
        }
        return steps
    }

    @Test func powerComesBackInSteps() {
        var bench = PowerBench()
        bench.claim(.technician, .off)
        bench.run(.seconds(300))
        bench.release(.technician)
        #expect(bench.watts == 1000, "off for long enough, and by hand: no delay, the least power first")
        let steps = climb(&bench, .seconds(3600))
        #expect(steps.map(\.0) == [30, 60, 90, 120, 150, 180, 210])
        #expect(steps.map(\.1) == [1300, 1600, 1900, 2200, 2500, 2800, 3000])
    }

    @Test func rigsThatShareACauseWaitForDifferentTimes() {
        var firsts: Set<Int64> = []
        for seed in 1...20 as ClosedRange<UInt64> {
            var bench = PowerBench(seed: seed)
            bench.claim(.frequency, .off)
            bench.release(.frequency)
            #expect(bench.reason == .minimumOffTime(until: bench.now + .seconds(120)))
            let steps = climb(&bench, .seconds(3600))
            #expect(steps.count == 8)
            #expect((120...600).contains(steps[0].0))
            firsts.insert(steps[0].0)
        }
        #expect(firsts.count > 15)
    }

    @Test func aDynamicResponseFollowsTheFrequencyBack() {
        var bench = PowerBench()
        bench.claim(.frequency, .permille(500)) { $0.rise = .following }
        #expect(bench.watts == 1500)
        bench.claim(.frequency, .permille(950)) { $0.rise = .following }
        #expect(bench.watts == 2850)
        bench.release(.frequency)
        #expect(bench.watts == 3000)
    }

    @Test func theStrictestRuleOfAllCausesCounts() {
        var bench = PowerBench()
        bench.claim(.frequency, .off)
        bench.claim(.technician, .off)
        bench.run(.seconds(600))
        bench.release(.frequency)
        bench.release(.technician)
        #expect(bench.arbiter.setpoint.isOff, "the grid's cause was there too: a random delay")
        #expect(climb(&bench, .seconds(481)).first != nil)
    }

    @Test func aNewCauseStopsTheWayUpAtOnce() {
        var bench = PowerBench()
        bench.claim(.technician, .off)
        bench.run(.seconds(300))
        bench.release(.technician)
        bench.run(.seconds(60))
        #expect(bench.watts == 1600)
        bench.claim(.remote, .off)
        #expect(bench.arbiter.setpoint.isOff)
        bench.run(.seconds(3600))
        #expect(bench.arbiter.setpoint.isOff)
    }

    // MARK: Wear

    @Test func aRigThatHasJustStartedGoesToItsLeastPowerForEconomyButOffForTheGrid() {
        var bench = PowerBench()
        let started = bench.now
        bench.run(.seconds(10))
        bench.claim(.schedule, .off)
        #expect(bench.watts == 1000)
        #expect(bench.reason == .minimumOnTime(until: started + .seconds(300)))
        bench.claim(.frequency, .off)
        #expect(bench.arbiter.setpoint.isOff)
    }

    @Test func economyIsObeyedWhenTheRigHasRunForLongEnough() {
        var bench = PowerBench()
        bench.claim(.surplus, .off)
        #expect(bench.watts == 1000)
        let record = bench.arbiter.records.first { $0.key.source == .surplus }
        #expect(record?.decision == .refused(.minimumOnTime(until: bench.now + .seconds(300))))
        bench.run(.seconds(300))
        #expect(bench.arbiter.setpoint.isOff)
    }

    @Test func theStartsOfADayAreCountedAndTheRefusalIsDeclared() throws {
        var bench = PowerBench(PowerBench.settings { $0.cyclesPerDay = 8 })
        let first = bench.now
        for _ in 0..<5 {
            bench.run(.seconds(400))
            bench.claim(.schedule, .off)
            #expect(bench.arbiter.setpoint.isOff)
            bench.release(.schedule)
            bench.run(.seconds(1200))
            #expect(bench.watts == 3000)
        }
        bench.run(.seconds(400))
        bench.claim(.schedule, .off)
        #expect(bench.arbiter.setpoint.isOff)
        bench.release(.schedule)
        bench.run(.seconds(1200))
        // Seven starts: economy has had its share, the eighth is kept for those who must be obeyed.
        bench.claim(.schedule, .off)
        #expect(bench.watts == 1000)
        #expect(bench.reason == .cyclesKept(until: first + .seconds(86_400)))
        bench.claim(.frequency, .off)
        #expect(bench.arbiter.setpoint.isOff)
        bench.release(.schedule)
        bench.release(.frequency)
        bench.run(.seconds(1200))
        #expect(bench.watts == 3000)
        #expect(bench.arbiter.startsUsedUp(now: bench.now) == first + .seconds(86_400))
        // Whoever must be obeyed is; coming back waits until the day has room again.
        bench.claim(.remote, .off)
        #expect(bench.arbiter.setpoint.isOff)
        bench.release(.remote)
        #expect(bench.reason == .cycleBudget(until: first + .seconds(86_400)))
        bench.run(first + .seconds(86_399) - bench.now)
        #expect(bench.arbiter.setpoint.isOff)
        bench.run(.seconds(1200))
        #expect(bench.watts == 3000)
    }

    // MARK: Blackout

    @Test func aSagSwitchesNothing() {
        var bench = PowerBench()
        bench.handle(.mains(isGood: false))
        bench.run(.milliseconds(1999))
        bench.handle(.mains(isGood: true))
        bench.run(.seconds(10))
        #expect(bench.watts == 3000)
    }

    @Test func afterABlackoutTheMainsMustBeGoodForMinutes() {
        var bench = PowerBench()
        bench.handle(.mains(isGood: false))
        bench.run(.seconds(2))
        #expect(bench.arbiter.setpoint.isOff)
        bench.run(.seconds(3600))
        bench.handle(.mains(isGood: true))
        bench.run(.seconds(100))
        // A second try of the grid: counting starts anew.
        bench.handle(.mains(isGood: false))
        bench.run(.seconds(1))
        #expect(bench.reason == .mainsReturn(until: nil))
        bench.handle(.mains(isGood: true))
        let good = bench.now
        #expect(bench.reason == .mainsReturn(until: good + .seconds(180)))
        bench.run(.seconds(179))
        #expect(bench.arbiter.setpoint.isOff)
        let first = climb(&bench, .seconds(3600)).first?.0
        #expect(first.map { $0 <= 481 } == true)
    }

    @Test func aRigWhosePowerReturnedWaitsWithoutASensorToo() {
        var bench = PowerBench(start: .powerReturned)
        #expect(bench.reason == .mainsReturn(until: bench.now + .seconds(180)))
        bench.run(.seconds(180))
        #expect(bench.arbiter.setpoint.isOff)
        bench.run(.seconds(480 + 210))
        #expect(bench.watts == 3000)
    }
}
