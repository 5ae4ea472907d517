import Base

/// A hash rate from the nonces that meet the ticket, with its error.
///
/// Nonces at difficulty D come by chance, one in D · 2³² hashes: n of them tell the rate to within 1/√n. Counted over a
/// sliding window of 32 buckets.
public struct HashRateEstimate: Sendable {
    /// A hash rate and how far it may be off.
    public struct Rate: Hashable, Sendable {
        public var hashesPerSecond: Double
        /// Standard deviation. With no nonce at all: the rate at which one would have been expected.
        public var standardError: Double
    }

    private struct Bucket {
        var hashes = 0.0
        /// Sum of the squares of what each nonce stands for: the variance of the sum.
        var variance = 0.0
    }

    private static let bucketCount = 32
    private static let hashesPerDifficulty = 4_294_967_296.0

    /// Time that one bucket covers; the window is 32 of them.
    public let bucketDuration: Duration
    private var buckets = InlineArray<32, Bucket>(repeating: Bucket())
    private var current = 0
    private var currentStart: Instant
    private var startedAt: Instant
    private var latestHashes = Self.hashesPerDifficulty

    public init(startedAt: Instant, bucketDuration: Duration = .seconds(10)) {
        self.startedAt = startedAt
        self.bucketDuration = max(bucketDuration, .milliseconds(1))
        currentStart = startedAt
    }

    /// Counts a valid nonce that was reported at `difficulty`.
    public mutating func record(difficulty: UInt64, now: Instant) {
        record(hashes: Double(difficulty) * Self.hashesPerDifficulty, now: now)
    }

    /// Counts a valid nonce that takes `hashes` hashes to find, on average.
    public mutating func record(hashes: Double, now: Instant) {
        turn(to: now)
        latestHashes = hashes
        buckets[current].hashes += hashes
        buckets[current].variance += hashes * hashes
    }

    /// The rate over the window, or over the time since the start while that is shorter; nil in the first instant.
    public func rate(now: Instant) -> Rate? {
        var window = self
        window.turn(to: now)
        let start = window.currentStart + .nanoseconds(-bucketDuration.nanoseconds * Int64(Self.bucketCount - 1))
        let seconds = Double((now - max(start, startedAt)).nanoseconds) / 1e9
        guard seconds > 0 else { return nil }
        var total = Bucket()
        for index in 0..<Self.bucketCount {
            total.hashes += window.buckets[index].hashes
            total.variance += window.buckets[index].variance
        }
        let error = total.variance > 0 ? total.variance.squareRoot() : latestHashes
        return Rate(hashesPerSecond: total.hashes / seconds, standardError: error / seconds)
    }

    /// Opens new buckets until the current one covers `now`.
    private mutating func turn(to now: Instant) {
        guard now >= currentStart else { return }
        let steps = (now - currentStart).nanoseconds / bucketDuration.nanoseconds
        for _ in 0..<min(steps, Int64(Self.bucketCount)) {
            current = (current + 1) % Self.bucketCount
            buckets[current] = Bucket()
        }
        currentStart = currentStart + .nanoseconds(steps * bucketDuration.nanoseconds)
    }
}
