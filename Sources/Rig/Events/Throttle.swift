import Base

/// Lets a few events of a kind through in a while and counts the others, so that a log stays readable and bounded.
struct Throttle: Sendable {
    let interval: Duration
    let burst: Int
    private var windowStart: Instant?
    private var admitted = 0
    private var suppressed: UInt64 = 0

    /// - Parameter burst: how many events may come in each interval.
    init(every interval: Duration, burst: Int = 1) {
        self.interval = interval
        self.burst = burst
    }

    /// How many events were kept back before this one, or nil when this one is kept back too.
    mutating func admit(now: Instant) -> UInt64? {
        if windowStart.map({ now - $0 >= interval }) ?? true {
            windowStart = now
            admitted = 0
        }
        guard admitted < burst else {
            suppressed += 1
            return nil
        }
        admitted += 1
        defer { suppressed = 0 }
        return suppressed
    }
}
