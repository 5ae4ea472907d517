import Base

/// The claims that are known, one for each key, and what they come to together.
struct ClaimBook: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var claim: PowerClaim
        var record: ClaimRecord
        /// The fail policy has taken over: expiry no longer means anything until the claim is renewed.
        var isOverdue = false
    }

    /// What all claims come to.
    struct Outcome: Equatable, Sendable {
        /// Zero is off.
        var limit: Milliwatts
        var winner: PowerClaim
        /// The winner asked for less than the rig can run on.
        var isBelowMinimum = false
        /// The winner wanted off and got the least power.
        var isKept = false
    }

    /// In the order of keys. Bounded: there are only so many keys.
    private(set) var entries: [Entry] = []

    func index(of key: PowerClaim.Key) -> Int? { entries.firstIndex { $0.claim.key == key } }

    mutating func insert(_ entry: Entry) {
        let order = Self.order(entry.claim.key)
        let index = entries.firstIndex { Self.order($0.claim.key) > order } ?? entries.count
        entries.insert(entry, at: index)
    }

    mutating func update(_ index: Int, _ change: (inout Entry) -> Void) { change(&entries[index]) }

    mutating func remove(at index: Int) -> Entry { entries.remove(at: index) }

    func isActive(_ entry: Entry, _ now: Instant) -> Bool { entry.claim.start <= now }

    /// Merges the claims, from the lowest rank to the highest: each rank first lifts what the lower ones left, then limits it.
    /// Limits of one rank all hold; so nobody's `atMost` is exceeded except by a higher rank's `atLeast`.
    /// - Parameter keepsOn: whether claims of the lowest ranks that want off get the least power instead.
    func outcome(_ settings: PowerSettings, keepsOn: Bool, now: Instant) -> Outcome {
        let rated = PowerClaim(.init(.configured), .permille(1000), start: now)
        var outcome = Outcome(limit: settings.rated, winner: rated)
        for rank in PowerClaim.Rank.allCases {
            for entry in entries where entry.claim.rank == rank && isActive(entry, now) {
                guard entry.claim.direction == .atLeast else { continue }
                let limit = max(settings.minimum, entry.claim.limit.resolved(rated: settings.rated))
                if limit > outcome.limit { outcome = Outcome(limit: limit, winner: entry.claim) }
            }
            for entry in entries where entry.claim.rank == rank && isActive(entry, now) {
                guard entry.claim.direction == .atMost else { continue }
                let asked = entry.claim.limit.resolved(rated: settings.rated)
                let usable = settings.usable(entry.claim.limit)
                let isKept = usable == .zero && keepsOn && !rank.isObeyedAtOnce
                let limit = isKept ? settings.minimum : usable
                guard limit < outcome.limit || limit == outcome.limit && limit < settings.rated else { continue }
                outcome = Outcome(
                    limit: limit, winner: entry.claim, isBelowMinimum: usable == .zero && asked > .zero, isKept: isKept)
            }
        }
        return outcome
    }

    /// When the next claim starts or expires.
    func nextChange(_ now: Instant) -> Instant? {
        var next: Instant?
        for entry in entries {
            if entry.claim.start > now { next = min(next ?? entry.claim.start, entry.claim.start) }
            if let expiry = entry.claim.expiry, !entry.isOverdue { next = min(next ?? expiry, expiry) }
        }
        return next
    }

    private static func order(_ key: PowerClaim.Key) -> Int { Int(key.source.rawValue) << 8 | Int(key.slot) }
}
