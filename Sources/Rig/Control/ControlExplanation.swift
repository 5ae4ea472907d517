import ASIC
import Base
import Thermal

/// Why the controller does what it does, as of the latest input: for the console, the log and telemetry.
public struct ControlExplanation: Sendable {
    /// One board's part.
    public struct Board: Sendable {
        public var name: String
        public var state: BoardState
        /// How long it has been in it.
        public var age: Duration
        /// Why it does not run; `none` when it may.
        public var hold: BoardHold
        public var target: ClockFrequency?
        public var lastFault: BoardFault?
        public var regime: Regime
        public var reason: ThermalReason
    }

    public var setpoint: PowerSetpoint?
    /// Power at the mains that the plan comes to, and by how much the meter disagrees with the models, in thousandths.
    public var planned: Milliwatts
    public var correctionPermille: Int64
    public var regime: Regime
    public var reason: ThermalReason
    /// The channel that decides about cooling, with its age.
    public var leader: ThermalLeader?
    public var leaderName: String?
    public var boards: [Board]

    /// A line for the rig and one for each board.
    public var lines: [String] {
        var rig = "heat: \(reason.text)"
        if let leader {
            let estimate = Decimal.fixed(Double(leader.estimate.millidegrees) / 1000, places: 1)
            let age = Decimal.fixed(Double(leader.age.nanoseconds) / 1e9, places: 1)
            rig += ", led by \(leaderName ?? "channel \(leader.channel)") at \(estimate) °C, read \(age) s ago"
        }
        if let setpoint {
            rig +=
                "; power: at most \(Self.watts(setpoint.limit)) by \(setpoint.source.name), planned \(Self.watts(planned))"
        } else {
            rig += "; power: no set point"
        }
        return [rig] + boards.map { Self.line($0) }
    }

    private static func line(_ board: Board) -> String {
        var line = "\(board.name): \(board.state.text) for \(Decimal.span(board.age)), \(board.hold.text)"
        if board.hold == .heat { line += " (\(board.reason.text))" }
        if let target = board.target { line += ", target \(target.hertz / 1_000_000) MHz" }
        if board.hold == .fault, let fault = board.lastFault { line += " (\(FaultCode(fault).word))" }
        return line
    }

    private static func watts(_ power: Milliwatts) -> String { "\(power.value / 1000) W" }
}

extension RigController {
    /// Why things are as they are; makes text, so not for every tick.
    public func explanation(now: Instant) -> ControlExplanation {
        ControlExplanation(
            setpoint: setpoint, planned: plan.planned, correctionPermille: plan.correctionPermille,
            regime: decision.regime, reason: decision.reason, leader: decision.leader,
            leaderName: decision.leader.flatMap { leader in
                let channels = configuration.thermal.channels
                return channels.indices.contains(leader.channel) ? channels[leader.channel].name : nil
            },
            boards: boards.indices.map { index in
                let verdict = index < decision.boardCount ? decision.boards[index] : nil
                return ControlExplanation.Board(
                    name: configuration.boards[index].name, state: boards[index].state,
                    age: now - boards[index].since, hold: holds[index], target: plan.clocks[index],
                    lastFault: boards[index].lastFault, regime: verdict?.regime ?? .boot,
                    reason: verdict?.reason ?? .waitingAfterTrip)
            })
    }
}
