import Base

/// What can be believed of a frequency, and so what may be done on it.
public enum MainsCondition: Equatable, Sendable {
    /// Too little has been seen since the start or the last interruption.
    case acquiring
    /// Good for every decision.
    case valid
    /// The phase has just stepped: the frequency across the step means nothing.
    case phaseJump
    /// The voltage is low, or has just stepped.
    case sag
    /// Edges come where none belong, or scatter too much.
    case noisy
    /// The mains is back after an outage, but not for long enough: load may be shed on it, not restored.
    case recovering
    /// A frequency without a voltage behind it, or one that has stopped moving: a meter on a dead bus.
    case ghost
    /// No voltage, or no edges.
    case dead
    /// The source says nothing: what the mains does is not known.
    case lost

    /// Whether a deviation may begin or deepen a response.
    public var allowsTrip: Bool { self == .valid || self == .recovering }
    /// Whether nothing is known of the mains.
    public var isBlind: Bool {
        switch self {
        case .lost, .dead, .ghost: true
        default: false
        }
    }
    /// Whether it will be over within some cycles.
    var isPassing: Bool {
        switch self {
        case .phaseJump, .sag, .noisy: true
        default: false
        }
    }
    /// Whether a normal frequency may end a response.
    public var allowsRelease: Bool { self == .valid }
}

/// A measurement of the mains: the frequency over a short and a long window, and what it is worth.
///
/// There is no default: where nothing was measured there is no frequency.
public struct MainsReading: Equatable, Sendable {
    public var condition: MainsCondition
    /// Over the short window; follows steps.
    public var fast: FrequencySample?
    /// Over the long window; precise.
    public var slow: FrequencySample?
    /// Whether both windows tell the same story, so that a trip may rest on the short one.
    public var agrees: Bool
    /// How many readings in a row must lie beyond a threshold before it counts as crossed.
    public var confirmations: Int
    /// The voltage in thousandths of nominal, where it is measured.
    public var voltage: Int32?
    /// When the newest evidence was taken.
    public var at: Instant
    /// What was noticed with this reading.
    public var event: MainsEvent?

    public init(
        condition: MainsCondition, fast: FrequencySample? = nil, slow: FrequencySample? = nil, agrees: Bool = false,
        confirmations: Int = 1, voltage: Int32? = nil, at: Instant, event: MainsEvent? = nil
    ) {
        self.condition = condition
        self.fast = fast
        self.slow = slow
        self.agrees = agrees
        self.confirmations = confirmations
        self.voltage = voltage
        self.at = at
        self.event = event
    }

    /// Whether a trip may rest on this reading.
    public var isTripGrade: Bool { condition.allowsTrip && agrees && fast != nil }
}
