import Base
import Buses

/// When a part that failed is looked for again: after one second, then twice as long each time, up to a minute.
struct PartsRetry: Sendable {
    static let longest = Duration.seconds(60)

    private(set) var failures = 0
    private(set) var next = Instant(nanoseconds: 0)

    /// The part answered.
    mutating func succeed() { failures = 0 }

    /// The part failed again.
    mutating func fail(_ hint: BusFault.RetryHint, now: Instant) {
        failures = min(failures + 1, 16)
        let delay = hint == .never ? Self.longest : min(Self.longest, .seconds(1 << Int64(min(failures - 1, 6))))
        next = now + delay
    }
}
