import Base

/// One board's regime, or the rig's, with what it remembers.
struct Supervision {
    private(set) var regime = Regime.boot
    private(set) var since: Instant
    private(set) var reason = ThermalReason.warmingUp
    var ladder = ThrottleLadder()
    private(set) var trips = TripRecord()
    private var unobservedSince: Instant?
    private var coolingSince: Instant?
    private var coolingFrom = Celsius.zero

    init(now: Instant) {
        since = now
    }

    /// Whether supervision has been missing for longer than the limit.
    mutating func isUnobserved(_ isMissing: Bool, now: Instant, limit: Duration) -> Bool {
        guard isMissing else {
            unobservedSince = nil
            return false
        }
        if unobservedSince == nil { unobservedSince = now }
        return now - (unobservedSince ?? now) >= limit
    }

    /// Whether full fans and the least power have failed to bring the worst channel down.
    mutating func isNotCooling(_ error: Celsius, now: Instant, tuning: ThermalTuning) -> Bool {
        guard regime == .overheat else {
            coolingSince = nil
            return false
        }
        guard let started = coolingSince else {
            coolingSince = now
            coolingFrom = error
            return false
        }
        guard now - started >= tuning.coolingTime else { return false }
        let cooled = coolingFrom - error >= tuning.minimumCooling
        coolingSince = now
        coolingFrom = error
        return !cooled
    }

    /// Goes on by one tick.
    mutating func advance(
        _ evidence: RegimeEvidence, reason new: ThermalReason, countsTrip: Bool, tuning: ThermalTuning,
        now: Instant, disabled: Protections
    ) {
        trips.forget(before: now)
        let next = regime.next(evidence)
        if next == .tripped, regime != .tripped {
            reason = new
            if countsTrip { trips.add(now) }
            if new.isHeat { ladder.startOver(tuning: tuning, now: now) }
        } else if next != .tripped {
            reason = new
        }
        if regime == .lockedOut, next == .boot { trips = TripRecord() }
        if next != regime { since = now }
        regime = next
        ladder.update(
            next, level: evidence.level, hasRoom: evidence.hasRoom, tuning: tuning, now: now, disabled: disabled)
    }
}

/// When a board tripped within the last hour.
struct TripRecord {
    private var times = InlineArray<8, Instant>(repeating: Instant(nanoseconds: 0))
    private(set) var count = 0

    mutating func add(_ now: Instant) {
        if count == times.count {
            for index in 1..<times.count { times[index - 1] = times[index] }
            count -= 1
        }
        times[count] = now
        count += 1
    }

    mutating func forget(before now: Instant) {
        while count > 0, now - times[0] > .seconds(3600) {
            for index in 1..<times.count { times[index - 1] = times[index] }
            count -= 1
        }
    }
}
