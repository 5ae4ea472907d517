import Base

/// Starts of the power supply within the last 24 hours: each one wears relays and capacitors, so they are counted and limited.
struct CycleBudget: Equatable, Sendable {
    /// Most starts a day that can be allowed.
    static let limit = 96
    static let window = Duration.seconds(86_400)

    let allowed: Int
    /// When the rig was started, oldest first.
    private(set) var starts: [Instant]

    init(allowed: Int, starts: [Instant] = []) {
        self.allowed = min(max(allowed, 1), Self.limit)
        self.starts = Array(starts.suffix(self.allowed))
    }

    mutating func record(_ now: Instant) {
        forget(now)
        // A start beyond the budget cannot happen; if it did, the oldest would make room.
        if starts.count >= allowed { starts.removeFirst() }
        starts.append(now)
    }

    /// When the next start is allowed; nil: now.
    func nextStart(_ now: Instant) -> Instant? {
        let recent = starts.filter { now - $0 < Self.window }
        guard recent.count >= allowed, let oldest = recent.first else { return nil }
        return oldest + Self.window
    }

    /// Until when a rig that runs may not be stopped for economy, because the starts left are kept for those who must be
    /// obeyed, a quarter of the day's; nil: it may be stopped now.
    func nextEconomicStop(_ now: Instant) -> Instant? {
        let free = allowed - max(1, allowed / 4)
        let recent = starts.filter { now - $0 < Self.window }
        guard recent.count > free else { return nil }
        return recent[recent.count - free - 1] + Self.window
    }

    private mutating func forget(_ now: Instant) {
        starts.removeAll { now - $0 >= Self.window }
    }
}
