import Base
import Buses
import Thermal

/// A controller without a plant: readings are what the test says, whatever it decides.
struct Feed {
    enum Quality: CaseIterable { case fresh, silent, failed, implausible, fromFuture }
    enum Fans: CaseIterable { case turning, oneSlow, oneStalled, allStalled, allSilent, oneDeaf }

    var controller: ThermalController
    var inputs: ThermalInputs
    var decision = ThermalDecision()
    var now = Instant(nanoseconds: 1_000_000_000_000)
    /// Of the two channels of board 0, as offset from their targets.
    var offset = -5.0
    var quality = Quality.fresh
    var fans = Fans.turning
    var isWanted = true
    /// Moves values by a step of the sensor from tick to tick, as noise does.
    private var toggle = false

    static let offsets: [TemperatureLevel: Double] = [.nominal: -5, .hot: 12, .critical: 22, .powerDown: 32]

    init(change: (inout BenchSetup) -> Void = { _ in }) throws {
        var setup = BenchSetup()
        change(&setup)
        let configuration = try setup.configuration()
        controller = ThermalController(configuration, now: now)
        inputs = ThermalInputs(for: configuration)
    }

    func isEnergised(_ board: Int) -> Bool {
        guard decision.boardCount > board, case .allow = decision.boards[board].ceiling else { return false }
        return isWanted
    }

    mutating func run(_ duration: Duration) {
        for _ in 0..<Int(duration / Bench.tick) { step() }
    }

    mutating func step() {
        now = now + Bench.tick
        toggle.toggle()
        let targets = [65.0, 55, 65, 55, 35, 60]
        for channel in targets.indices {
            // Board 0 follows the test; the rest of the rig is well.
            let value = targets[channel] + (channel < 2 ? offset : -10)
            let good = Reading<Celsius>.ok(Celsius(millidegrees: Int32(value * 1000) + (toggle ? 63 : 0)), at: now)
            guard channel < 2 else {
                inputs.channels[channel] = good
                continue
            }
            switch quality {
            case .fresh: inputs.channels[channel] = good
            case .silent: break
            case .failed: inputs.channels[channel] = .failed(.allOnes)
            case .implausible: inputs.channels[channel] = .ok(.degrees(-40), at: now)
            case .fromFuture: inputs.channels[channel] = .ok(.degrees(20), at: now + .seconds(60))
            }
        }
        for board in 0..<2 {
            inputs.boards[board] = ThermalInputs.Board(
                isEnergised: isEnergised(board), power: isEnergised(board) ? .measured(Milliwatts(900_000)) : .unknown)
        }
        for fan in inputs.fans.indices { inputs.fans[fan] = fanInput(fan) }
        decision = controller.decide(inputs, now: now)
    }

    private func fanInput(_ fan: Int) -> ThermalInputs.Fan {
        let duty = decision.fanCount > 0 ? decision.fans[fan].duty : .off
        let healthy = controller.configuration.fans[fan].expectedSpeed(at: duty)
        var applied = Reading<DutyCycle>.ok(duty, at: now)
        var speed = Reading<RPM>.ok(healthy, at: now)
        switch fans {
        case .turning: break
        case .oneSlow: if fan == 1 { speed = .ok(RPM(healthy.value / 2), at: now) }
        case .oneStalled: if fan == 1 { speed = .failed(.stopped) }
        case .allStalled: speed = .failed(.stopped)
        case .allSilent: (applied, speed) = (.failed(.allOnes), .failed(.allOnes))
        case .oneDeaf: if fan == 1 { applied = .ok(DutyCycle(percent: 7), at: now) }
        }
        return ThermalInputs.Fan(applied: applied, speed: speed)
    }

    /// A feed whose board 0 is in the regime.
    static func inRegime(_ regime: Regime, change: (inout BenchSetup) -> Void = { _ in }) throws -> Feed {
        var feed = try Feed(change: change)
        switch regime {
        case .boot: feed.step()
        case .warmUp: feed.run(.seconds(30))
        case .regulating: feed.run(.seconds(150))
        case .throttling, .overheat, .coolDown, .tripped:
            feed.run(.seconds(150))
            feed.offset = regime == .throttling ? 12 : regime == .tripped ? 32 : 22
            feed.run(.seconds(4))
            guard regime == .coolDown else { break }
            // As fast as a part may cool and still be believed.
            for offset in stride(from: 21.0, through: 12, by: -1) {
                feed.offset = offset
                feed.run(.seconds(1))
            }
        case .lockedOut:
            for _ in 0..<3 {
                feed.offset = -5
                feed.run(.seconds(200))
                feed.offset = 32
                feed.run(.seconds(4))
            }
        }
        return feed
    }
}
