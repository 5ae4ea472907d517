import Base
import Buses
import Grid

/// What decides, edge by edge, whether load must be off.
public protocol RelayJudge: SendableMetatype {
    /// Takes the next edge of the mains.
    mutating func take(_ edge: Edge) -> RelayVerdict
    /// Looks at the time when no edges come; called every 50 ms or so then.
    mutating func check(now: Instant) -> RelayVerdict
    /// Whether load is to be off before the first edge.
    var isOff: Bool { get }
    /// The newest measurement, for whoever else follows the frequency; nil for judges that measure nothing.
    var reading: MainsReading? { get }
    /// Learns how much faster than usual the clock runs that stamps the edges, in parts per 1,000,000,000.
    mutating func correct(clockRate: Int32)
}

extension RelayJudge {
    /// None.
    public var reading: MainsReading? { nil }
    /// Nothing is made of it.
    public mutating func correct(clockRate: Int32) {}
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

/// An under-frequency relay: off below a threshold, let go when the frequency has been back for a while. Without thresholds
/// it only measures.
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
        /// Off for at least so long.
        public var minimumHold: Duration

        public init(
            trip: Microhertz, release: Microhertz, releaseAfter: Duration, minimumHold: Duration = .zero
        ) {
            self.trip = trip
            self.release = release
            self.releaseAfter = releaseAfter
            self.minimumHold = minimumHold
        }
    }

    public let settings: Settings?
    public private(set) var isOff: Bool
    public private(set) var reading: MainsReading?
    private var estimator: EdgeEstimator
    private var polarity: RectifiedPolarity?
    private var below = 0
    private var backSince: Instant?
    private var offSince: Instant?

    /// - Parameters:
    ///   - settings: nil: measure only.
    ///   - isRectified: whether the edges are those behind a full-wave rectifier, all of one direction.
    ///   - isOff: whether load has been off since before the start, as after a restart in the middle of an event.
    public init(
        _ settings: Settings?, estimator: EdgeEstimator.Configuration, isRectified: Bool = false, isOff: Bool = false
    ) {
        self.settings = settings
        self.estimator = EdgeEstimator(estimator)
        self.isOff = isOff && settings != nil
        polarity = isRectified ? RectifiedPolarity(nominal: estimator.nominal) : nil
    }

    /// Takes the next edge.
    public mutating func take(_ edge: Edge) -> RelayVerdict {
        let isRising = polarity?.next(edge) ?? (edge.direction == .toActive)
        return judge(estimator.take(Crossing(isRising ? .rising : .falling, at: edge.at)))
    }

    /// Looks at the time when no edges come.
    public mutating func check(now: Instant) -> RelayVerdict { judge(estimator.check(now: now)) }

    /// Undoes what a time daemon does to the clock.
    public mutating func correct(clockRate: Int32) { estimator.clockRate = clockRate }

    private mutating func judge(_ reading: MainsReading) -> RelayVerdict {
        self.reading = reading
        let canSee = reading.condition.allowsTrip
        if let settings {
            if reading.isTripGrade, let fast = reading.fast?.frequency, fast < settings.trip {
                below = min(below + 1, reading.confirmations)
                if below >= reading.confirmations { isOff = true }
            } else {
                below = 0
            }
            if isOff { watchForReturn(reading, settings) }
        }
        return RelayVerdict(isOff: isOff, frequency: reading.fast?.frequency, canSee: canSee)
    }

    private mutating func watchForReturn(_ reading: MainsReading, _ settings: Settings) {
        let began = offSince ?? reading.at
        offSince = began
        guard reading.condition.allowsRelease, let slow = reading.slow?.frequency, slow >= settings.release else {
            backSince = nil
            return
        }
        let since = backSince ?? reading.at
        backSince = since
        guard reading.at - since >= settings.releaseAfter, reading.at - began >= settings.minimumHold else { return }
        isOff = false
        backSince = nil
        offSince = nil
    }
}

/// Gives the edges behind a full-wave rectifier, which are all of one direction, the polarities of the half cycles they
/// begin: every other one, counting those that did not come.
struct RectifiedPolarity: Sendable {
    private let half: Int64
    private var last: Instant?
    private var isRising = false

    init(nominal: Millihertz) { half = 500_000_000_000 / Int64(max(1, nominal.value)) }

    /// Whether the next edge is that of a rising half cycle.
    mutating func next(_ edge: Edge) -> Bool {
        let gap = last.map { (edge.at - $0).nanoseconds } ?? half
        last = edge.at
        if (gap + half / 2) / half % 2 != 0 { isRising.toggle() }
        return isRising
    }
}
