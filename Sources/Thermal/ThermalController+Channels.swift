import Base
import Buses

extension ThermalController {
    /// Takes the readings, and compares them with each other and with what the boards do.
    mutating func updateChannels(_ inputs: ThermalInputs, now: Instant) {
        var rigHeatedSince: Instant?
        var rigColdSince: Instant? = startedAt
        for board in power.indices {
            if let since = power[board].energisedSince { rigHeatedSince = max(rigHeatedSince ?? since, since) }
            if let off = power[board].offSince, let last = rigColdSince { rigColdSince = max(last, off) }
        }
        for index in estimates.indices {
            let reading: Reading<Celsius> =
                inputs.channels.indices.contains(index) ? inputs.channels[index] : .failed(.settling)
            var since = rigHeatedSince
            var cold = since == nil ? rigColdSince : nil
            if case .board(let board) = configuration.channels[index].owner {
                since = power[board].energisedSince
                cold = power[board].offSince
            }
            estimates[index].take(
                reading, of: configuration.channels[index], tuning: configuration.tuning,
                in: ChannelEstimate.Circumstances(
                    now: now, isHeated: since != nil, heatedSince: since, coldSince: cold, disabled: disabled))
        }
        let ambient = ambient(inputs)
        for index in estimates.indices { watch(index, ambient: ambient, now: now) }
        for board in boards.indices { watchTogether(board, now: now) }
        crossCheck(now: now)
    }

    /// The coolest good inlet sensor, or what the operator said.
    private func ambient(_ inputs: ThermalInputs) -> Celsius? {
        var coolest: Celsius?
        for index in estimates.indices
        where configuration.channels[index].kind == .inlet && estimates[index].quality == .fresh {
            guard let value = estimates[index].value else { continue }
            coolest = min(coolest ?? value, value)
        }
        return coolest ?? inputs.ambient
    }

    private mutating func watch(_ index: Int, ambient: Celsius?, now: Instant) {
        guard case .board(let board) = configuration.channels[index].owner, estimates[index].quality == .fresh,
            let value = estimates[index].value
        else { return }
        let verdict = sensorWatches[index].verdict(
            on: value, of: configuration.channels[index], tuning: configuration.tuning,
            in: SensorWatch.Surroundings(
                now: now, power: power[board].power, maximumPower: configuration.boards[board].maximumPower,
                energisedSince: power[board].energisedSince, workingSince: power[board].workingSince,
                ambient: ambient, disabled: disabled))
        if let verdict { estimates[index].mark(verdict) }
    }

    /// One sensor may repeat itself by chance for a while; all of a board at once do so far more rarely.
    private mutating func watchTogether(_ board: Int, now: Instant) {
        guard !disabled.contains(.stuckTogether) else { return }
        var count = 0
        var changedAt = Instant(nanoseconds: 0)
        for index in estimates.indices where isNoisy(index, of: board) {
            guard let since = sensorWatches[index].unchangedSince else { return }
            count += 1
            changedAt = max(changedAt, since)
        }
        guard count > 1, (now - changedAt) * count > configuration.tuning.stuckTogether else { return }
        for index in estimates.indices where isNoisy(index, of: board) { estimates[index].mark(.stuck) }
    }

    /// Whether it is a board's channel that has a value, whose last digit cannot stand still.
    private func isNoisy(_ index: Int, of board: Int) -> Bool {
        let channel = configuration.channels[index]
        guard channel.owner == .board(board), channel.noise >= channel.resolution else { return false }
        return estimates[index].quality == .fresh || estimates[index].quality == .stuck
    }

    private mutating func crossCheck(now: Instant) {
        guard !disabled.contains(.crossCheck) else { return }
        for index in crossWatches.indices {
            let check = configuration.crossChecks[index]
            var isWorking = false
            if case .board(let board) = configuration.channels[check.first].owner {
                isWorking = power[board].workingSince != nil
            }
            let doubted = crossWatches[index].doubted(
                check, comparable(check.first), comparable(check.second), isWorking: isWorking, now: now,
                dwell: configuration.tuning.disagreementDwell)
            if let doubted { estimates[doubted].mark(.implausible(.contradicted)) }
        }
    }

    /// The value of a channel that is fresh but for an earlier contradiction.
    private func comparable(_ index: Int) -> Celsius? {
        switch estimates[index].quality {
        case .fresh, .implausible(.contradicted): estimates[index].value
        default: nil
        }
    }

    /// Gathers what the channels say, per board and for the rig.
    mutating func survey() {
        for index in 0...boards.count { surveys[index] = Survey() }
        for index in estimates.indices {
            var group = boards.count
            if case .board(let board) = configuration.channels[index].owner { group = board }
            survey(index, into: group)
        }
    }

    private mutating func survey(_ index: Int, into group: Int) {
        let estimate = estimates[index]
        if let hottest = estimate.estimate, surveys[group].leader == nil || !disabled.contains(.worstMargin) {
            surveys[group].add(
                hottest, of: index, limits: configuration.channels[index].limits, shift: targetShift,
                window: configuration.tuning.stepUpWindow)
        }
        let isAwaited = isAwaited(index)
        let isLost = !isAwaited && estimate.isLost(configuration.channels[index], disabled: disabled)
        let isGood = isAwaited || estimate.quality == .fresh || estimate.quality == .unpowered
        if isGood, configuration.channels[index].kind.isHeatedByHashing { surveys[group].goodSensors += 1 }
        if configuration.channels[index].policy == .mustBePresent {
            if isLost { surveys[group].lostRequired = surveys[group].lostRequired ?? index }
            if !isGood { surveys[group].unanswered = surveys[group].unanswered ?? index }
            if isLost { decision.degraded.insert(.sensorLost) }
        } else if isLost, estimate.value != nil {
            surveys[group].hasLostOptional = true
            decision.degraded.insert(.sensorLost)
        }
    }

    /// Whether its board has been on for too short a time for the sensor to answer. One that has answered since is not
    /// waited for again.
    private func isAwaited(_ index: Int) -> Bool {
        guard let answersAfter = configuration.channels[index].answersAfterPower,
            case .board(let board) = configuration.channels[index].owner,
            let since = power[board].energisedSince
        else { return false }
        let estimate = estimates[index]
        let hasAnswered = estimate.value != nil && estimate.takenAt > since
        return estimate.quality != .fresh && !hasAnswered && lastTick - since < answersAfter
    }
}
