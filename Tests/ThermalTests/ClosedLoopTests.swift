import Base
import Testing
import Thermal

/// The loop on the small plant when nothing is wrong.
@Suite struct ClosedLoopTests {
    @Test func aColdStartSettlesWithoutOvershoot() throws {
        var bench = try Bench()
        bench.run(.seconds(900))
        #expect(bench.decision.regime == .regulating)
        // The leading channel is the die; its target is 65 °C and a tick's worth of extrapolation is 2 °C.
        #expect(abs(bench.boards[0].die - 65) < 2)
        #expect(bench.record.hottest < 67)
        #expect(bench.record.huntingTurns == 0)
        #expect(bench.record.regimes == [.boot, .warmUp, .regulating])
    }

    @Test(arguments: [10.0, 20, 30, 38, 42]) func everyAmbientIsHeldOrThrottled(ambient: Double) throws {
        var bench = try Bench(seed: UInt64(ambient))
        bench.ambient = ambient
        for board in bench.boards.indices {
            bench.boards[board].die = ambient
            bench.boards[board].sink = ambient
        }
        bench.run(.seconds(1800))
        #expect(bench.record.hottest < 76)
        #expect(bench.record.ticksTooHot == 0)
        #expect(bench.record.huntingTurns == 0)
        #expect(bench.record.starts == 2)
    }

    @Test func dutyMovesNoFasterThanItsSlewWhileNothingIsHot() throws {
        var bench = try Bench()
        bench.run(.seconds(300))
        bench.record.greatestStep = 0
        for _ in 0..<6 {
            bench.wanted = [0.4, 0.6]
            bench.run(.seconds(120))
            bench.wanted = [1, 1]
            bench.run(.seconds(120))
        }
        // 10 % a second upward.
        #expect(bench.record.greatestStep <= 50)
        #expect(bench.record.huntingTurns == 0)
    }

    @Test func newGainsAndTargetsGiveNoStep() throws {
        var bench = try Bench()
        bench.run(.seconds(600))
        let before = bench.decision.fans[0].duty
        bench.controller.retune(FanGains(proportional: 90, integral: 10, derivative: 0, feedForward: 100))
        bench.run(.seconds(2))
        #expect(abs(bench.decision.fans[0].duty.permille - before.permille) <= 30)
        bench.inputs.targetShift = .degrees(-4)
        bench.run(.seconds(1))
        #expect(abs(bench.decision.fans[0].duty.permille - before.permille) <= 60)
        bench.run(.seconds(1200))
        #expect(abs(bench.boards[0].die - 61) < 2)
    }

    @Test func immersionAndHydroRegulatePowerAlone() throws {
        for profile in [ThermalConfiguration.Profile.immersion, .hydro] {
            var bench = try Bench { $0.profile = profile }
            // The pump is too weak for full power.
            bench.bath = 0.25
            bench.run(.seconds(1800))
            #expect(bench.decision.fanCount == 0)
            #expect(bench.record.ticksTooHot == 0)
            #expect(bench.record.starts == 2)
            #expect(bench.decision.boards[0].ceiling.permille < 1000)
            #expect(bench.decision.boards[0].ceiling.permille > 0)
        }
    }
}
