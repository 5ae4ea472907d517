import Base

extension ThermalController {
    /// The regime of what all boards share.
    mutating func superviseRig(_ inputs: ThermalInputs, now: Instant) {
        let survey = surveys[boards.count]
        let limit = observabilityLimit
        let isUnobserved = rig.isUnobserved(survey.lostRequired != nil, now: now, limit: limit)
        let isNotCooling = rig.isNotCooling(survey.worstError, now: now, tuning: configuration.tuning)
        var trip: ThermalReason?
        if survey.level == .powerDown, let leader = survey.leader, !disabled.contains(.powerDownLevel) {
            trip = .tooHot(channel: leader)
        } else if isUnobserved, let channel = survey.lostRequired, !disabled.contains(.requiredSensor) {
            trip = .sensorLost(channel: channel)
        } else if isNotCooling, let leader = survey.leader, !disabled.contains(.coolingCheck) {
            trip = .notCooling(channel: leader)
        }
        if disabled.contains(.rigTrips) { trip = nil }
        var evidence = evidence(of: survey, rig, now: now, isUnlocked: inputs.unlock)
        evidence.isReady = survey.unanswered == nil
        evidence.hasToTrip = trip != nil
        evidence.isSettled = true
        var reason = trip ?? self.reason(rig.regime, survey)
        if trip == nil, rig.regime == .boot, let channel = survey.unanswered {
            reason = .waitingForSensor(channel: channel)
        }
        rig.advance(
            evidence, reason: reason, countsTrip: true, tuning: configuration.tuning, now: now, disabled: disabled)
    }

    /// The regime and ceiling of every board.
    mutating func superviseBoards(_ inputs: ThermalInputs, now: Instant) {
        var anyTripped = false
        for index in boards.indices {
            let trip = tripReason(index, now: now)
            supervise(index, trip: trip, isUnlocked: inputs.unlock, now: now)
            if boards[index].regime == .tripped { anyTripped = true }
        }
        for index in boards.indices {
            if anyTripped, disabled.contains(.boardIsolation) {
                decision.boards[index].ceiling = .off(.rigTripped)
            }
        }
    }

    private mutating func supervise(_ index: Int, trip: ThermalReason?, isUnlocked: Bool, now: Instant) {
        let tuning = configuration.tuning
        // What all share heats every board: its level counts for each, but for the trip that it makes by itself.
        let shared = surveys[boards.count]
        let own = surveys[index]
        var evidence = evidence(of: own, boards[index], now: now, isUnlocked: isUnlocked)
        evidence.level = max(own.level, min(shared.level, .critical))
        evidence.isCool = own.isCool && shared.isCool
        evidence.hasRoom = own.hasRoom && shared.hasRoom
        let waiting = waitReason(index)
        evidence.isReady = waiting == nil || disabled.contains(.bootWaits)
        evidence.hasToTrip = trip != nil
        evidence.isStarting = power[index].hasStarted
        evidence.isSettled = power[index].energisedSince.map { now - $0 >= tuning.warmUp } ?? false
        if disabled.contains(.criticalLevel) { evidence.level = min(evidence.level, .hot) }
        if disabled.contains(.throttleLadder), evidence.level == .hot { evidence.level = .nominal }
        let regime = boards[index].regime
        let leading = shared.level > own.level ? shared : own
        let reason = trip ?? (regime.allowsPower ? nil : waiting) ?? self.reason(regime, leading)
        boards[index].advance(
            evidence, reason: reason, countsTrip: trip != .rigTripped, tuning: tuning, now: now, disabled: disabled)
        decide(index)
    }

    private mutating func decide(_ index: Int) {
        let board = boards[index]
        var reason = board.reason
        if board.regime == .lockedOut { reason = .lockedOut }
        if board.regime.allowsPower, !reason.fits(board.regime) { reason = self.reason(board.regime, surveys[index]) }
        let ceiling: PowerCeiling =
            board.regime.allowsPower ? .allow(permille: board.ladder.ceiling(configuration.tuning)) : .off(reason)
        decision.boards[index] = BoardDecision(
            ceiling: ceiling, regime: board.regime, reason: reason, leader: surveys[index].leader,
            trips: board.trips.count)
    }

    private func evidence(
        of survey: Survey, _ supervision: Supervision, now: Instant, isUnlocked: Bool
    ) -> RegimeEvidence {
        var evidence = RegimeEvidence()
        evidence.level = survey.level
        evidence.isCool = survey.isCool
        evidence.hasRoom = survey.hasRoom
        evidence.isUnthrottled = supervision.ladder.isFull
        evidence.isDwellOver =
            now - supervision.since >= configuration.tuning.tripDwell || disabled.contains(.tripDwell)
        evidence.isExhausted =
            supervision.trips.count >= configuration.tuning.tripsPerHour && !disabled.contains(.lockOut)
        evidence.isUnlocked = isUnlocked
        return evidence
    }

    private var observabilityLimit: Duration {
        disabled.contains(.observabilityDwell) ? .zero : configuration.tuning.observabilityLimit
    }

    /// Why the board has to go off now, if it has to.
    private mutating func tripReason(_ index: Int, now: Instant) -> ThermalReason? {
        let survey = surveys[index]
        let tuning = configuration.tuning
        let isShort =
            survey.goodSensors < configuration.boards[index].minimumGoodSensors && !disabled.contains(.observability)
        let isMissing = isShort || (survey.lostRequired != nil && !disabled.contains(.requiredSensor))
        let isUnobserved = boards[index].isUnobserved(isMissing, now: now, limit: observabilityLimit)
        let isNotCooling = boards[index].isNotCooling(survey.worstError, now: now, tuning: tuning)
        if survey.level == .powerDown, let leader = survey.leader, !disabled.contains(.powerDownLevel) {
            return .tooHot(channel: leader)
        }
        if rig.regime == .tripped || rig.regime == .lockedOut { return .rigTripped }
        let zone = configuration.boards[index].zone
        if !hasEnoughFans(zone), !disabled.contains(.fanLossTrip) { return .fansLost(zone: zone) }
        if isUnobserved {
            if let channel = survey.lostRequired { return .sensorLost(channel: channel) }
            return .tooFewSensors
        }
        if isNotCooling, let leader = survey.leader, !disabled.contains(.coolingCheck) {
            return .notCooling(channel: leader)
        }
        return nil
    }

    /// What a board that is off waits for before it may start; nil when for nothing.
    private func waitReason(_ index: Int) -> ThermalReason? {
        if !rig.regime.allowsPower {
            return surveys[boards.count].unanswered.map { .waitingForSensor(channel: $0) } ?? .rigTripped
        }
        let survey = surveys[index]
        if let channel = survey.unanswered { return .waitingForSensor(channel: channel) }
        if survey.goodSensors < configuration.boards[index].minimumGoodSensors { return .tooFewSensors }
        let zone = configuration.boards[index].zone
        if workingFans(zone) < minimumFans(zone) { return .waitingForFans(zone: zone) }
        if survey.level > .nominal, let leader = survey.leader { return .waitingForHeat(channel: leader) }
        return nil
    }

    /// What a regime without a trip is about.
    private func reason(_ regime: Regime, _ survey: Survey) -> ThermalReason {
        switch regime {
        case .boot, .warmUp: .warmingUp
        case .regulating: .holdingTarget
        case .throttling:
            if survey.level >= .hot, let leader = survey.leader { .hot(channel: leader) } else { .recovering }
        case .overheat:
            if let leader = survey.leader { .critical(channel: leader) } else { .coolingDown }
        case .coolDown: .coolingDown
        case .tripped: .waitingAfterTrip
        case .lockedOut: .lockedOut
        }
    }
}

extension ThermalReason {
    /// Whether it explains a regime in which the board may work.
    fileprivate func fits(_ regime: Regime) -> Bool {
        switch (self, regime) {
        case (.warmingUp, .warmUp), (.holdingTarget, .regulating), (.hot, .throttling), (.recovering, .throttling),
            (.critical, .overheat), (.coolingDown, .overheat), (.coolingDown, .coolDown):
            true
        default: false
        }
    }
}
