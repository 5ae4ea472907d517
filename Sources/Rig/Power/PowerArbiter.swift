import Base
import Buses

/// Merges all claims on the rig's power into one set point, and brings power back gently (Docs/power.md).
///
/// Pure: inputs and the time go in, the set point and notes for the log come out. It knows no wall clock.
public struct PowerArbiter: Sendable {
    /// What the world tells the arbiter.
    public enum Input: Equatable, Sendable {
        /// A new claim, or the renewal or change of the one with the same key.
        case claim(PowerClaim)
        /// The source takes its claim back.
        case release(PowerClaim.Key)
        /// The source has fallen silent: its claim's fail policy holds from now on.
        case silent(PowerClaim.Key)
        /// Whether the mains voltage is good enough to run on.
        case mains(isGood: Bool)
        /// A stage of the way off was done.
        case stage(OffStage, at: Instant)
        /// The rig's power at the mains.
        case measured(Reading<Milliwatts>)
        /// Time has passed; due at `deadline`.
        case tick
    }

    /// Worth a line in the event log.
    public enum Note: Equatable, Sendable {
        case taken(ClaimRecord)
        case refused(PowerClaim.Key, ClaimRecord.Refusal)
        /// The claim's fail policy has taken over.
        case failed(PowerClaim.Key, PowerClaim.FailPolicy)
        case ended(ClaimRecord)
        case setpoint(PowerSetpoint)
    }

    /// The key of the claim that the arbiter makes itself while there is no mains.
    static let blackoutKey = PowerClaim.Key(.safety, slot: PowerClaim.Key.slotCount - 1)

    public let settings: PowerSettings
    /// How much the rig may use now.
    public private(set) var setpoint: PowerSetpoint
    /// Claims that are over.
    public internal(set) var log = ClaimLog()
    /// When `tick` is due if nothing comes before; nil when nothing is going to change by itself.
    public private(set) var deadline: Instant?

    var book = ClaimBook()
    var cycles: CycleBudget
    var random: SplitMix64
    var offSince: Instant?
    var onSince: Instant?
    /// Whose claim keeps power low, and the strictest rule for coming back of all that did since power was last settled.
    var holder: PowerClaim.Key?
    var held: PowerClaim.Rise
    var climb: Climb?
    var mains = Mains()
    private var notes: [Note] = []

    /// What is known of the mains voltage.
    struct Mains: Equatable, Sendable {
        /// Good since then, after having been bad; nil: never known to be bad, or bad now.
        var goodSince: Instant?
        var badSince: Instant?
    }

    /// - Parameters:
    ///   - seed: for the random delays; must differ from rig to rig.
    ///   - start: what happened before.
    ///   - memory: what the arbiter before this one left behind.
    public init(
        _ settings: PowerSettings, seed: UInt64, start: PowerStart = .fresh, memory: PowerMemory? = nil, now: Instant
    ) {
        self.settings = settings
        cycles = CycleBudget(allowed: settings.cyclesPerDay)
        random = SplitMix64(state: seed)
        held = .following
        setpoint = PowerSetpoint(
            limit: .zero, source: .configured, reason: .rising(next: now), since: now, deadline: nil,
            isTuningFrozen: true)
        take(PowerClaim(.init(.configured), settings.target, start: now), now)
        resume(start, memory, now)
        settle(now)
        notes = []
    }

    /// The claims that are known, those to come included, in the order of their keys.
    public var claims: [PowerClaim] { book.entries.map { $0.claim } }

    /// The records of these claims.
    public var records: [ClaimRecord] { book.entries.map { $0.record } }

    /// Until when the starts of the day are used up, so that a load that is taken off does not come back; nil while there
    /// are some left. A product that must not fail is not to be offered meanwhile.
    public func startsUsedUp(now: Instant) -> Instant? { cycles.nextStart(now) }

    /// Takes in what has happened. The set point is up to date afterwards.
    public mutating func handle(_ input: Input, now: Instant) -> [Note] {
        switch input {
        case .claim(let claim):
            if let refusal = refusal(of: claim, now) { refuse(claim, refusal, now) } else { take(claim, now) }
        case .release(let key): end(key, .released, now)
        case .silent(let key): if let index = book.index(of: key) { fail(index, now) }
        case .mains(let isGood): note(mainsGood: isGood, now)
        case .stage(let stage, let at): note(stage, at: at)
        case .measured(let reading):
            if case .ok(let power, let at) = reading { note(ClaimRecord.Measurement(power: power, at: at)) }
        case .tick: break
        }
        settle(now)
        defer { notes = [] }
        return notes
    }

    // MARK: Claims

    private func refusal(of claim: PowerClaim, _ now: Instant) -> ClaimRecord.Refusal? {
        if claim.key.slot >= PowerClaim.Key.slotCount || claim.key == Self.blackoutKey { return .slot }
        if !claim.limit.isSensible { return .limit }
        if claim.direction == .atLeast {
            switch claim.key.source {
            case .safety, .technician, .pool, .configured: return .direction
            case .frequency, .remote, .schedule, .surplus: break
            }
            if claim.limit.resolved(rated: settings.rated) == .zero { return .direction }
        }
        if let expiry = claim.expiry, expiry <= now || expiry <= claim.start { return .expired }
        return nil
    }

    private mutating func refuse(_ claim: PowerClaim, _ refusal: ClaimRecord.Refusal, _ now: Instant) {
        var record = log.open(claim, .refused(refusal), now: now)
        record.ended = now
        log.close(record)
        notes.append(.refused(claim.key, refusal))
    }

    mutating func take(_ claim: PowerClaim, _ now: Instant) {
        guard let index = book.index(of: claim.key) else { return insert(claim, now) }
        let known = book.entries[index].claim
        let isRenewal = known.limit == claim.limit && known.direction == claim.direction
        let isAdjustment = known.direction == claim.direction && claim.rise == .following && known.rise == .following
        guard isRenewal || isAdjustment else {
            end(claim.key, .replaced, now)
            return insert(claim, now)
        }
        book.update(index) { entry in
            entry.claim = claim
            // What has begun goes on: a renewal cannot put it off.
            if known.start <= now { entry.claim.start = min(known.start, claim.start) }
            entry.isOverdue = false
            entry.record.limit = claim.limit
            if !isRenewal { entry.record.adjustments += 1 }
        }
    }

    private mutating func insert(_ claim: PowerClaim, _ now: Instant) {
        let record = log.open(claim, .pending, now: now)
        book.insert(ClaimBook.Entry(claim: claim, record: record))
        let outcome = book.outcome(settings, keepsOn: keepsOn(now) != nil, now: now)
        guard let index = book.index(of: claim.key), claim.start <= now else { return note(claim.key) }
        book.update(index) { entry in
            entry.record.decision =
                outcome.winner.key == claim.key ? .applied : .outranked(by: outcome.winner.key.source)
        }
        if outcome.isKept, outcome.winner.key == claim.key, let kept = keepsOn(now) {
            book.update(index) { $0.record.decision = .refused(kept) }
        }
        note(claim.key)
    }

    private mutating func note(_ key: PowerClaim.Key) {
        if let index = book.index(of: key) { notes.append(.taken(book.entries[index].record)) }
    }

    private mutating func end(_ key: PowerClaim.Key, _ ending: ClaimRecord.Ending, _ now: Instant) {
        guard let index = book.index(of: key) else { return }
        var record = book.remove(at: index).record
        record.ended = now
        record.ending = ending
        log.close(record)
        notes.append(.ended(record))
    }

    private mutating func fail(_ index: Int, _ now: Instant) {
        let claim = book.entries[index].claim
        guard !book.entries[index].isOverdue else { return }
        notes.append(.failed(claim.key, claim.failPolicy))
        switch claim.failPolicy {
        case .release: end(claim.key, .expired, now)
        case .hold, .off:
            book.update(index) { entry in
                entry.isOverdue = true
                entry.record.failed = now
                if claim.failPolicy == .off {
                    entry.claim.limit = .off
                    entry.claim.direction = .atMost
                    entry.claim.start = min(claim.start, now)
                }
            }
        }
    }

    // MARK: Set point

    /// Brings the set point up to date: down at once, up as the rules allow.
    private mutating func settle(_ now: Instant) {
        watchMains(now)
        for entry in book.entries {
            guard let expiry = entry.claim.expiry, expiry <= now, !entry.isOverdue else { continue }
            if let index = book.index(of: entry.claim.key) { fail(index, now) }
        }
        let kept = keepsOn(now)
        let outcome = book.outcome(settings, keepsOn: kept != nil, now: now)
        let before = setpoint
        if outcome.limit > setpoint.limit {
            rise(to: outcome, now)
        } else {
            fall(to: outcome, kept, now)
        }
        setpoint.deadline = outcome.winner.deadline
        setpoint.isTuningFrozen =
            climb != nil || book.entries.contains { $0.claim.key.source == .frequency && book.isActive($0, now) }
        if setpoint.limit != before.limit { setpoint.since = now }
        if setpoint.limit != before.limit || setpoint.source != before.source { notes.append(.setpoint(setpoint)) }
        deadline = nextChange(kept, outcome, now)
    }

    private mutating func fall(to outcome: ClaimBook.Outcome, _ kept: ClaimRecord.Refusal?, _ now: Instant) {
        climb = nil
        if outcome.limit == .zero, setpoint.limit > .zero {
            offSince = now
            onSince = nil
        }
        hold(outcome.winner)
        setpoint.limit = outcome.limit
        setpoint.source = outcome.winner.key.source
        setpoint.reason = outcome.isBelowMinimum ? .belowMinimum : .claimed
        guard outcome.isKept, let kept else { return }
        switch kept {
        case .cycleBudget(let until): setpoint.reason = .cyclesKept(until: until)
        case .minimumOnTime(let until): setpoint.reason = .minimumOnTime(until: until)
        case .slot, .limit, .direction, .expired: break
        }
    }

    /// Remembers who keeps power low, and the strictest of their rules for coming back.
    private mutating func hold(_ winner: PowerClaim) {
        let isFirst = holder.map { $0.source == .configured } ?? true
        held = isFirst || winner.key.source == .configured ? winner.rise : max(held, winner.rise)
        holder = winner.key
    }

    mutating func raise(
        to limit: Milliwatts, _ source: PowerClaim.Source, _ reason: PowerSetpoint.Reason, _ now: Instant
    ) {
        if setpoint.limit == .zero, limit > .zero {
            cycles.record(now)
            onSince = now
            offSince = nil
        }
        setpoint.limit = limit
        setpoint.source = source
        setpoint.reason = reason
    }

    /// Why claims of the lowest ranks that want off get the least power instead; nil while they are obeyed.
    ///
    /// A quarter of the day's starts is kept for those who must be obeyed.
    private func keepsOn(_ now: Instant) -> ClaimRecord.Refusal? {
        guard setpoint.limit > .zero else { return nil }
        if let onSince, now < onSince + settings.minimumOnTime {
            return .minimumOnTime(until: onSince + settings.minimumOnTime)
        }
        return cycles.nextEconomicStop(now).map { .cycleBudget(until: $0) }
    }

    private func nextChange(_ kept: ClaimRecord.Refusal?, _ outcome: ClaimBook.Outcome, _ now: Instant) -> Instant? {
        var next = book.nextChange(now)
        func consider(_ instant: Instant?) {
            if let instant { next = min(next ?? instant, instant) }
        }
        consider(climb?.due)
        if let bad = mains.badSince, book.index(of: Self.blackoutKey) == nil {
            consider(bad + settings.restore.blackoutAfter)
        }
        guard outcome.isKept else { return next }
        switch kept {
        case .minimumOnTime(let until), .cycleBudget(let until): consider(until)
        case .slot, .limit, .direction, .expired, nil: break
        }
        return next
    }

    // MARK: What is measured

    private mutating func note(_ stage: OffStage, at: Instant) {
        // The claim that keeps the rig off, or the one that did when the stage was done.
        guard setpoint.isOff, let holder, let index = book.index(of: holder) else { return }
        book.update(index) { $0.record.note(stage, at: at) }
    }

    private mutating func note(_ measurement: ClaimRecord.Measurement) {
        for index in book.entries.indices where book.isActive(book.entries[index], measurement.at) {
            let limit = settings.usable(book.entries[index].claim.limit)
            let highest = limit == .zero ? settings.standby : limit
            book.update(index) { $0.record.note(measurement, highest: highest) }
        }
    }

    private mutating func note(mainsGood isGood: Bool, _ now: Instant) {
        if isGood, mains.badSince != nil {
            mains = Mains(goodSince: now, badSince: nil)
            end(Self.blackoutKey, .released, now)
        } else if !isGood, mains.badSince == nil {
            mains = Mains(goodSince: nil, badSince: now)
        }
    }

    /// Mains that stay away take the rig's set point with them, so that they do not find it running when they come back.
    private mutating func watchMains(_ now: Instant) {
        guard let bad = mains.badSince, now - bad >= settings.restore.blackoutAfter else { return }
        guard book.index(of: Self.blackoutKey) == nil else { return }
        var claim = PowerClaim(Self.blackoutKey, .off, start: now)
        claim.rise = .jittered
        insert(claim, now)
    }
}
