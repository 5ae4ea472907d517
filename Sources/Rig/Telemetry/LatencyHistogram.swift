import Base

/// How often which delay occurred, in fixed memory: eight buckets for each doubling, so percentiles are right to 9 %.
public struct LatencyHistogram: Sendable {
    /// From 1 µs to over an hour.
    private static let doublings = 32
    private static let steps = 8

    private var counts = [UInt64](repeating: 0, count: LatencyHistogram.doublings * LatencyHistogram.steps)
    /// Delays recorded.
    public private(set) var count: UInt64 = 0
    public private(set) var longest = Duration.zero

    public init() {}

    /// Counts one delay; negative ones count as none.
    public mutating func record(_ delay: Duration) {
        counts[Self.bucket(UInt64(max(0, delay.nanoseconds)) / 1000)] += 1
        count += 1
        longest = max(longest, delay)
    }

    /// The delay that `percent` (0–100) of all recorded ones do not exceed, rounded up to its bucket's end and never above
    /// the longest; zero when there are none.
    public func percentile(_ percent: Double) -> Duration {
        let wanted = Double(count) * percent / 100
        var seen: UInt64 = 0
        for (bucket, occurrences) in counts.enumerated() where occurrences > 0 {
            seen += occurrences
            if Double(seen) >= wanted { return min(longest, .microseconds(Self.end(of: bucket))) }
        }
        return longest
    }

    private static func bucket(_ microseconds: UInt64) -> Int {
        let value = max(1, microseconds)
        let doubling = 63 - value.leadingZeroBitCount
        let step =
            doubling < 3
            ? (value - (1 << UInt64(doubling))) << UInt64(3 - doubling) : (value >> UInt64(doubling - 3)) & 7
        return min(doublings * steps - 1, doubling * steps + Int(truncatingIfNeeded: step))
    }

    private static func end(of bucket: Int) -> Int64 {
        let doubling = Int64(bucket / steps)
        let step = Int64(bucket % steps)
        return max(1, ((8 + step + 1) << doubling) >> 3)
    }
}
