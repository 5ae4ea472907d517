import Base
import Mining
import SHA256

/// What a chain does while it hashes: jobs in time, clock changes, health, and a watch for silence.
extension UARTChain {
    /// Hashing without a fault for this long makes earlier restarts forgotten.
    private static let stableTime: Duration = .seconds(600)
    /// How often silence is looked for, and the least time that counts as silence of a chain or of a chip.
    private static let watchInterval: Duration = .seconds(1)
    private static let shortestChainSilence: Duration = .seconds(10)
    private static let shortestChipSilence: Duration = .seconds(60)
    /// Rounds of questions that a chip may leave unanswered; chosen here.
    private static let missedAnswers: Int64 = 5

    mutating func beginHashing(_ now: Instant, _ output: inout ChainOutput) {
        stage = .hashing
        activity = nil
        timers = HashingTimers()
        timers.began = now
        timers.health = now + plan.timing.healthInterval
        timers.watch = now + Self.watchInterval
        timers.minute = now + .seconds(60)
        checksumErrorsAtMinute = receiver.checksumErrorCount
        if !ramp.isComplete { timers.ramp = now }
        output.append(.event(.hashing))
        if waitingWork != nil {
            sendWaitingWork(now, &output)
        } else {
            askForWork(&output)
        }
    }

    mutating func hashingTimer(_ now: Instant, _ output: inout ChainOutput) {
        if let at = timers.job, at <= now { jobTimer(now, &output) }
        if let at = timers.ramp, at <= now { rampTimer(now) }
        if let at = timers.health, at <= now { healthTimer(now, &output) }
        if let at = timers.minute, at <= now {
            timers.minute = now + .seconds(60)
            checkLine(now, &output)
        }
        if let at = timers.watch, at <= now {
            timers.watch = now + Self.watchInterval
            if let began = timers.began, now - began >= Self.stableTime { restartCount = 0 }
            watch(now, &output)
        }
    }

    // MARK: Jobs

    private mutating func askForWork(_ output: inout ChainOutput) {
        timers.isWorkWanted = true
        output.append(.needsWork)
    }

    private mutating func jobTimer(_ now: Instant, _ output: inout ChainOutput) {
        if let activity {
            // The line rate is being changed: the job goes out when that is over.
            timers.job = activity.deadline
            return
        }
        if waitingWork != nil { return sendWaitingWork(now, &output) }
        guard timers.isWorkWanted else {
            timers.job = now + jobInterval(versions: versionCount)
            return askForWork(&output)
        }
        // Asked an interval ago and nothing came: the chips go over their last job again.
        timers.job = nil
        if !timers.isWorkOverdue {
            timers.isWorkOverdue = true
            output.append(.event(.workOverdue))
        }
    }

    /// Sends the work that waits, unless its id must rest or the line rate is being changed; then later.
    mutating func sendWaitingWork(_ now: Instant, _ output: inout ChainOutput) {
        guard let waiting = waitingWork, activity == nil else { return }
        if let free = jobs.nextFree(now: now) {
            timers.job = free
            return
        }
        programVersionMask(of: waiting.work, &output)
        let ticket = plan.largestReportedHash
        guard let slot = jobs.insert(waiting.work, id: waiting.id, ticket: ticket, now: now) else { return }
        waitingWork = nil
        sendJob(waiting.work, id: plan.family.jobIDs.id(ofSlot: slot), &output)
        if lastValidAt == nil || timers.isWorkOverdue { beginWatching(now) }
        timers.isWorkWanted = false
        timers.isWorkOverdue = false
        timers.job = now + jobInterval(versions: waiting.work.variantCount)
    }

    /// Chips that roll versions must know the bits that this job lets them roll.
    private mutating func programVersionMask(of work: Work, _ output: inout ChainOutput) {
        let mask = work.versionMask?.bits ?? 0
        guard plan.family.rollsVersions, mask != versionMask else { return }
        versionMask = mask
        send(.write(RegisterWrite(.versionRolling, VersionRolling(versionMask: mask).word), to: .all), &output)
    }

    private func sendJob(_ work: Work, id: UInt8, _ output: inout ChainOutput) {
        let header = work.header
        switch plan.family.jobFormat {
        case .fullHeader:
            // The chip fills in the masked bits.
            let job = FullJob(
                id: id, startNonce: header.nonce, bits: header.bits, time: header.time,
                merkleRoot: header.merkleRoot, previousHash: header.previousHash,
                version: header.version & ~(work.versionMask?.bits ?? 0))
            output.send { job.append(to: &$0) }
        case .midstates:
            var midstates = InlineArray<4, SIMD8<UInt32>>(repeating: .zero)
            // A slot without a version of its own repeats the first: its results are duplicates and no errors.
            for slot in 0..<4 { midstates[slot] = (work.header(slot: slot) ?? header).midstate }
            let job = MidstateJob(
                id: id, startNonce: header.nonce, bits: header.bits, time: header.time,
                merkleTail: header.merkleRoot.words[7], midstates: midstates)
            output.send { job.append(to: &$0) }
        }
    }

    private var versionCount: UInt64 { 1 << UInt64(versionMask.nonzeroBitCount) }

    private func jobInterval(versions: UInt64) -> Duration {
        JobCadence.interval(
            plan, frequency: ramp.current, baud: plan.family.bauds[baudIndex].rate, versions: versions)
    }

    // MARK: Clock, health

    mutating func sendNextWrite(_ now: Instant, _ output: inout ChainOutput) {
        guard let write = writes.next(now: now, gap: plan.timing.commandGap) else { return }
        send(.write(write, to: .all), &output)
    }

    private mutating func rampTimer(_ now: Instant) {
        guard writes.count == 0 else {
            timers.ramp = now + plan.timing.commandGap
            return
        }
        let before = ramp.current
        guard let frequency = ramp.advance() else {
            timers.ramp = nil
            return
        }
        timers.ramp = ramp.isComplete ? nil : now + FrequencyRamp.interval
        guard plan.family.rollsVersions else { return queueClock(frequency, now) }
        // The shorter deadline first or last: no core may run past the end of its share.
        let deadline = RegisterWrite(.hashCountingNumber, plan.sweepTicks(at: frequency))
        if frequency > before { writes.append(deadline, notBefore: now) }
        queueClock(frequency, now)
        if frequency < before { writes.append(deadline, notBefore: now) }
    }

    private mutating func healthTimer(_ now: Instant, _ output: inout ChainOutput) {
        let questions = plan.family.healthCheck
        guard activity == nil, questions.indices.contains(timers.healthIndex) else {
            timers.healthIndex = 0
            timers.health = now + plan.timing.healthInterval
            return
        }
        // Time for every chip's answer, so that questions do not pile up on the way back.
        let bits = Int64(plan.chipCount * Response.maximumLength * 20)
        let wire = Duration.nanoseconds(bits * 1_000_000_000 / Int64(plan.family.bauds[baudIndex].rate))
        switch questions[timers.healthIndex] {
        case .read(let register): send(.read(register, from: .all), &output)
        case .write(let write): send(.write(write, to: .all), &output)
        }
        timers.healthIndex += 1
        let isLast = timers.healthIndex == questions.count
        if isLast { timers.healthIndex = 0 }
        timers.health = now + (isLast ? plan.timing.healthInterval : plan.timing.commandGap + wire)
    }

    // MARK: Silence

    /// Chips cannot be silent before they had work, nor while they had none.
    private mutating func beginWatching(_ now: Instant) {
        lastValidAt = now
        for chip in statistics.chips.indices {
            statistics.chips[chip].lastValidAt = now
            health[chip].answeredAt = now
        }
    }

    /// Whether it can be seen from a nonce which chip found it.
    var noncesTellChips: Bool { plan.family.nonceLayout != .unknown || plan.chipCount == 1 }

    private mutating func watch(_ now: Instant, _ output: inout ChainOutput) {
        guard let lastValidAt, !timers.isWorkOverdue, activity == nil else { return }
        let limit = silenceLimit(hashesPerSecond: expectedHashesPerSecond)
        guard now - lastValidAt <= max(limit, Self.shortestChainSilence) else { return fail(.silent, now, &output) }
        // Where nonces do not tell their chip, what it answers to questions about its health must do.
        let chipLimit =
            noncesTellChips
            ? silenceLimit(hashesPerSecond: plan.hashesPerSecond(at: ramp.current))
            : .nanoseconds(plan.timing.healthInterval.nanoseconds * Self.missedAnswers)
        for chip in statistics.chips.indices {
            let state = statistics.chips[chip]
            guard state.isPresent, !state.isSilent,
                let last = noncesTellChips ? state.lastValidAt : health[chip].answeredAt,
                now - last > max(chipLimit, Self.shortestChipSilence)
            else { continue }
            statistics.chips[chip].isSilent = true
            output.append(.event(.chipSilent(chip: chip)))
        }
    }

    /// The time without a nonce that chance does not explain.
    private func silenceLimit(hashesPerSecond: UInt64) -> Duration {
        let expected = plan.hashesPerReport / Double(max(1, hashesPerSecond))
        // At most a day: the difficulty may have been set far too high.
        return .nanoseconds(Int64(min(86_400, expected * Double(plan.timing.silenceIntervals)) * 1e9))
    }
}
