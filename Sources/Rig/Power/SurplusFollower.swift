import Base
import Buses

/// Turns the reading of a meter at the connection point into a claim that uses up what would be exported.
///
/// Pure. The claim lasts until the reading is too old; what happens then is the claim's fail policy.
public struct SurplusFollower: Equatable, Sendable {
    /// How closely, and how gently, the meter is followed.
    public struct Settings: Equatable, Sendable {
        /// Whether the rig uses the surplus only, or in addition to its configured target.
        public enum Mode: UInt8, CaseIterable, Sendable {
            case only, additional
        }

        public var mode = Mode.only
        /// What is to be exported at least, so that the control's lag does not buy power.
        public var reserve = Milliwatts(100_000)
        /// Changes that are smaller are not made.
        public var deadband = Milliwatts(50_000)
        /// Fastest change in milliwatts per second.
        public var rampUp = Milliwatts(50_000)
        public var rampDown = Milliwatts(500_000)
        /// How much more than its least power there must be, and for how long, before a rig that is off is started.
        public var startMargin = Milliwatts(100_000)
        public var startAfter = Duration.seconds(60)
        /// How long there may be less than the least power before a running rig is stopped.
        public var stopAfter = Duration.seconds(60)
        /// A reading counts for so long.
        public var staleAfter = Duration.seconds(15)
        /// What a meter that cannot be read means; nil: off where the rig uses surplus only, else no more than its target.
        public var failPolicy: PowerClaim.FailPolicy?

        public init() {}
    }

    public let settings: Settings
    private let rated: Milliwatts
    private let minimum: Milliwatts
    /// The limit last asked for; zero for off, nil before the first reading.
    private var limit: Milliwatts?
    private var lastReading: Instant?
    /// Since when there has been enough to start, or too little to go on.
    private var enoughSince: Instant?
    private var scarceSince: Instant?

    public init(_ settings: Settings, rig: PowerSettings) {
        self.settings = settings
        rated = rig.rated
        minimum = rig.minimum
    }

    /// What to tell the arbiter now; nil when the reading says nothing new.
    /// - Parameters:
    ///   - export: power that leaves the site, negative when it is bought.
    ///   - power: what the rig takes, as measured; where that is not known, its set point.
    public mutating func follow(
        export: Reading<Milliwatts>, power: Milliwatts, slot: UInt8 = 0, now: Instant
    ) -> PowerArbiter.Input? {
        guard case .ok(let surplus, let at) = export.aged(to: now, limit: settings.staleAfter) else { return nil }
        if let lastReading, at <= lastReading { return nil }
        // After a gap the ramp starts from what the rig really takes: the arbiter may have switched it off meanwhile.
        let gap = lastReading.map { at - $0 } ?? settings.staleAfter + .nanoseconds(1)
        let isFresh = gap > settings.staleAfter
        lastReading = at
        let available = Int64(power.value) + Int64(surplus.value) - Int64(settings.reserve.value)
        let wanted = Milliwatts(clamping: max(0, min(available, Int64(rated.value))))
        let before = isFresh ? (power < minimum ? .zero : min(power, rated)) : limit ?? .zero
        limit = next(before, wanted, gap: isFresh ? .zero : gap, at)
        return claim(slot: slot, at)
    }

    private mutating func next(_ before: Milliwatts, _ wanted: Milliwatts, gap: Duration, _ at: Instant) -> Milliwatts {
        if before == .zero {
            scarceSince = nil
            guard wanted >= minimum + settings.startMargin else {
                enoughSince = nil
                return .zero
            }
            let since = enoughSince ?? at
            enoughSince = since
            return at - since >= settings.startAfter ? minimum : .zero
        }
        enoughSince = nil
        if wanted < minimum {
            let since = scarceSince ?? at
            scarceSince = since
            if at - since >= settings.stopAfter { return .zero }
        } else {
            scarceSince = nil
        }
        let goal = max(wanted, minimum)
        let change = goal - before
        guard change.value.magnitude >= settings.deadband.value.magnitude else { return before }
        let up = steps(settings.rampUp, gap)
        let down = steps(settings.rampDown, gap)
        return Milliwatts(clamping: Int64(before.value) + min(max(Int64(change.value), -down), up))
    }

    /// How far `ramp` goes in `gap`, in milliwatts.
    private func steps(_ ramp: Milliwatts, _ gap: Duration) -> Int64 {
        Int64(ramp.value) * min(gap.nanoseconds / 1_000_000, 3_600_000) / 1000
    }

    private func claim(slot: UInt8, _ at: Instant) -> PowerArbiter.Input? {
        guard let limit else { return nil }
        let key = PowerClaim.Key(.surplus, slot: slot)
        let asked: PowerLimit = limit == .zero ? .off : .power(limit)
        var claim = PowerClaim(key, asked, start: at, expiry: at + settings.staleAfter)
        switch settings.mode {
        case .only: claim.failPolicy = settings.failPolicy ?? .off
        case .additional:
            if limit == .zero { return .release(key) }
            claim.direction = .atLeast
            claim.failPolicy = settings.failPolicy ?? .release
        }
        return .claim(claim)
    }
}
