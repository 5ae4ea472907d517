import Base

/// How far the rig could move if it were asked to now: what a product may be offered on.
public struct PowerHeadroom: Equatable, Sendable {
    /// How much more it would take at once. Zero for a rig that is off: it cannot start at once.
    public var up: Milliwatts
    /// How much less.
    public var down: Milliwatts
}

extension PowerArbiter {
    /// The room for a frequency response. Claims of its rank and above, and the rated power, bound it.
    public func headroom(now: Instant) -> PowerHeadroom {
        guard !setpoint.isOff else { return PowerHeadroom(up: .zero, down: .zero) }
        var asked = ClaimBook()
        for entry in book.entries { asked.insert(entry) }
        let key = PowerClaim.Key(.frequency, slot: PowerClaim.Key.slotCount)
        let claim = PowerClaim(key, .permille(1000), .atLeast, start: now)
        asked.insert(ClaimBook.Entry(claim: claim, record: ClaimRecord(number: 0, claim, .pending, now: now)))
        let most = asked.outcome(settings, keepsOn: false, now: now).limit
        return PowerHeadroom(up: max(.zero, most - setpoint.limit), down: setpoint.limit)
    }
}
