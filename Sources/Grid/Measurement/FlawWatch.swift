import Base

/// Tells when a level has become too large and when it is small again, rarely enough for a log: it must last either way,
/// and the way back begins lower.
struct FlawWatch: Equatable, Sendable {
    enum Change: Equatable {
        case begins, ends
    }

    /// So long must a level be too large to be told.
    static let beginsAfter: Duration = .milliseconds(500)
    /// So long must it be small again; and so a flaw that comes and goes is told once.
    static let endsAfter: Duration = .seconds(10)

    /// Told at and above, in thousandths.
    let limit: Int32
    /// Over below, in thousandths.
    let overBelow: Int32
    private(set) var isPresent = false
    private var since: Instant?

    init(limit: Int32, overBelow: Int32) {
        self.limit = limit
        self.overBelow = overBelow
    }

    /// Takes the level now, in thousandths of either sign.
    mutating func take(_ level: Int32, now: Instant) -> Change? {
        let magnitude = level.magnitude
        guard isPresent ? magnitude < overBelow : magnitude >= limit else {
            since = nil
            return nil
        }
        let began = since ?? now
        since = began
        guard now - began >= (isPresent ? Self.endsAfter : Self.beginsAfter) else { return nil }
        since = nil
        isPresent.toggle()
        return isPresent ? .begins : .ends
    }

    /// Takes note that the level is not known: what must last begins anew.
    mutating func pause() { since = nil }
}
