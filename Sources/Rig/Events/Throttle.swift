import Base

/// Lets one event of a kind through in a while and counts the others, so that a log stays readable and bounded.
struct Throttle: Sendable {
    let interval: Duration
    private var lastAt: Instant?
    private var suppressed: UInt64 = 0

    init(every interval: Duration) {
        self.interval = interval
    }

    /// How many events were kept back before this one, or nil when this one is kept back too.
    mutating func admit(now: Instant) -> UInt64? {
        if let lastAt, now - lastAt < interval {
            suppressed += 1
            return nil
        }
        defer { suppressed = 0 }
        lastAt = now
        return suppressed
    }
}
