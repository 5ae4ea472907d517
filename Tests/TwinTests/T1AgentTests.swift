import ASIC
import Base
import Buses
import Rig
import Testing
import Thermal
import Twin

@Suite struct T1AgentTests {
    private func hashing() throws -> T1AgentBench {
        let bench = try T1AgentBench()
        #expect(try bench.run(.seconds(120)) { bench.state == .hashing }, "\(bench.mining.events)")
        return bench
    }

    @Test func aBoardComesUpAtTheFirstAttemptAndMinesOnItsRegulatorForMinutes() throws {
        let bench = try hashing()
        try bench.run(.seconds(180))
        #expect(bench.state == .hashing)
        #expect(bench.mining.faults.isEmpty)
        for event in bench.mining.events {
            switch event {
            case .hashing, .supplyFound, .workOverdue: break
            default: Issue.record("\(event)")
            }
        }
        #expect(bench.mining.pool.accepted > 20 && bench.mining.pool.refusals.isEmpty)
    }

    @Test func theChipsOwnTemperatureLeadsTheFansAndIsNeverDoubted() throws {
        let bench = try hashing()
        try bench.run(.seconds(240))
        #expect(bench.leader == "chips")
        #expect(bench.doubts.isEmpty, "\(bench.doubts)")
        let estimate = try #require(bench.channel("chips")?.estimate)
        let die = bench.crew.plant.rig.boards[0].hottestDie
        // Two thirds of a degree a step, and a degree for every second since the sweep.
        #expect(estimate > die - .degrees(1) && estimate < die + .degrees(5), "\(estimate) for \(die)")
        #expect(die > .degrees(55) && die < .degrees(63), "held at its target of 60 °C: \(die)")
    }

    @Test func chipsThatRunOutOfWorkCoolAtOnceWithoutBeingDoubted() throws {
        let bench = try hashing()
        try bench.run(.seconds(120))
        let before = try #require(bench.channel("chips")?.raw)
        bench.mining.givesWork = false
        try bench.run(.seconds(10))
        let cooled = try #require(bench.channel("chips")?.raw)
        #expect(cooled < before - .degrees(4), "from \(before) to \(cooled)")
        bench.mining.givesWork = true
        try bench.mining.start()
        try bench.run(.seconds(20))
        #expect(bench.doubts.isEmpty && bench.state == .hashing, "\(bench.doubts)")
    }

    @Test func aBoardWhoseChipsNoLongerTellTheirTemperatureIsOffWithinTenSeconds() throws {
        let bench = try hashing()
        try bench.run(.seconds(30))
        bench.frozenTemperature = bench.mining.status.chipTemperature
        let start = bench.now
        #expect(try bench.run(.seconds(6)) { bench.channel("chips")?.isGood == false })
        let lost = bench.now - start
        #expect(lost <= .seconds(5), "lost after \(lost)")
        #expect(bench.crew.plant.rig.isEnergised(0))
        #expect(try bench.run(.seconds(10)) { !bench.crew.plant.rig.isEnergised(0) })
        let off = bench.now - start
        #expect(off <= .seconds(10), "off after \(off)")
        #expect(bench.loop.controller.decision.boards[0].regime == .tripped)
    }

    @Test func aBoardWhoseChainStopsAnsweringIsOffWithinTenSeconds() throws {
        let bench = try hashing()
        try bench.run(.seconds(30))
        bench.chain.inject(InjectedFault(.noAnswer), now: bench.now)
        let start = bench.now
        #expect(try bench.run(.seconds(10)) { !bench.crew.plant.rig.isEnergised(0) })
        #expect(try bench.run(.seconds(10)) { bench.channel("chips")?.isGood == false })
        let lost = bench.now - start
        #expect(lost <= .milliseconds(5000), "lost after \(lost)")
    }
}
