import Base
import Buses

/// How far a channel's value is to be believed.
public enum SensorQuality: Equatable, Sendable {
    /// Why a value is not believed.
    public enum Doubt: Equatable, Sendable {
        /// Outside what the part can be.
        case range
        /// Changed faster than the part can.
        case jump
        /// Dated in the future.
        case future
        /// A neighbour says otherwise, and hotter.
        case contradicted
        /// No warmer than the air although its board works.
        case detached
    }

    /// A new value, not older than a few seconds.
    case fresh
    /// The newest value is this old.
    case stale(Duration)
    case implausible(Doubt)
    /// The value should have changed and did not.
    case stuck
    /// The last attempt gave no value.
    case absent(ReadingFailure)
    /// Its board is off and the sensor with it.
    case unpowered
    /// Never read since start.
    case unknown
}

/// What the controller thinks of one channel.
public struct ChannelStatus: Sendable {
    public internal(set) var quality: SensorQuality
    /// The newest value that was believed.
    public internal(set) var raw: Celsius?
    /// How old it is.
    public internal(set) var age: Duration
    /// The hottest that the part can be by now; nil when nothing is known or nothing can heat it.
    public internal(set) var estimate: Celsius?
    /// How far the estimate lies below the target; negative above it.
    public internal(set) var margin: Celsius?

    /// Whether its board may be supervised by it.
    public var isGood: Bool { quality == .fresh }
}
