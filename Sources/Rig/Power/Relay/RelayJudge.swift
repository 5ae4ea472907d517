import Base
import Buses
import Grid

/// What decides, edge by edge, whether load must be off.
public protocol RelayJudge: SendableMetatype {
    /// Takes the next edge of the mains.
    mutating func take(_ edge: Edge) -> RelayVerdict
    /// Looks at the time when no edges come; called every 50 ms or so then.
    mutating func check(now: Instant) -> RelayVerdict
}

/// Whether load must be off, and on what evidence.
public struct RelayVerdict: Equatable, Sendable {
    public var isOff: Bool
    /// The frequency that the decision rests on; nil where there is none.
    public var frequency: Microhertz?
    /// Whether the mains can be measured at all: if not, the decision is the last one that could be made.
    public var canSee: Bool

    public init(isOff: Bool, frequency: Microhertz?, canSee: Bool) {
        self.isOff = isOff
        self.frequency = frequency
        self.canSee = canSee
    }
}

/// An under-frequency relay: off below a threshold, let go when the frequency has been back for a while.
///
/// It trips on the short window only where the long one agrees, and after as many readings in a row as the estimator asks
/// for; phase jumps, sags and noise therefore do not trip it. What cannot be seen changes nothing.
public struct UnderFrequencyJudge: RelayJudge {
    /// Thresholds of the relay.
    public struct Settings: Equatable, Sendable {
        /// Off when the frequency is below.
        public var trip: Microhertz
        /// Back when it has been at or above for `releaseAfter`.
        public var release: Microhertz
        public var releaseAfter: Duration

        public init(trip: Microhertz, release: Microhertz, releaseAfter: Duration) {
            self.trip = trip
            self.release = release
            self.releaseAfter = releaseAfter
        }
    }

    public let settings: Settings
    private var estimator: EdgeEstimator
    private var isOff = false
    private var below = 0
    private var backSince: Instant?

    public init(_ settings: Settings, estimator: EdgeEstimator.Configuration) {
        self.settings = settings
        self.estimator = EdgeEstimator(estimator)
    }

    /// Takes the next edge.
    public mutating func take(_ edge: Edge) -> RelayVerdict {
        judge(estimator.take(Crossing(edge.direction == .toActive ? .rising : .falling, at: edge.at)))
    }

    /// Looks at the time when no edges come.
    public mutating func check(now: Instant) -> RelayVerdict { judge(estimator.check(now: now)) }

    private mutating func judge(_ reading: MainsReading) -> RelayVerdict {
        let canSee = reading.condition.allowsTrip
        if reading.isTripGrade, let fast = reading.fast?.frequency, fast < settings.trip {
            below = min(below + 1, reading.confirmations)
            if below >= reading.confirmations { isOff = true }
        } else {
            below = 0
        }
        if isOff { watchForReturn(reading) }
        return RelayVerdict(isOff: isOff, frequency: reading.fast?.frequency, canSee: canSee)
    }

    private mutating func watchForReturn(_ reading: MainsReading) {
        guard reading.condition.allowsRelease, let slow = reading.slow?.frequency, slow >= settings.release else {
            backSince = nil
            return
        }
        let since = backSince ?? reading.at
        backSince = since
        guard reading.at - since >= settings.releaseAfter else { return }
        isOff = false
        backSince = nil
    }
}
