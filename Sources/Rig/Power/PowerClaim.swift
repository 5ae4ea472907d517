import Base

/// A wish to use more or less power: who wants it, how much, from when until when.
///
/// Claims are all that the arbiter knows of its surroundings; nothing else switches power (Docs/power.md).
public struct PowerClaim: Equatable, Sendable {
    /// Who makes claims. The order in which they are heard is `Rank`.
    public enum Source: UInt8, CaseIterable, Sendable {
        /// Heat, a failed fan, a power supply that complains.
        case safety
        /// The mains frequency, as measured here.
        case frequency
        /// An operator or a market through the network.
        case remote
        /// A person at the rig.
        case technician
        /// The time of day or the price.
        case schedule
        /// A meter that tells how much is exported.
        case surplus
        /// No pool has work: what is hashed would be worth nothing.
        case pool
        /// The configured target.
        case configured
    }

    /// Whether the limit is one from above or from below.
    public enum Direction: UInt8, CaseIterable, Sendable {
        /// Use no more than the limit.
        case atMost
        /// Use at least the limit if you can; lifts what sources of lower rank allow, and nothing else.
        case atLeast
    }

    /// What becomes of a claim when its expiry passes, or its source falls silent, without renewal.
    public enum FailPolicy: UInt8, CaseIterable, Sendable {
        /// It ends, as if released.
        case release
        /// It stays as it is until it is renewed or released.
        case hold
        /// It becomes `atMost` `off` until it is renewed or released.
        case off
    }

    /// How power comes back after this claim has kept it low. The strictest rule of all claims that did so counts.
    public enum Rise: UInt8, CaseIterable, Comparable, Sendable {
        /// At once, as far as the rig runs at all: for claims that follow a signal and limit their own steps.
        case following
        /// In steps.
        case staged
        /// In steps after a random delay: for causes that many rigs share.
        case jittered

        /// The laxer rule is the smaller one.
        public static func < (a: Rise, b: Rise) -> Bool { a.rawValue < b.rawValue }
    }

    /// Tells claims apart. A source has a few slots, so that for example two remote protocols do not overwrite each other.
    public struct Key: Hashable, Sendable {
        public var source: Source
        /// 0…`slotCount` − 1.
        public var slot: UInt8

        public static let slotCount: UInt8 = 4

        public init(_ source: Source, slot: UInt8 = 0) {
            self.source = source
            self.slot = slot
        }
    }

    public var key: Key
    public var limit: PowerLimit
    public var direction: Direction
    /// From when it holds.
    public var start: Instant
    /// When its effect must be there; for the record, since the way down never waits.
    public var deadline: Instant?
    /// Until when it holds without renewal; nil: until released.
    public var expiry: Instant?
    public var failPolicy: FailPolicy
    public var rise: Rise

    /// A claim that holds from `start`, with the usual rules of its source.
    public init(
        _ key: Key, _ limit: PowerLimit, _ direction: Direction = .atMost, start: Instant, deadline: Instant? = nil,
        expiry: Instant? = nil
    ) {
        self.key = key
        self.limit = limit
        self.direction = direction
        self.start = start
        self.deadline = deadline
        self.expiry = expiry
        failPolicy = key.source.usualFailPolicy
        rise = key.source.usualRise
    }

    /// A person's stop. It outranks everything but safety and lasts until a person releases it.
    var isManualStop: Bool { key.source == .technician && direction == .atMost && limit == .off }

    /// Whose word counts more; the higher one does.
    var rank: Rank { isManualStop ? .manualStop : key.source.rank }

    /// The order of precedence.
    enum Rank: UInt8, CaseIterable, Comparable {
        case configured, economy, technician, remote, frequency, manualStop, safety

        static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }

        /// Whether off must be obeyed whatever it costs the hardware in switching.
        var isObeyedAtOnce: Bool { self >= .technician }
    }
}

extension PowerClaim.Source {
    var rank: PowerClaim.Rank {
        switch self {
        case .safety: .safety
        case .frequency: .frequency
        case .remote: .remote
        case .technician: .technician
        case .schedule, .surplus, .pool: .economy
        case .configured: .configured
        }
    }

    /// A contract that goes silent means off; a sensor that goes silent means no move; a meter that goes silent means
    /// that nothing is known to be left over.
    var usualFailPolicy: PowerClaim.FailPolicy {
        switch self {
        case .safety, .frequency, .technician, .configured: .hold
        case .remote, .surplus: .off
        case .schedule, .pool: .release
        }
    }

    var usualRise: PowerClaim.Rise {
        switch self {
        case .frequency, .remote, .schedule, .pool: .jittered
        case .safety, .technician, .configured: .staged
        case .surplus: .following
        }
    }
}
