import Base

extension ThermalController {
    func minimumFans(_ zone: Int) -> Int {
        configuration.profile == .air ? configuration.zones[zone].minimumFans : 0
    }

    /// Fans of a zone that have been seen to work.
    func workingFans(_ zone: Int) -> Int {
        var count = 0
        for index in fanWatches.indices
        where configuration.fans[index].zone == zone && fanWatches[index].condition.works {
            count += 1
        }
        return count
    }

    /// Whether a zone still has its fans. One that has just been started is given the time to turn.
    func hasEnoughFans(_ zone: Int) -> Bool {
        var count = 0
        for index in fanWatches.indices where configuration.fans[index].zone == zone {
            let condition = fanWatches[index].condition
            if condition.works || condition == .starting { count += 1 }
        }
        return count >= minimumFans(zone)
    }

    /// What the boards and channels of a zone ask of its fans.
    private struct ZoneState {
        var demand = FanLoop.Demand()
        var isEnergised = false
        var isCool = true
        var hasStopped = false
        /// Since when all its boards have been off.
        var offSince: Instant?
    }

    /// Sets the duty of every fan.
    mutating func cool(_ inputs: ThermalInputs, elapsed: Duration, now: Instant) {
        for zone in zones.indices {
            var state = gather(zone, now: now)
            addFloors(&state, zone, inputs, now: now)
            zones[zone].loop.update(
                state.demand, elapsed: elapsed, now: now, tuning: configuration.tuning, disabled: disabled)
            let override = disabled.contains(.manualIsFloor) ? inputs.manualFloor : nil
            drive(zone, duty: override ?? zones[zone].loop.duty, state, now: now)
        }
    }

    private func gather(_ zone: Int, now: Instant) -> ZoneState {
        var state = ZoneState()
        state.offSince = startedAt
        var power: Int64 = 0
        var maximum: Int64 = 0
        add(surveys[boards.count], rig, &state, now: now)
        for index in boards.indices where configuration.boards[index].zone == zone {
            let board = self.power[index]
            power += Int64(board.power.value)
            maximum += Int64(configuration.boards[index].maximumPower.value)
            if board.isEnergised { state.isEnergised = true }
            if board.hasStopped { state.hasStopped = true }
            if let off = board.offSince, let last = state.offSince {
                state.offSince = max(off, last)
            } else {
                state.offSince = nil
            }
            add(surveys[index], boards[index], &state, now: now)
        }
        if maximum > 0 { state.demand.powerPermille = min(max(power * 1000 / maximum, 0), 1000) }
        addErrors(&state, zone)
        // Somebody heats the zone and nobody knows how hot it is.
        if state.isEnergised, state.demand.error == nil, !disabled.contains(.blindIsFull) {
            state.demand.isEmergency = true
        }
        for index in fanWatches.indices where configuration.fans[index].zone == zone {
            guard fanWatches[index].condition.isFaulty, state.isEnergised || !state.isCool else { continue }
            if !disabled.contains(.fanLossFull) { state.demand.isEmergency = true }
        }
        return state
    }

    private func add(_ survey: Survey, _ supervision: Supervision, _ state: inout ZoneState, now: Instant) {
        let tuning = configuration.tuning
        if !survey.isCool { state.isCool = false }
        if survey.level >= .hot { state.demand.isHot = true }
        switch supervision.regime {
        case .boot:
            if now - supervision.since < tuning.coldForCertain, !disabled.contains(.bootFull) {
                state.demand.isEmergency = true
            }
        case .overheat, .coolDown:
            if !disabled.contains(.emergencyFull) { state.demand.isEmergency = true }
        case .tripped, .lockedOut:
            let isRecent = now - supervision.since < tuning.coolDownDwell
            if isRecent || !survey.isCool, !disabled.contains(.emergencyFull) { state.demand.isEmergency = true }
        case .warmUp, .regulating, .throttling:
            break
        }
    }

    private func addErrors(_ state: inout ZoneState, _ zone: Int) {
        for index in estimates.indices {
            let channel = configuration.channels[index]
            if case .board(let board) = channel.owner, configuration.boards[board].zone != zone { continue }
            guard channel.kind.isCooledByFans, let estimate = estimates[index].estimate else { continue }
            let error = estimate - channel.limits.target(shifted: targetShift)
            if let worst = state.demand.error, worst >= error || disabled.contains(.worstMargin) { continue }
            state.demand.error = error
            state.demand.leader = index
            state.demand.measurement = estimates[index].value ?? estimate
        }
    }

    private mutating func addFloors(
        _ state: inout ZoneState, _ zone: Int, _ inputs: ThermalInputs, now: Instant
    ) {
        let tuning = configuration.tuning
        var floor = max(tuning.manualFloor, configuration.zones[zone].idle)
        if let manual = inputs.manualFloor { floor = max(floor, manual) }
        if state.hasStopped {
            zones[zone].held = zones[zone].loop.duty
            zones[zone].heldSince = now
        }
        if let since = zones[zone].heldSince, now - since < tuning.coolDownDwell, !disabled.contains(.coolDownDwell) {
            floor = max(floor, zones[zone].held)
        }
        for index in boards.indices where configuration.boards[index].zone == zone {
            if boards[index].regime == .warmUp, power[index].isEnergised, !disabled.contains(.warmUpFloor) {
                floor = max(floor, tuning.warmUpFloor)
            }
        }
        if state.demand.isHot, !disabled.contains(.emergencyFull) { floor = .full }
        if decision.stop == .cooling { floor = max(floor, tuning.warmUpFloor) }
        state.demand.floor = floor
    }

    private mutating func drive(
        _ zone: Int, duty: DutyCycle, _ state: ZoneState, now: Instant
    ) {
        // Standing still is for boards that are off, cool and have been so for the dwell, and that may start.
        var mayStand = !state.isEnergised && state.isCool && decision.stop == .notAsked
        if let off = state.offSince, now - off < configuration.tuning.coolDownDwell { mayStand = false }
        for index in boards.indices where configuration.boards[index].zone == zone {
            if !boards[index].regime.allowsPower, boards[index].regime != .lockedOut { mayStand = false }
        }
        for index in fanWatches.indices where configuration.fans[index].zone == zone {
            let own = self.duty(ofFan: index, zone: duty, state, mayStand: mayStand, now: now)
            fanWatches[index].note(own, now: now)
            decision.fans[index] = FanDecision(
                duty: own, condition: fanWatches[index].condition, needsSetUp: fanWatches[index].lostDuty)
        }
    }

    /// What one fan is told: its zone's duty, but enough to turn, or to start; a fault at a fan gets all there is.
    ///
    /// A function of its own, since compiler 6.3.1 left parts of the decision unwritten where it was not (found by valgrind, and
    /// by two runs of one campaign that differed, which `make sim` therefore compares).
    @inline(never)
    private func duty(
        ofFan index: Int, zone duty: DutyCycle, _ state: ZoneState, mayStand: Bool, now: Instant
    ) -> DutyCycle {
        let fan = configuration.fans[index]
        if fanWatches[index].condition.isFaulty, state.isEnergised || !state.isCool { return .full }
        var own = duty
        let isToTurn = duty > .off || !mayStand
        if isToTurn, !disabled.contains(.minimumSpin) { own = max(duty, fan.minimum) }
        if own > .off, fanWatches[index].isStanding(fan, now: now), !disabled.contains(.kickStart) {
            own = max(own, fan.start)
        }
        return own
    }
}
