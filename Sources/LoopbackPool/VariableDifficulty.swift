import Base

/// Finds the difficulty at which one client sends shares at a wanted rate.
///
/// It measures work – the sum of the difficulties that shares had to meet – and not the number of shares, so that
/// shares still arriving for jobs of an earlier difficulty do not mislead it.
public struct VariableDifficulty: Hashable, Sendable {
    /// What to aim at and within which limits.
    public struct Settings: Hashable, Sendable {
        /// Wanted shares per second and client.
        public var sharesPerSecond: Double
        public var start: ShareDifficulty
        public var minimum: Double = 1e-7
        public var maximum: Double = 1e15
        /// How often the difficulty is reconsidered; sooner when shares come in far too fast.
        public var interval: Duration = .seconds(5)

        public init(sharesPerSecond: Double, start: ShareDifficulty) {
            self.sharesPerSecond = sharesPerSecond
            self.start = start
        }
    }

    let settings: Settings
    private var windowStart: Instant
    private var work = 0.0
    private var shares = 0

    /// Changes of less than this factor are not worth a message.
    static let deadband = 1.5
    /// One step never exceeds these factors, as a few shares are weak evidence.
    static let steps = 0.25...16.0

    init(_ settings: Settings, now: Instant) {
        self.settings = settings
        windowStart = now
    }

    /// When `retarget` will next have something to say if no shares come.
    var deadline: Instant { windowStart + settings.interval }

    mutating func count(_ difficulty: ShareDifficulty) {
        work += difficulty.value
        shares += 1
    }

    /// The difficulty to announce instead of `current`, or nil to leave it.
    mutating func retarget(_ current: ShareDifficulty, now: Instant) -> ShareDifficulty? {
        let elapsed = now - windowStart
        let expected = settings.sharesPerSecond * (settings.interval / .seconds(1))
        guard elapsed >= settings.interval || Double(shares) >= max(8, 4 * expected) else { return nil }
        // A burst within one clock reading still took some time.
        let seconds = max(elapsed / .seconds(1), 0.001)
        let ideal = work / seconds / settings.sharesPerSecond
        windowStart = now
        work = 0
        shares = 0
        let factor = min(max(ideal / current.value, Self.steps.lowerBound), Self.steps.upperBound)
        guard factor > Self.deadband || factor < 1 / Self.deadband else { return nil }
        let wanted = min(max(current.value * factor, settings.minimum), settings.maximum)
        guard let rounded = Self.rounded(wanted), rounded != current else { return nil }
        return rounded
    }

    /// Three significant digits are plenty, and short on the wire.
    private static func rounded(_ value: Double) -> ShareDifficulty? {
        var scale = 1.0
        while value * scale < 100 { scale *= 10 }
        return ShareDifficulty(value >= 1000 ? value.rounded() : (value * scale).rounded() / scale)
    }
}
