import Base

/// What a grid operator buys from a load that follows the frequency: when it must respond, how far, how fast, for how long,
/// and how it may come back. What a product does not say is nil or zero; Docs/grid.md explains the fields.
public struct GridProduct: Equatable, Sendable {
    /// Which of the estimator's windows decides.
    public enum Window: Equatable, Sendable {
        /// About 100 ms, for products that must be fast.
        case fast
        /// About 500 ms, for products that must be exact.
        case slow
    }

    /// Times after the frequency has called for a response.
    public struct Timing: Equatable, Sendable {
        public var startNoEarlier: Duration = .zero
        public var startNoLater: Duration?
        public var fullNoEarlier: Duration = .zero
        public var fullNoLater: Duration?
        /// Fastest growth, in thousandths a second.
        public var rampLimit: Int32?
        /// So long a response may not shrink after it last grew to its goal.
        public var minimumHold: Duration = .zero

        public init() {}
    }

    /// How a response ends.
    public struct Release: Equatable, Sendable {
        /// The frequency must be at most this far from nominal; nil where leaving the curve is enough.
        public var within: Millihertz?
        /// Whether a frequency far on the other side does not count as back either.
        public var isBothSided = false
        /// For so long without a break.
        public var after: Duration = .zero
        /// And then for a random time of up to this long.
        public var randomDelay: Duration = .zero
        /// Fastest return, in thousandths a second.
        public var rampLimit: Int32?
        /// After the return no new response begins for so long.
        public var rearm: Duration = .zero
        /// How far power may then exceed what it was before, in thousandths.
        public var reboundCap: Int32?
        /// And how long not at all.
        public var reboundNotBefore: Duration = .zero

        public init() {}
    }

    /// How much of the response can be called.
    public struct Energy: Equatable, Sendable {
        /// The full response for so long, or a part of it for longer.
        public var time: Duration
        /// What comes back of it in an hour without response, in thousandths; nil: all of it when the product is armed again.
        public var recoveryPerHour: Int32?
        /// Whether the response ends when it is used up, or stays until the frequency is back.
        public var endsResponse: Bool

        public init(time: Duration, recoveryPerHour: Int32? = nil, endsResponse: Bool) {
            self.time = time
            self.recoveryPerHour = recoveryPerHour
            self.endsResponse = endsResponse
        }
    }

    /// Signs that a part of the network runs on its own; then load is neither added nor returned.
    public struct Island: Equatable, Sendable {
        /// A frequency above this.
        public var above: Millihertz?
        /// A rate of change beyond this, in millihertz per second, either way.
        public var fasterThan: Int32?

        public init(above: Millihertz?, fasterThan: Int32?) {
            self.above = above
            self.fasterThan = fasterThan
        }
    }

    /// What must be recorded around an event.
    public struct Log: Equatable, Sendable {
        public var before: Duration
        public var after: Duration
        public var step: Duration

        public init(before: Duration, after: Duration, step: Duration) {
            self.before = before
            self.after = after
            self.step = step
        }
    }

    public var name: String
    public var nominal: Millihertz
    /// Load that falls when the frequency is low.
    public var under: ResponseCurve
    /// Load that rises when the frequency is high.
    public var over: ResponseCurve
    /// A response shrinks only after the frequency has come back this far from where it grew.
    public var hysteresis: Millihertz = .zero
    /// Whether a response stays at its largest until it is released: static, relay-like.
    public var isLatched = false
    public var window = Window.slow
    public var timing = Timing()
    public var release = Release()
    public var energy: Energy?
    /// Below this voltage, in thousandths of nominal, nothing begins.
    public var voltageLockout: Int32?
    public var island: Island?
    /// The frequency must be measured at least this often.
    public var measuredEvery: Duration?
    /// And this exactly.
    public var accuracy: Millihertz?
    public var log: Log?
    /// A remote measurement older than this is none.
    public var staleAfter: Duration?
    /// Whether it responds only while a contract's window is open.
    public var needsContract = true

    public init(name: String, nominal: Millihertz, under: ResponseCurve, over: ResponseCurve) {
        self.name = name
        self.nominal = nominal
        self.under = under
        self.over = over
    }

    /// What a steady frequency calls for: thousandths to shed, or, negative, to absorb.
    public func permille(at frequency: Microhertz) -> Int32 {
        let deviation = Int64(frequency.value) - Int64(nominal.value) * 1000
        return deviation < 0
            ? under.permille(at: Microhertz(clamping: -deviation)) : -over.permille(at: Microhertz(clamping: deviation))
    }

    /// The smallest deviation beyond which something is called for, either way; nil for a product that calls for nothing.
    public var firstDeviation: Millihertz? {
        let starts = [under.points.first, over.points.first].compactMap { $0?.deviation }
        return starts.min { $0.value < $1.value }
    }

    /// Whether it answers losses of plant only: it latches, and nothing that the frequency does on an ordinary day calls for
    /// it. The others answer what it does all the time, in proportion: they are meant to begin.
    public var isContingency: Bool { isLatched && firstDeviation.map { $0 > Self.ordinary } ?? false }

    /// On ordinary days the frequency hardly goes further (Docs/grid.md, "Ordinary days").
    public static let ordinary = Millihertz(100)
}
