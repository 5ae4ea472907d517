import Base

/// Turns readings of the mains into the response that a product calls for. A value: the same state, reading and time give the
/// same state and response.
public struct ProductResponder: Equatable, Sendable {
    static let whole: Int64 = 1_000_000_000
    /// After running dry, this much of the energy must be back before a new response begins: 1/5, GB's settlement rule.
    static let refillShare: Int64 = 5

    public let product: GridProduct
    public private(set) var state: ProductState

    public init(_ product: GridProduct, seed: UInt64) {
        self.product = product
        state = ProductState(seed: seed)
    }

    /// Takes a new reading, or without one lets time pass.
    ///
    /// - Parameters:
    ///   - isArmed: whether a contract, or the operator, wants the product to respond now.
    ///   - onLoss: what the source's silence means.
    public mutating func step(
        _ reading: MainsReading?, isArmed: Bool = true, onLoss: LossPolicy = .holdAndDisarm, now: Instant
    ) -> GridResponse {
        let elapsed = state.lastStep.map { max(0, (now - $0).nanoseconds) } ?? 0
        state.lastStep = now
        account(elapsed)
        var reason: GridResponse.Reason?
        if let reading { reason = decide(reading, isArmed: isArmed, onLoss: onLoss, now: now) }
        spend(now: now)
        release(now: now)
        move(elapsed, now: now)
        return GridResponse(
            permille: Int32(
                truncatingIfNeeded: (state.response + (state.response < 0 ? -500_000 : 500_000)) / 1_000_000),
            reason: reason ?? currentReason(now), deadline: deadline, reboundCap: reboundCap(now),
            isAlarm: state.isSourceLost)
    }

    /// Takes the full response for given, as after a restart in the middle of one: it holds until the frequency is back.
    /// Nothing for a product that sheds nothing.
    public mutating func resume(now: Instant) {
        guard !product.under.points.isEmpty else { return }
        state.goal = Self.whole
        state.response = Self.whole
        state.calledAt = now
        state.reachedAt = now
    }

    // MARK: Deciding

    /// Sets the goal from a reading; the reason, where it is not plain from the state.
    private mutating func decide(
        _ reading: MainsReading, isArmed: Bool, onLoss: LossPolicy, now: Instant
    ) -> GridResponse.Reason? {
        state.isSourceLost = reading.condition.isBlind
        let sample = product.window == .fast ? reading.fast : reading.slow
        guard !state.isSourceLost, let sample else {
            state.callCount = 0
            state.insideSince = nil
            state.releaseAt = nil
            guard state.isSourceLost else { return .untrusted(reading.condition) }
            if onLoss == .curtail, reading.condition == .lost { grow(to: Self.whole, now: now) }
            return .sourceLost
        }
        let deviation = Int64(sample.frequency.value) - Int64(product.nominal.value) * 1000
        let call = self.call(deviation)
        let isLockedOut =
            product.voltageLockout.map { lockout in reading.voltage.map { $0 < lockout } ?? false } ?? false
        let isTrusted = reading.condition.allowsTrip && (product.window == .slow || reading.agrees)
        if isTrusted, !isLockedOut { state.note(call: call) } else { state.callCount = 0 }
        let isIsland = self.isIsland(sample)

        let confirmed = state.confirmed(product.window == .fast ? reading.confirmations : 1)
        if exceeds(confirmed, state.goal), isArmed, !state.isExhausted, mayBegin(now), !(isIsland && confirmed < 0) {
            grow(to: confirmed, now: now)
        }
        let mayShrink = reading.condition.allowsRelease && !isIsland
        // A disturbance of some cycles does not start minutes of waiting anew.
        if !reading.condition.isPassing {
            shrink(call, isInside: mayShrink && isInside(deviation, call), mayShrink: mayShrink, now: now)
        }
        if !isArmed, state.goal != 0, product.needsContract { begin() }
        if isIsland { return .island }
        if !isTrusted, call != 0 || state.goal != 0 { return .untrusted(reading.condition) }
        if isLockedOut, exceeds(call, state.goal) { return .voltageLockout }
        return !isArmed && state.goal == 0 ? .disarmed : nil
    }

    /// What a deviation calls for, given what is given already.
    private func call(_ deviation: Int64) -> Int64 {
        let isUnder = deviation < 0
        let curve = isUnder ? product.under : product.over
        let sign: Int64 = isUnder ? 1 : -1
        let plain = curve.billionths(at: abs(deviation))
        guard product.hysteresis > .zero, state.goal * sign > 0 else { return sign * plain }
        let slack = curve.billionths(at: abs(deviation) + Int64(product.hysteresis.value) * 1000)
        return sign * max(plain, min(abs(state.goal), slack))
    }

    private func isIsland(_ sample: FrequencySample) -> Bool {
        guard let island = product.island else { return false }
        if let above = island.above, sample.frequency.value / 1000 > above.value { return true }
        guard let limit = island.fasterThan, let rocof = sample.rocof else { return false }
        return abs(Int64(rocof)) > Int64(limit)
    }

    /// Whether a call asks for more than the goal, or for the opposite.
    private func exceeds(_ call: Int64, _ goal: Int64) -> Bool {
        call != 0 && ((call > 0) != (goal > 0) || call.magnitude > goal.magnitude)
    }

    /// Whether a response may begin: not while the product rests after one.
    private func mayBegin(_ now: Instant) -> Bool {
        guard state.response == 0, state.goal == 0, let ended = state.endedAt else { return true }
        return now - ended >= product.release.rearm
    }

    private func isInside(_ deviation: Int64, _ call: Int64) -> Bool {
        let isOpposite = state.goal > 0 ? deviation > 0 : deviation < 0
        guard let within = product.release.within else { return call == 0 || isOpposite }
        return isOpposite && !(product.release.isBothSided && state.goal > 0)
            || abs(deviation) <= Int64(within.value) * 1000
    }

    private mutating func grow(to goal: Int64, now: Instant) {
        guard exceeds(goal, state.goal) else { return }
        if state.goal == 0 && state.response == 0 || (goal > 0) != (state.goal > 0) && state.goal != 0 {
            state.calledAt = now
            state.endedAt = nil
        }
        state.goal = goal
        state.reachedAt = nil
        state.insideSince = nil
        state.releaseAt = nil
        state.isReleasing = false
    }

    /// Follows the frequency back, as far as the product lets it.
    private mutating func shrink(_ call: Int64, isInside: Bool, mayShrink: Bool, now: Instant) {
        guard state.goal != 0 else { return }
        guard isInside else {
            state.insideSince = nil
            state.releaseAt = nil
            if !product.isLatched, mayShrink, isHeld(now), call != 0, (call > 0) == (state.goal > 0) {
                state.goal = call
            }
            return
        }
        if state.insideSince == nil { state.insideSince = now }
    }

    /// Whether the response has lasted as long as it must.
    private func isHeld(_ now: Instant) -> Bool {
        guard product.timing.minimumHold > .zero else { return true }
        return state.reachedAt.map { now - $0 >= product.timing.minimumHold } ?? false
    }

    // MARK: Ending

    private mutating func release(now: Instant) {
        guard state.goal != 0, let inside = state.insideSince, isHeld(now) else { return }
        // Load that was added for a surplus may go at any time; only what was shed waits before it comes back.
        let isShed = state.goal > 0
        guard !isShed || now - inside >= product.release.after else { return }
        let at = state.releaseAt ?? now + state.randomDelay(upTo: isShed ? product.release.randomDelay : .zero)
        state.releaseAt = at
        if now >= at { begin() }
    }

    /// Begins the way back.
    private mutating func begin() {
        state.goal = 0
        state.isReleasing = true
        state.insideSince = nil
        state.releaseAt = nil
    }

    // MARK: Energy

    private mutating func account(_ elapsed: Int64) {
        guard let energy = product.energy else { return }
        let microseconds = min(elapsed / 1000, 86_400_000_000)
        if state.response != 0 {
            state.used = min(state.used + abs(state.response) / 1000 * microseconds, Int64.max / 4)
        } else if let recovery = energy.recoveryPerHour {
            // Thousandths of the budget an hour.
            let perMillisecond = budget(energy) / 1000 * Int64(recovery) / 3_600_000
            state.used = max(0, state.used - perMillisecond * (microseconds / 1000))
        }
    }

    private func budget(_ energy: GridProduct.Energy) -> Int64 {
        min(max(1, energy.time.nanoseconds / 1000), 86_400_000_000) * 1_000_000
    }

    private mutating func spend(now: Instant) {
        guard let energy = product.energy, energy.endsResponse else { return }
        let budget = self.budget(energy)
        if state.isExhausted {
            if state.response == 0, energy.recoveryPerHour == nil, mayBegin(now) { state.used = 0 }
            if state.used <= budget - budget / Self.refillShare { state.isExhausted = false }
        } else if state.used >= budget {
            state.isExhausted = true
            state.callCount = 0
            begin()
        }
    }

    // MARK: Moving

    /// Moves the response toward its goal, no faster than the product allows.
    private mutating func move(_ elapsed: Int64, now: Instant) {
        let gap = state.goal - state.response
        guard gap != 0 else {
            settle(now)
            return
        }
        let isGrowing = state.goal != 0 && state.goal.magnitude > state.response.magnitude
        var time = elapsed
        if isGrowing, let called = state.calledAt {
            let begun = (now - called).nanoseconds - product.timing.startNoEarlier.nanoseconds
            guard begun >= 0 else { return }
            time = min(elapsed, begun)
        }
        if let rate = isGrowing ? growthLimit : product.release.rampLimit.map(Int64.init) {
            // Thousandths a second are billionths a microsecond.
            let step = min(time / 1000, 86_400_000_000) * rate
            state.response += gap > 0 ? min(gap, step) : -min(-gap, step)
        } else {
            state.response = state.goal
        }
        if state.response == state.goal { settle(now) }
    }

    /// In thousandths a second.
    private var growthLimit: Int64? {
        let timing = product.timing
        let rise = (timing.fullNoEarlier - timing.startNoEarlier).nanoseconds / 1_000_000
        let slope = rise > 0 ? max(1, 1_000_000 / rise) : nil
        guard let limit = timing.rampLimit.map(Int64.init) else { return slope }
        return slope.map { min($0, limit) } ?? limit
    }

    /// Takes note that the goal is reached.
    private mutating func settle(_ now: Instant) {
        if state.goal != 0 {
            if state.reachedAt == nil { state.reachedAt = now }
        } else if state.calledAt != nil {
            state.calledAt = nil
            state.reachedAt = nil
            state.isReleasing = false
            state.endedAt = now
        }
    }

    // MARK: Telling

    private var deadline: Instant? {
        guard state.goal != 0, let called = state.calledAt, let limit = product.timing.fullNoLater else { return nil }
        return called + limit
    }

    private func currentReason(_ now: Instant) -> GridResponse.Reason {
        if state.isExhausted { return .exhausted }
        if state.isReleasing { return .releasing }
        if state.goal != 0 {
            if let at = state.releaseAt { return .waitingToRelease(until: at) }
            if state.insideSince != nil { return .holding }
            return state.response == 0 ? .waitingToStart : .responding
        }
        guard let ended = state.endedAt, now - ended < product.release.rearm else { return .idle }
        return .resting(until: ended + product.release.rearm)
    }

    private func reboundCap(_ now: Instant) -> Int32? {
        guard let cap = product.release.reboundCap else { return nil }
        if state.goal == 0, state.response != 0 { return 0 }
        guard let ended = state.endedAt, now - ended < product.release.rearm else { return nil }
        return now - ended < product.release.reboundNotBefore ? 0 : cap
    }
}
