import Base

/// What the arbiter leaves to its successor: kept in the state directory as `power.json`, so that a restart in the middle of
/// an event changes nothing.
public struct PowerMemory: Equatable, Sendable {
    /// Version of the file's format.
    static let schema = 1

    /// A claim, with its times as distances from the moment of writing.
    struct Claim: Equatable, Sendable {
        var key: PowerClaim.Key
        var limit: PowerLimit
        var direction: PowerClaim.Direction
        var startsIn: Duration
        var deadlineIn: Duration?
        var expiresIn: Duration?
        var failPolicy: PowerClaim.FailPolicy
        var rise: PowerClaim.Rise
        var isOverdue: Bool

        init(_ entry: ClaimBook.Entry, _ now: Instant) {
            let claim = entry.claim
            key = claim.key
            limit = claim.limit
            direction = claim.direction
            startsIn = max(.zero, claim.start - now)
            deadlineIn = claim.deadline.map { max(.zero, $0 - now) }
            expiresIn = claim.expiry.map { max(.zero, $0 - now) }
            failPolicy = claim.failPolicy
            rise = claim.rise
            isOverdue = entry.isOverdue
        }

        func claim(_ now: Instant) -> PowerClaim {
            var claim = PowerClaim(
                key, limit, direction, start: now + startsIn, deadline: deadlineIn.map { now + $0 },
                expiry: expiresIn.map { now + $0 })
            claim.failPolicy = failPolicy
            claim.rise = rise
            return claim
        }
    }

    var claims: [Claim] = []
    /// Whether power was kept low by somebody, or on its way up, and by which rule it comes back.
    var isHeld = false
    var held = PowerClaim.Rise.staged
    /// How long the rig has been off; nil while it is on.
    var offFor: Duration?
    /// How long ago the rig was started, the oldest start first.
    var startAges: [Duration] = []
    /// Claims made so far.
    var claimCount: UInt64 = 0
    /// State of the generator of random delays.
    var random: UInt64 = 0

    init() {}
}
