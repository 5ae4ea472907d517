import Base

/// Why the controller decided as it did.
public enum ThermalReason: Equatable, Sendable {
    /// A required channel has not answered yet.
    case waitingForSensor(channel: Int)
    /// Too few of a zone's fans have been seen turning.
    case waitingForFans(zone: Int)
    /// Still hot from before the start.
    case waitingForHeat(channel: Int)
    case warmingUp
    case holdingTarget
    case hot(channel: Int)
    case critical(channel: Int)
    case coolingDown
    /// Power comes back step by step.
    case recovering
    case tooHot(channel: Int)
    /// A required sensor was lost for too long.
    case sensorLost(channel: Int)
    /// Fewer good sensors than the board needs.
    case tooFewSensors
    case fansLost(zone: Int)
    /// Full fans and the least power did not bring it down.
    case notCooling(channel: Int)
    /// A part that all boards share, or the air.
    case rigTripped
    /// Nothing speaks against a start but the time since the last one.
    case waitingAfterTrip
    /// Tripped too often; a technician has to look.
    case lockedOut
}

extension ThermalReason {
    /// The channel that it is about, if one.
    public var channel: Int? {
        switch self {
        case .waitingForSensor(let channel), .waitingForHeat(let channel), .hot(let channel), .critical(let channel),
            .tooHot(let channel), .sensorLost(let channel), .notCooling(let channel):
            channel
        default: nil
        }
    }

    /// Whether a trip for it came from heat, so that the next start is to be a gentle one.
    var isHeat: Bool {
        switch self {
        case .tooHot, .notCooling: true
        default: false
        }
    }

    /// In words, without names.
    public var text: StaticString {
        switch self {
        case .waitingForSensor: "waiting for a required sensor's first value"
        case .waitingForFans: "waiting for the fans to turn"
        case .waitingForHeat: "waiting for a part that is still hot"
        case .warmingUp: "warming up"
        case .holdingTarget: "holding the target"
        case .hot: "hot: stepping power down"
        case .critical: "critical: full fans, least power"
        case .coolingDown: "cooling down to the target"
        case .recovering: "stepping power back up"
        case .tooHot: "above the power-down limit"
        case .sensorLost: "a required sensor was lost"
        case .tooFewSensors: "too few good sensors"
        case .fansLost: "too few fans turn"
        case .notCooling: "full fans did not cool it"
        case .rigTripped: "a part that all boards share tripped"
        case .waitingAfterTrip: "waiting after a trip"
        case .lockedOut: "tripped too often; needs a technician"
        }
    }
}
