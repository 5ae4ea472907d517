import Base

/// What is wrong without being a reason to stop.
public struct Degradation: OptionSet, Equatable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let sensorLost = Degradation(rawValue: 1)
    public static let fanLost = Degradation(rawValue: 2)
    /// A fan turns slower or faster than its duty says.
    public static let fanSpeed = Degradation(rawValue: 4)
    /// A fan's driver does not hold what it was given, or does not answer.
    public static let fanControl = Degradation(rawValue: 8)
    /// A board draws power although its supply was said to be off.
    public static let poweredWhileOff = Degradation(rawValue: 16)
}

/// How far a clean stop has come. The fans stay on whatever the answer.
public enum StopProgress: Equatable, Sendable {
    case notAsked
    case cooling
    /// Everything is cool, or the time limit is over.
    case done
}

/// What a fan is to do, and what is known of it.
public struct FanDecision: Sendable {
    /// To be written at every tick, changed or not: a fan controller that lost it gets it back.
    public internal(set) var duty: DutyCycle
    public internal(set) var condition: FanCondition
    /// The driver has not kept the last duty: it may have been reset, and wants its set-up again first.
    public internal(set) var needsSetUp: Bool

    static let full = FanDecision(duty: .full, condition: .starting, needsSetUp: false)
}

/// What a board may draw.
public enum PowerCeiling: Equatable, Sendable {
    /// At most this many thousandths of full power.
    case allow(permille: Int32)
    case off(ThermalReason)
}

/// What a board may draw, and why.
public struct BoardDecision: Sendable {
    public internal(set) var ceiling: PowerCeiling
    public internal(set) var regime: Regime
    public internal(set) var reason: ThermalReason
    /// The channel with the least margin of this board; nil while none has a value.
    public internal(set) var leader: Int?
    /// Trips within the last hour.
    public internal(set) var trips: Int

    static let off = BoardDecision(
        ceiling: .off(.waitingAfterTrip), regime: .boot, reason: .waitingAfterTrip, leader: nil, trips: 0)
}

/// The channel that the decision follows: the one with the least margin.
public struct ThermalLeader: Equatable, Sendable {
    public internal(set) var channel: Int
    /// The hottest that it can be by now.
    public internal(set) var estimate: Celsius
    /// The newest value that was believed, and its age.
    public internal(set) var raw: Celsius?
    public internal(set) var age: Duration
    /// Below the target; negative above it.
    public internal(set) var margin: Celsius
}

/// What is to be done at a tick, and why.
public struct ThermalDecision: Sendable {
    /// The worst regime of all boards and of the rig.
    public internal(set) var regime = Regime.boot
    public internal(set) var reason = ThermalReason.waitingAfterTrip
    public internal(set) var degraded: Degradation = []
    public internal(set) var leader: ThermalLeader?
    public internal(set) var stop = StopProgress.notAsked
    /// The first `fanCount` and `boardCount` are in use, in the configuration's order.
    public internal(set) var fans = InlineArray<8, FanDecision>(repeating: .full)
    public internal(set) var fanCount = 0
    public internal(set) var boards = InlineArray<8, BoardDecision>(repeating: .off)
    public internal(set) var boardCount = 0

    /// What holds before the first tick: boards off, fans at full speed.
    public init() {}
}
