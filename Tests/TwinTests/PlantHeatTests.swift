import Base
import Buses
import Testing
import Twin

@Suite struct PlantHeatTests {
    /// A rig of the S19 class, with one of its boards unless told otherwise, after four minutes of full load at a duty.
    func warm(fans: Int32, _ configuration: TwinRigConfiguration = .s19(boards: 1)) throws -> PlantBench {
        let bench = PlantBench(configuration)
        try bench.setFans(percent: fans)
        try bench.mine()
        bench.run(.seconds(240))
        return bench
    }

    @Test func atRestTheRigIsAsWarmAsTheRoomAndDrawsOnlyItsStandbyPower() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 0)
        bench.run(.seconds(60))
        #expect(bench.rig.hottestDie(0) == .degrees(25))
        #expect(bench.rig.acPower.value < 30_000)
        #expect(bench.rig.acPower.value > 5_000)
        #expect(!bench.rig.isEnergised(0))
        #expect(bench.rig.boards[0].deEnergisedAt == nil)
    }

    @Test func anS19AtFullLoadHasTheTemperaturesAndThePowerOfOne() throws {
        let bench = try warm(fans: 60, .s19())
        let watts = Double(bench.rig.acPower.value) / 1000
        #expect((3000...3500).contains(watts), "\(watts) W")
        for board in 0..<3 {
            let die = try #require(bench.rig.hottestDie(board)).degrees
            #expect((60...75).contains(die), "board \(board): \(die) °C")
            let outlet = bench.rig.temperature(at: .boardOutlet(board)).degrees
            #expect(((die - 25)...(die - 5)).contains(outlet), "board \(board): sensor \(outlet) °C, die \(die) °C")
        }
        let rise = bench.rig.temperature(at: .outletAir).degrees - 25
        #expect((12...25).contains(rise), "air warms by \(rise)")
    }

    @Test func whatComesFromTheMainsLeavesAsHeat() throws {
        let bench = try warm(fans: 60)
        bench.run(.seconds(240))
        let energy = bench.rig.energy
        let out = energy.intoStream + energy.lostInSupply + energy.controlBoard
        #expect((energy.fromMains - out).magnitude < energy.fromMains * 0.003, "\(energy)")
        #expect(energy.fromMains > 1000)
    }

    @Test func moreAirCoolsAndDustDoesNot() throws {
        let slow = try #require(try warm(fans: 40).rig.hottestDie(0)).degrees
        let middle = try warm(fans: 60)
        let fast = try #require(try warm(fans: 100).rig.hottestDie(0)).degrees
        let normal = try #require(middle.rig.hottestDie(0)).degrees
        #expect(slow > normal + 5)
        #expect(normal > fast + 3)
        try middle.rig.inject(.air(.dust(permille: 500)))
        middle.run(.seconds(200))
        #expect(try #require(middle.rig.hottestDie(0)).degrees > normal + 8)
    }

    @Test func withoutFansLeakageRunsAwayWithinMinutes() throws {
        let bench = try warm(fans: 60)
        let before = bench.rig.boardPower(0).value
        for fan in 0..<4 { try bench.rig.inject(.fan(fan, .stalled)) }
        let hot = try #require(
            bench.time(until: .seconds(300), step: .milliseconds(100)) { bench.rig.boards[0].hottestDie > .degrees(95) }
        )
        #expect(hot > .seconds(15) && hot < .seconds(180), "95 °C after \(hot)")
        #expect(bench.rig.boardPower(0).value > before * 107 / 100, "leakage grows with heat")
        let lost = bench.time(until: .seconds(600), step: .milliseconds(100)) {
            bench.rig.violations.destroyedChips > 0
        }
        #expect(lost != nil, "nothing cools it and nothing stops it")
    }

    @Test func aBoardThatIsSwitchedOffCoolsDown() throws {
        let bench = try warm(fans: 60, .s19(boards: 2))
        try bench.set(1, false)
        bench.run(.seconds(240))
        #expect(try #require(bench.rig.hottestDie(0)).degrees < 32)
        #expect(bench.rig.isEnergised(1))
        #expect(try #require(bench.rig.hottestDie(1)).degrees > 55)
    }

    @Test func recirculatedAirMakesTheInletHot() throws {
        let bench = try warm(fans: 60)
        try bench.rig.inject(.air(.recirculation(permille: 500)))
        bench.run(.seconds(200))
        let inlet = bench.rig.temperature(at: .inletAir).degrees
        #expect((38...55).contains(inlet), "inlet \(inlet)")
    }

    @Test func chipsDifferButNotWildly() throws {
        let bench = try warm(fans: 60)
        // The chips of one group, in the middle of the board.
        let dies = (42..<63).map { bench.rig.boards[0].die(ofChip: $0).degrees }
        let (coolest, hottest) = (dies.min() ?? 0, dies.max() ?? 0)
        #expect((0.2...3).contains(hottest - coolest), "\(coolest)…\(hottest)")
    }

    @Test func oilCoolsWithoutFansForAWhile() throws {
        var configuration = TwinRigConfiguration.s19(boards: 1)
        configuration.cooling = .immersion
        configuration.fans = [.pump]
        configuration.pwms = [TwinRigConfiguration.PWM(chip: 0, channel: 0, fans: [0])]
        let bench = try warm(fans: 80, configuration)
        #expect(try #require(bench.rig.hottestDie(0)).degrees < 70)
        try bench.rig.inject(.fan(0, .dead))
        bench.run(.seconds(60))
        #expect(bench.rig.violations.destroyedChips == 0)
    }
}
