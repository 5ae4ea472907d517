import Base
import Buses
import Testing

@testable import Thermal

/// What holds whatever the readings say.
@Suite struct PropertyTests {
    /// Random readings, failures, powers and wishes; three seeds of 4000 ticks.
    @Test(arguments: [1, 2, 3] as [UInt64]) func randomInputsKeepEveryBound(seed: UInt64) throws {
        var storm = try Storm(seed: seed)
        var lastRegimes = [Regime.boot, .boot]
        var lastEstimates: [Celsius?] = Array(repeating: nil, count: Bench.channelCount)
        for _ in 0..<4000 {
            storm.step()
            for board in 0..<2 {
                let decided = storm.decision.boards[board]
                // No regime is skipped.
                let arrows = RegimeTests.arrows[lastRegimes[board]] ?? []
                #expect(decided.regime == lastRegimes[board] || arrows.contains(decided.regime))
                lastRegimes[board] = decided.regime
                #expect(decided.regime.allowsPower == (decided.ceiling.permille > 0))
                #expect((0...1000).contains(decided.ceiling.permille))
                // Nobody has seen a required sensor for ten seconds: off.
                let isBlind = storm.blindTicks[2 * board] > 20 || storm.blindTicks[2 * board + 1] > 20
                if isBlind { #expect(decided.ceiling.permille == 0) }
                if storm.isEnergised(board) {
                    for fan in 0..<3 { #expect(storm.decision.fans[fan].duty >= DutyCycle(percent: 20)) }
                }
            }
            for channel in 0..<4 {
                let estimate = storm.controller.status(ofChannel: channel)?.estimate
                // Without a reading an estimate does not fall while its board has power.
                if storm.blindTicks[channel] > 0, storm.inputs.boards[channel / 2].isEnergised,
                    let before = lastEstimates[channel]
                {
                    #expect((estimate ?? .zero) >= before)
                }
                lastEstimates[channel] = estimate
            }
        }
        // The storm has not just kept everything in boot.
        #expect(storm.energisedTicks > 400)
    }

    @Test func hotterNeverGetsLessCoolingInTheSameRegime() throws {
        var bench = try Bench(seed: 11)
        var compared = 0
        for round in 0..<600 {
            bench.wanted = [round / 60 % 2 == 0 ? 1 : 0.3, 0.7]
            bench.ambient = round / 200 % 2 == 0 ? 25 : 42
            bench.run(.seconds(1))
            var previous: ThermalDecision?
            for step in 0..<4 {
                var controller = bench.controller
                var inputs = bench.inputs
                for channel in 0..<4 {
                    inputs.channels[channel] = inputs.channels[channel].map {
                        $0 + Celsius(millidegrees: Int32(step) * 400)
                    }
                    if case .ok(let value, let at) = inputs.channels[channel] {
                        inputs.channels[channel] = .ok(value, at: at + Bench.tick)
                    }
                }
                let decision = controller.decide(inputs, now: bench.now + Bench.tick)
                if let previous, previous.boards[0].regime == decision.boards[0].regime {
                    #expect(decision.fans[0].duty >= previous.fans[0].duty)
                    #expect(decision.boards[0].ceiling.permille <= previous.boards[0].ceiling.permille)
                    compared += 1
                }
                previous = decision
            }
        }
        #expect(compared > 1500)
    }

    @Test func theLimitActsAtTheTickThatReachesIt() throws {
        var feed = try Feed.inRegime(.regulating)
        var offset = -5.0
        while feed.isEnergised(0), offset < 60 {
            offset += 0.5
            feed.offset = offset
            feed.step()
        }
        // The die's limit is 30 °C above its target; the reading is of this tick.
        #expect(offset == 30)
    }

    @Test func aClockThatStandsStillOrGoesBackHarmsNothing() throws {
        var bench = try Bench()
        bench.run(.seconds(60))
        let before = bench.decision.fans[0].duty
        let still = bench.controller.decide(bench.inputs, now: bench.now)
        #expect(still.fans[0].duty == before)
        let back = bench.controller.decide(bench.inputs, now: Instant(nanoseconds: 5))
        #expect(back.fans[0].duty == before)
    }

    @Test func theSameReadingsGiveTheSameDecisions() throws {
        var (first, second) = (try Bench(seed: 5), try Bench(seed: 5))
        for _ in 0..<400 {
            first.step()
            second.step()
            #expect(first.decision.fans[0].duty == second.decision.fans[0].duty)
        }
    }
}

/// Readings without any physics behind them.
private struct Storm {
    var controller: ThermalController
    var inputs: ThermalInputs
    var decision = ThermalDecision()
    /// Ticks since the channel's last good reading.
    var blindTicks = Array(repeating: 0, count: Bench.channelCount)
    var energisedTicks = 0
    private var now = Instant(nanoseconds: 1_000_000_000_000)
    private var noise: BenchNoise
    private var values = [40.0, 35, 40, 35, 25, 30]
    private var failing = Array(repeating: 0, count: Bench.channelCount)
    private var stalled = 0

    init(seed: UInt64) throws {
        var setup = BenchSetup()
        setup.tuning.tripsPerHour = 8
        setup.tuning.tripDwell = .seconds(5)
        let configuration = try setup.configuration()
        controller = ThermalController(configuration, now: now)
        inputs = ThermalInputs(for: configuration)
        noise = BenchNoise(state: seed)
    }

    func isEnergised(_ board: Int) -> Bool { inputs.boards[board].isEnergised }

    mutating func step() {
        now = now + Bench.tick
        for channel in values.indices { inputs.channels[channel] = reading(channel) }
        for board in 0..<2 {
            var isOn = false
            if decision.boardCount > board, case .allow = decision.boards[board].ceiling {
                isOn = noise.next() % 200 != 0
            }
            if isOn { energisedTicks += 1 }
            let power = Milliwatts(Int32(noise.next() % 1_100_000))
            inputs.boards[board] = ThermalInputs.Board(
                isEnergised: isOn,
                power: isOn ? (noise.next() % 3 == 0 ? .unknown : .measured(power)) : .measured(.zero))
        }
        if noise.next() % 400 == 0 { stalled = Int(noise.next() % 20) }
        stalled = max(stalled - 1, 0)
        for fan in inputs.fans.indices {
            let duty = decision.fanCount > 0 ? decision.fans[fan].duty : .off
            let speed = controller.configuration.fans[fan].expectedSpeed(at: duty)
            inputs.fans[fan] = ThermalInputs.Fan(
                applied: .ok(duty, at: now), speed: stalled > 0 && fan == 1 ? .failed(.stopped) : .ok(speed, at: now))
        }
        inputs.manualFloor = noise.next() % 50 == 0 ? DutyCycle(permille: Int32(noise.next() % 1000)) : nil
        inputs.unlock = noise.next() % 300 == 0
        decision = controller.decide(inputs, now: now)
    }

    private mutating func reading(_ channel: Int) -> Reading<Celsius> {
        // A walk that stays in the plausible, mostly below the limits.
        values[channel] += noise.bipolar() + (values[channel] > 70 ? -0.3 : 0.02)
        values[channel] = min(max(values[channel], 20), 110)
        if noise.next() % 500 == 0 { failing[channel] = Int(noise.next() % 40) }
        failing[channel] = max(failing[channel] - 1, 0)
        guard failing[channel] == 0 else {
            blindTicks[channel] += 1
            return noise.next() % 2 == 0 ? .failed(.allOnes) : .stale(since: now + .seconds(-2))
        }
        blindTicks[channel] = 0
        return .ok(Celsius(millidegrees: Int32(values[channel] * 1000)), at: now)
    }
}
