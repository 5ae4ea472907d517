import Base

/// The way up: never before its gates are open, in steps, and not all rigs at once.
extension PowerArbiter {
    /// Power that is on its way up.
    struct Climb: Equatable, Sendable {
        var rule: PowerClaim.Rise
        /// When the last claim that kept power low went away, or the last gate opened.
        var since: Instant
        /// Random delay behind the last gate, zero unless the rule asks for one.
        var delay: Duration
        /// When the next step is due, once there has been one.
        var nextStep: Instant?
        /// When there is something to do; nil while the mains are not good.
        var due: Instant?
    }

    /// One step towards `outcome`, or the reason why it is not yet time.
    mutating func rise(to outcome: ClaimBook.Outcome, _ now: Instant) {
        let isAskedFor = outcome.winner.direction == .atLeast
        var climb = climb ?? begin(now)
        // Somebody who wants load now is not kept waiting for the sake of the others, only for that of the hardware.
        let rule = isAskedFor ? min(climb.rule, outcome.winner.rise) : climb.rule
        let delay = rule == .jittered ? climb.delay : .zero
        let gate = setpoint.isOff ? gate(now) : nil
        let source = isAskedFor ? outcome.winner.key.source : holder?.source ?? .configured
        climb.since = max(climb.since, gate?.opens ?? climb.since)
        let first = climb.since + delay
        climb.due = gate.map { $0.opens == nil } ?? false ? nil : climb.nextStep.map { max($0, first) } ?? first
        guard let due = climb.due, due <= now else {
            self.climb = climb
            let isGateShut = gate.map { $0.opens.map { $0 > now } ?? true } ?? false
            let reason = isGateShut ? gate?.reason : nil
            return raise(to: setpoint.limit, source, reason ?? .rising(next: climb.due ?? now), now)
        }
        let step = setpoint.isOff ? max(settings.minimum, settings.step) : setpoint.limit + settings.step
        let limit = rule == .following ? outcome.limit : min(step, outcome.limit)
        guard limit < outcome.limit else {
            self.climb = nil
            holder = outcome.winner.key
            held = outcome.winner.rise
            return raise(to: limit, outcome.winner.key.source, .claimed, now)
        }
        climb.nextStep = now + settings.restore.stepInterval
        climb.due = climb.nextStep
        self.climb = climb
        raise(to: limit, source, .rising(next: now + settings.restore.stepInterval), now)
    }

    private mutating func begin(_ now: Instant) -> Climb {
        let delay = held == .jittered ? random.duration(upTo: settings.restore.jitter) : .zero
        return Climb(rule: held, since: now, delay: delay)
    }

    private struct Gate {
        /// nil: nobody knows yet.
        var opens: Instant?
        var reason: PowerSetpoint.Reason
    }

    /// What a rig that is off has to wait for; the last gate to open counts.
    private func gate(_ now: Instant) -> Gate? {
        if mains.badSince != nil { return Gate(opens: nil, reason: .mainsReturn(until: nil)) }
        var last: Gate?
        func consider(_ instant: Instant, _ reason: PowerSetpoint.Reason) {
            if instant > last?.opens ?? Instant(nanoseconds: 0) { last = Gate(opens: instant, reason: reason) }
        }
        if let offSince {
            let until = offSince + settings.minimumOffTime
            consider(until, .minimumOffTime(until: until))
        }
        if let until = cycles.nextStart(now) { consider(until, .cycleBudget(until: until)) }
        if let good = mains.goodSince {
            let until = good + settings.restore.goodMains
            consider(until, .mainsReturn(until: until))
        }
        return last
    }
}
