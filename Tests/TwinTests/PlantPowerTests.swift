import Base
import Buses
import Testing
import Twin

@Suite struct PlantPowerTests {
    func loaded(seed: UInt64 = 1) throws -> PlantBench {
        let bench = PlantBench(seed: seed)
        try bench.setFans(percent: 60)
        try bench.mine()
        bench.run(.seconds(20))
        return bench
    }

    @Test(arguments: [1, 2, 3, 77] as [UInt64])
    func mainsPowerFollowsTheOffCommandLate(seed: UInt64) throws {
        let bench = try loaded(seed: seed)
        let before = bench.rig.acPower.value
        try bench.setSupply(false)
        let dark = try #require(bench.time(until: .seconds(1)) { !bench.rig.isEnergised(0) })
        let down = try #require(bench.time(until: .seconds(1)) { bench.rig.acPower.value < before / 10 }) + dark
        #expect(dark < .milliseconds(20), "chips are dark after \(dark)")
        #expect(down > .milliseconds(50) && down < .milliseconds(120), "mains power is 90 % down after \(down)")
    }

    @Test func boardsTellWhenTheyLostTheirPower() throws {
        let bench = try loaded()
        let off = bench.clock.now
        try bench.set(2, false)
        bench.run(.seconds(5))
        let at = try #require(bench.rig.boards[1].deEnergisedAt)
        #expect(at >= off && at - off < .milliseconds(20))
        #expect(bench.rig.boards[0].deEnergisedAt == nil)
        #expect(bench.rig.boardPower(1) == .zero)
    }

    @Test func theSupplyRefusesToComeBackBeforeItsCapacitorsAreEmpty() throws {
        let bench = try loaded()
        try bench.setSupply(false)
        bench.run(.seconds(5))
        try bench.setSupply(true)
        bench.run(.seconds(1))
        #expect(!bench.rig.isSupplyOn)
        #expect(bench.rig.violations.earlySupplyRestarts == 1)
        bench.run(.seconds(25))
        #expect(bench.rig.isSupplyOn)
    }

    @Test func anOutageEndsInTheDarkAfterTheHoldUpTime() throws {
        let bench = try loaded()
        try bench.rig.inject(.mains(volts: 0), for: .seconds(3))
        let dark = try #require(bench.time(until: .seconds(1)) { !bench.rig.isEnergised(0) })
        #expect(dark > .milliseconds(10) && dark < .milliseconds(60), "held up for \(dark)")
        bench.run(.seconds(2))
        #expect(bench.rig.acPower == .zero)
        bench.run(.seconds(5))
        // The control board has restarted, so nothing is enabled.
        #expect(bench.rig.hasControlPower)
        #expect(bench.rig.controlBoardRestarts > 0)
        #expect(!bench.rig.isSupplyOn)
        #expect(!bench.rig.isEnergised(0))
    }

    @Test func aShortDipIsBridged() throws {
        let bench = try loaded()
        try bench.rig.inject(.mains(volts: 0), for: .milliseconds(10))
        bench.run(.seconds(2))
        #expect(bench.rig.isEnergised(0))
        #expect(bench.rig.controlBoardRestarts == 0)
    }

    @Test func tooMuchLoadTripsTheSupplyUntilItIsSwitchedOff() throws {
        let bench = try loaded()
        for chain in bench.chains { chain.setClock(800_000_000) }
        bench.run(.seconds(10))
        #expect(!bench.rig.isSupplyOn)
        bench.run(.seconds(120))
        #expect(!bench.rig.isSupplyOn)
        try bench.setSupply(false)
        bench.run(.seconds(31))
        try bench.setSupply(true)
        bench.run(.seconds(1))
        #expect(bench.rig.isSupplyOn)
    }

    @Test func aBittenWatchdogLeavesBoardsOffAndFansAtFullSpeed() throws {
        let bench = try loaded()
        let watchdog = try #require(bench.rig.watchdog)
        #expect(try watchdog.arm(timeout: .milliseconds(9500)) == .seconds(10))
        for _ in 0..<4 {
            bench.run(.seconds(8))
            try watchdog.feed()
        }
        #expect(bench.rig.isEnergised(0))
        let fed = bench.clock.now
        bench.run(.seconds(20))
        for board in bench.rig.boards {
            let off = try #require(board.deEnergisedAt) - fed
            #expect(off >= .seconds(10) && off < .milliseconds(10_050), "\(off)")
        }
        #expect(bench.rig.controlBoardRestarts == 1)
        #expect(bench.rig.fanSpeed(0) > RPM(5900))
        #expect(try #require(bench.rig.pwm(0, 0)).current().isEnabled == false)
    }

    @Test func chipsFeelResetAtOnceAndTheirSupplyWhenTheAgentSpeaksToThem() throws {
        let bench = PlantBench()
        try bench.setSupply(true)
        try bench.set(1, true)
        try bench.set(11, false)
        bench.chains[0].setClock(525_000_000)
        #expect(!bench.chains[0].isRunning, "no voltage yet")
        bench.clock.advance(by: .seconds(1))
        bench.rig.exclusion.enter()
        #expect(bench.chains[0].isRunning)
        bench.rig.exclusion.leave()
        try bench.set(11, true)
        #expect(!bench.chains[0].isRunning)
    }

    @Test func linesReadBackAndPlugsAreSeen() throws {
        let bench = PlantBench()
        let reset = try #require(bench.rig.line(0, 11))
        #expect(try reset.isActive(), "chips start in reset")
        try reset.set(false)
        #expect(try !reset.isActive())
        let plug = try #require(bench.rig.input(0, 21))
        #expect(try plug.isActive())
        try bench.rig.inject(.board(0, .absent))
        #expect(try !plug.isActive())
        #expect(bench.rig.output(0, 21) == nil)
        #expect(bench.rig.output(0, 99) == nil)
        #expect(throws: BusFault.self) { try bench.rig.line(0, 21)?.set(true) }
    }
}
