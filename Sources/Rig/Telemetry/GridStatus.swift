import Base
import Grid

/// What is known of the mains, and what it makes the rig do: for the live line and for telemetry.
public struct GridStatus: Equatable, Sendable {
    public var condition = MainsCondition.lost
    /// Whether all this is of a recording that is played; every view of it must say so.
    public var isRecording = false
    /// Over the long window where there is one; nil while nothing can be measured.
    public var frequency: Microhertz?
    /// In millihertz per second.
    public var rocof: Int32?
    /// Whether the relay keeps load off.
    public var isRelayOff = false
    /// Whether there is a relay, or only a measurement.
    public var hasRelay = false
    /// What each product asks for, in thousandths: positive to shed, negative to absorb.
    public var responses: [Int32] = []
    /// A product cannot do its duty, or the relay cannot see.
    public var isAlarm = false

    public init() {}

    /// For the live line.
    var parts: [String] {
        var parts: [String] = isRecording ? ["RECORDED MAINS"] : []
        if let frequency {
            parts.append(
                "\(Decimal.fixed(frequency.hertz, places: 3)) Hz\(condition == .valid ? "" : " \(condition.name)")")
        } else {
            parts.append("mains: \(condition.name)")
        }
        if isRelayOff { parts.append("RELAY OFF") }
        let shed = responses.max() ?? 0
        let absorb = responses.min() ?? 0
        if shed > 0 { parts.append("shedding \(shed / 10) %") }
        if absorb < 0 { parts.append("absorbing \(-absorb / 10) %") }
        return parts
    }
}

extension MainsCondition {
    /// In a word or two.
    public var name: String {
        switch self {
        case .acquiring: "acquiring"
        case .valid: "valid"
        case .phaseJump: "phase jump"
        case .sag: "sag"
        case .noisy: "noisy"
        case .recovering: "recovering"
        case .ghost: "ghost"
        case .dead: "dead"
        case .lost: "lost"
        }
    }
}
