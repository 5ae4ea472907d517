import Base
import Buses
import Testing
import Twin

/// Faults that the tests of sensors, fans and parts do not show: each has its effect, and ends.
@Suite struct PlantFaultTests {
    func loaded(_ configuration: TwinRigConfiguration = .s19(boards: 2)) throws -> PlantBench {
        let bench = PlantBench(configuration)
        try bench.setFans(percent: 60)
        try bench.mine()
        bench.run(.seconds(15))
        return bench
    }

    @Test func aWeldedSwitchKeepsABoardOnUntilTheSupplyIsOff() throws {
        let bench = try loaded()
        try bench.rig.inject(.board(0, .enableStuck(true)))
        try bench.set(1, false)
        try bench.set(2, false)
        bench.run(.seconds(1))
        #expect(bench.rig.isEnergised(0))
        #expect(!bench.rig.isEnergised(1))
        #expect(try #require(bench.rig.input(0, 1)).isActive(), "the wire tells")
        try bench.setSupply(false)
        bench.run(.seconds(1))
        #expect(!bench.rig.isEnergised(0))
        try bench.rig.clear(.board(0, .enableStuck(true)))
        #expect(try !#require(bench.rig.input(0, 1)).isActive())
    }

    @Test func chipsDieAndFallSilent() throws {
        let bench = try loaded()
        let before = bench.rig.boardPower(0).value
        try bench.rig.inject(.board(0, .deadChips(63)), for: .seconds(10))
        bench.run(.seconds(2))
        #expect((before * 4 / 10...before * 7 / 10).contains(bench.rig.boardPower(0).value))
        bench.run(.seconds(10))
        #expect(bench.rig.boardPower(0).value > before * 9 / 10)
        try bench.rig.inject(.board(0, .chainSilent))
        bench.run(.seconds(2))
        #expect(bench.rig.boardPower(0).value < before / 4, "only leakage is left")
        let hashes = bench.chains[0].hashes
        bench.run(.seconds(2))
        #expect(bench.chains[0].hashes == hashes)
    }

    @Test func resetStuckEitherWay() throws {
        let bench = try loaded()
        try bench.rig.inject(.board(0, .resetStuck(true)))
        bench.run(.seconds(1))
        #expect(!bench.chains[0].isRunning)
        try bench.rig.inject(.board(1, .resetStuck(false)))
        try bench.set(12, true)
        bench.run(.seconds(1))
        #expect(bench.chains[1].isRunning)
    }

    @Test func aBoardOutOfItsSlotHasNoPower() throws {
        let bench = try loaded()
        try bench.rig.inject(.board(1, .absent))
        bench.run(.seconds(1))
        #expect(!bench.rig.isEnergised(1))
        #expect(bench.rig.isEnergised(0))
    }

    @Test func theSupplySagsTripsAndLies() throws {
        let bench = try loaded()
        let full = bench.rig.supplyVoltage.value
        try bench.rig.inject(.supply(.undervoltage(permille: 800)), for: .seconds(5))
        bench.run(.seconds(2))
        #expect((bench.rig.supplyVoltage.value - full * 8 / 10).magnitude < 50)
        bench.run(.seconds(10))
        #expect((bench.rig.supplyVoltage.value - full).magnitude < 50)
        try bench.rig.inject(.supply(.noOutput), for: .seconds(5))
        bench.run(.seconds(1))
        #expect(bench.rig.supplyVoltage == .zero)
        #expect(bench.rig.isSupplyOn, "so it says")
        bench.run(.seconds(10))
        #expect(bench.rig.isEnergised(0))
        try bench.rig.inject(.supply(.overcurrent), for: .seconds(1))
        bench.run(.seconds(60))
        #expect(!bench.rig.isSupplyOn, "latched until the enable line drops")
    }

    @Test func anOverheatedSupplyComesBackByItself() throws {
        let bench = try loaded()
        try bench.rig.inject(.supply(.overtemperature), for: .seconds(40))
        bench.run(.seconds(39))
        #expect(!bench.rig.isSupplyOn)
        bench.run(.seconds(10))
        #expect(bench.rig.isSupplyOn, "its enable line still asks for it")
    }

    @Test func aSupplyThatDoesNotSwitchOff() throws {
        let bench = try loaded()
        try bench.rig.inject(.supply(.stuckOn))
        try bench.setSupply(false)
        bench.run(.seconds(5))
        #expect(bench.rig.isEnergised(0))
        try bench.set(1, false)
        try bench.set(2, false)
        bench.run(.seconds(1))
        #expect(!bench.rig.isEnergised(0), "the boards' own switches still work")
    }

    @Test func lowMainsAreBridgedAndBrownOutsAreNot() throws {
        let bench = try loaded()
        try bench.rig.inject(.mains(volts: 180), for: .seconds(5))
        bench.run(.seconds(4))
        #expect(bench.rig.isEnergised(0))
        try bench.rig.inject(.mains(volts: 70), for: .seconds(5))
        bench.run(.seconds(4))
        #expect(!bench.rig.isEnergised(0))
    }

    @Test func aHotInlet() throws {
        let bench = try loaded()
        let before = bench.rig.hottestDie(0) ?? .zero
        try bench.rig.inject(.air(.hotInlet(.degrees(15))))
        bench.run(.seconds(120))
        #expect(bench.rig.temperature(at: .inletAir) > .degrees(39))
        #expect((bench.rig.hottestDie(0) ?? .zero) > before + .degrees(10))
    }

    @Test func whatBecomesOfTheAgentIsTold() throws {
        let bench = PlantBench()
        #expect(bench.rig.agent == nil)
        try bench.rig.inject(.agent(.stopped), for: .seconds(30))
        #expect(bench.rig.agent == .stopped)
        bench.run(.seconds(31))
        #expect(bench.rig.agent == nil)
    }

    @Test func oneFaultReplacesAnotherInItsPlace() throws {
        let bench = PlantBench()
        try bench.rig.inject(.fan(0, .stalled), for: .seconds(10))
        try bench.rig.inject(.fan(0, .worn(permille: 500)))
        bench.run(.seconds(30))
        #expect(bench.rig.standingFaults == [.fan(0, .worn(permille: 500))], "the first one's end is forgotten")
        #expect(bench.rig.fanSpeed(0) > RPM(2500))
        try bench.rig.perform(.clearAll)
        bench.run(.seconds(10))
        #expect(bench.rig.fanSpeed(0) > RPM(5500))
    }
}
