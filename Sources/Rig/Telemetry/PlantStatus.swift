import Base
import Buses
import Thermal

/// How the rig is cooled and fed, as of the last tick of its controller: for the live line and for telemetry.
public struct PlantStatus: Equatable, Sendable {
    /// The part with the least margin to its target.
    public struct Hottest: Equatable, Sendable {
        public var name: String
        /// The newest value that was believed.
        public var temperature: Celsius

        public init(name: String, temperature: Celsius) {
            self.name = name
            self.temperature = temperature
        }
    }

    public var regime = Regime.boot
    /// Why the regime is what it is.
    public var reason: String
    /// Nil while nothing that can be believed was measured.
    public var hottest: Hottest?
    /// The highest duty that fans are given; nil for rigs without fans of their own.
    public var fanDuty: DutyCycle?
    /// The slowest of the fans that turn; nil while none is known to.
    public var slowestFan: RPM?
    /// Fans that are known to stand still.
    public var stoppedFans = 0
    /// Something is wrong without being a reason to stop.
    public var isDegraded = false
    /// What all boards draw together.
    public var power = Milliwatts.zero
    /// Whether the power is measured for every board that draws any; otherwise it is an estimate in part at least.
    public var isPowerMeasured = false
    /// What the rig may use; zero: it has to be off.
    public var limit = Milliwatts.zero
    /// Boards that hash, of all.
    public var boardsRunning = 0

    public init(reason: String = "") { self.reason = reason }

    /// For the live line, about 60 columns.
    var parts: [String] {
        var parts = [(isDegraded ? "degraded " : "") + regime.name]
        if let hottest {
            parts.append(
                "\(hottest.name) \(Decimal.fixed(Double(hottest.temperature.millidegrees) / 1000, places: 1)) C")
        } else {
            parts.append("temp: NO READING")
        }
        if let fanDuty {
            var text = "fans \(fanDuty.permille / 10) %"
            if let slowestFan { text += " \(slowestFan.value) rpm" }
            if stoppedFans > 0 { text += " \(stoppedFans) STOPPED" }
            parts.append(text)
        }
        parts.append("\(power.value / 1000) W\(isPowerMeasured ? "" : " est")")
        if limit == .zero { parts.append("POWER OFF") }
        return parts
    }
}

extension Regime {
    /// In a word.
    public var name: String {
        switch self {
        case .boot: "boot"
        case .warmUp: "warm-up"
        case .regulating: "regulating"
        case .throttling: "THROTTLING"
        case .overheat: "OVERHEAT"
        case .coolDown: "cool-down"
        case .tripped: "TRIPPED"
        case .lockedOut: "LOCKED OUT"
        }
    }
}

extension ControlLoop {
    /// What is seen and decided at the moment.
    public var status: PlantStatus {
        let decision = controller.decision
        var status = PlantStatus(reason: "\(decision.reason.text)")
        status.regime = decision.regime
        status.isDegraded = !decision.degraded.isEmpty
        if let leader = decision.leader, let raw = leader.raw,
            controller.configuration.thermal.channels.indices.contains(leader.channel)
        {
            status.hottest = PlantStatus.Hottest(
                name: controller.configuration.thermal.channels[leader.channel].name, temperature: raw)
        }
        for index in 0..<min(decision.fanCount, observation.fans.count) {
            status.fanDuty = max(status.fanDuty ?? .off, decision.fans[index].duty)
            switch observation.fans[index].speed {
            case .ok(let speed, _): status.slowestFan = min(status.slowestFan ?? speed, speed)
            case .failed(.stopped): status.stoppedFans += 1
            case .failed, .stale: break
            }
        }
        status.isPowerMeasured = true
        for index in controller.boards.indices {
            if controller.boards[index].state.isHashing { status.boardsRunning += 1 }
            if let measured = observation.boards[index].power.value {
                status.power = status.power + measured
            } else if controller.boards[index].state.isEnabled {
                status.power = status.power + controller.estimatedPower(index)
                status.isPowerMeasured = false
            }
        }
        if status.power == .zero { status.isPowerMeasured = observation.boards.allSatisfy { $0.power.value != nil } }
        status.limit = controller.setpoint?.limit ?? .zero
        return status
    }
}

extension ControlLoop {
    /// What the rig takes at the mains: measured where it is, otherwise what its boards, measured or estimated, amount to.
    public var rigPower: Milliwatts {
        if let measured = observation.mainsPower.value { return measured }
        let profile = controller.configuration.power
        let boards = Int64(status.power.value) * 1000 / Int64(max(1, profile.efficiencyPermille))
        return profile.base + Milliwatts(clamping: boards)
    }

    /// Whether boards hash and none is on its way up.
    public var isSettled: Bool {
        let states = controller.boards.map { $0.state }
        return states.contains(.hashing) && !states.contains { $0.isEnabled && !($0 == .hashing) }
    }
}
