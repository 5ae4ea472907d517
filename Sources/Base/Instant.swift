/// A point on a monotonic clock whose origin is arbitrary: only differences mean anything.
///
/// Pure code never reads a clock; it is given `now` as an `Instant`. On a rig the clock is
/// `CLOCK_MONOTONIC`, in a simulation it is simulated time.
public struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since the clock's origin.
    public var nanoseconds: UInt64

    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `duration` after this one; saturates at both ends of the clock's range.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let offset = duration.nanoseconds
        if offset >= 0 {
            let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(UInt64(offset))
            return Instant(nanoseconds: overflow ? .max : sum)
        }
        let (difference, overflow) = instant.nanoseconds.subtractingReportingOverflow(offset.magnitude)
        return Instant(nanoseconds: overflow ? 0 : difference)
    }

    /// The time from `b` to `a`, negative when `a` is the earlier one.
    public static func - (a: Instant, b: Instant) -> Duration {
        a >= b
            ? .nanoseconds(Int64(clamping: a.nanoseconds - b.nanoseconds))
            : .nanoseconds(-Int64(clamping: b.nanoseconds - a.nanoseconds))
    }
}

extension Duration {
    /// The whole nanoseconds of this duration, rounded toward zero, saturating at ±292 years.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
