import Base

/// From reset to hashing.
extension A1Chain {
    mutating func beginReset(_ now: Instant, _ output: inout SPIOutput) {
        output.append(.reset(asserted: true))
        forgetChips()
        stage = .bringingUp
        wait(plan.timing.reset, then: .releaseReset, now)
    }

    /// Forgets what chips in reset have forgotten too.
    mutating func forgetChips() {
        ledger.forgetJobs()
        for chip in chips.indices { chips[chip] = A1Chip() }
        clock = nil
        foundCount = nil
        failures = 0
        hashingSince = nil
        watchAt = nil
        reportedBreak = nil
    }

    /// Puts the chips in reset, and brings them up again after a while if there are restarts left.
    mutating func fail(_ fault: ChainFault, _ now: Instant, _ output: inout SPIOutput) {
        output.append(.reset(asserted: true))
        forgetChips()
        restartCount += 1
        guard restartCount <= SPIPolicy.restartLimit else {
            stage = .faulted(fault)
            pending = nil
            output.append(.event(.faulted(fault)))
            return
        }
        stage = .backingOff(fault)
        wait(SPIPolicy.backoff(attempt: restartCount), then: .restart, now)
        output.append(.event(.restarting(fault, attempt: restartCount)))
    }

    /// Begins a step, at once or when the bus has been let go for a moment.
    mutating func run(_ step: Step, _ now: Instant, _ output: inout SPIOutput) {
        guard burst < SPIPolicy.burstLimit else { return wait(.zero, then: step, now) }
        switch step {
        case .restart: beginReset(now, &output)
        case .releaseReset:
            output.append(.reset(asserted: false))
            wait(plan.timing.reset, then: .clearJobs, now)
        case .clearJobs, .dropJobs: send(.reset(strategy: A1Request.dropJobs), for: step, &output)
        case .count: send(.startSelfTest, for: step, &output)
        case .setClocks:
            clock = targetClock
            for chip in chips.indices { chips[chip].ownClock = nil }
            send(.writeClock(targetClock, chip: 0), for: step, &output)
        case .fixSelfTest: send(.fixSelfTest, for: step, &output)
        case .awaitLock(let chip, _), .inspect(let chip), .awaitOwnLock(let chip, _), .visit(let chip),
            .probe(let chip):
            send(.readRegister(chip: UInt8(chip + 1)), for: step, &output)
        case .setClock(let chip):
            send(.writeClock(chips[chip].ownClock ?? clock ?? targetClock, chip: UInt8(chip + 1)), for: step, &output)
        case .beginCycle: beginCycle(now, &output)
        case .collect: send(.readResult, for: step, &output)
        case .flush: sendFlush(for: step, &output)
        case .giveJob: break  // Sent by `giveJob`, which has the job.
        }
    }

    /// Takes the answer to what a step sent.
    mutating func finish(
        _ step: Step, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        switch step {
        case .restart, .releaseReset, .beginCycle: break
        case .clearJobs: run(.count, now, &output)  // Chips that have not been counted need not acknowledge.
        case .count: finishCounting(received, now, &output)
        case .setClocks:
            let request = A1Request.writeClock(targetClock, chip: 0)
            guard acknowledged(request, received, step, now, &output) else { return }
            nextLock(after: -1, now, &output)
        case .awaitLock(let chip, let attempt): finishLock(chip, attempt, received, now, &output)
        case .fixSelfTest:
            guard acknowledged(.fixSelfTest, received, step, now, &output) else { return }
            nextInspection(after: -1, now, &output)
        case .inspect(let chip): finishInspection(chip, received, now, &output)
        case .setClock(let chip): run(.awaitOwnLock(chip: chip, attempt: 1), now, &output)
        case .awaitOwnLock(let chip, let attempt): finishOwnLock(chip, attempt, received, now, &output)
        case .dropJobs, .collect, .visit, .giveJob, .probe, .flush: finishHashing(step, received, now, &output)
        }
    }

    /// Whether the chips acknowledged; if not, the step is repeated, and in the end the chain restarted.
    private mutating func acknowledged(
        _ request: A1Request, _ received: ArraySlice<UInt8>, _ step: Step, _ now: Instant, _ output: inout SPIOutput
    ) -> Bool {
        if request.acknowledgement(in: received, chipCount: foundCount) != nil {
            failures = 0
            return true
        }
        failures += 1
        if failures < plan.timing.attempts {
            wait(plan.timing.attemptInterval, then: step, now)
        } else {
            fail(.unanswered(command: request.code), now, &output)
        }
        return false
    }

    private mutating func finishCounting(
        _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        // Asked again the chips would give no count, so there is no second attempt without a reset.
        guard let count = A1Enumeration(in: received)?.chipCount, count > 0 else { return fail(.noChips, now, &output) }
        guard (plan.minimumChipCount...plan.chipCount).contains(count) else {
            return fail(.chipCount(found: count, expected: plan.chipCount), now, &output)
        }
        if count < plan.chipCount {
            output.append(.event(.chipsMissing(found: count, expected: plan.chipCount)))
        }
        foundCount = count
        for chip in 0..<count {
            chips[chip].state = .working
            ledger.statistics.chips[chip].isPresent = true
        }
        run(.setClocks, now, &output)
    }

    // MARK: Clocks

    private func nextWorking(after chip: Int) -> Int? {
        chips.indices.first { $0 > chip && chips[$0].state == .working }
    }

    private mutating func nextLock(after chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        if let next = nextWorking(after: chip) { return run(.awaitLock(chip: next, attempt: 1), now, &output) }
        guard workingCount >= plan.minimumChipCount else {
            return fail(.clocksUnlocked(count: workingCount), now, &output)
        }
        if stage == .hashing { nextInspection(after: -1, now, &output) } else { run(.fixSelfTest, now, &output) }
    }

    private mutating func finishLock(
        _ chip: Int, _ attempt: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        if status(of: chip, received)?.runs(at: clock ?? targetClock) == true {
            return nextLock(after: chip, now, &output)
        }
        if attempt < plan.timing.lockAttempts {
            return wait(plan.timing.lockInterval, then: .awaitLock(chip: chip, attempt: attempt + 1), now)
        }
        disable(chip, &output)
        nextLock(after: chip, now, &output)
    }

    private mutating func finishOwnLock(
        _ chip: Int, _ attempt: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        if status(of: chip, received)?.runs(at: chips[chip].ownClock ?? clock ?? targetClock) != true {
            if attempt < plan.timing.lockAttempts {
                return wait(plan.timing.lockInterval, then: .awaitOwnLock(chip: chip, attempt: attempt + 1), now)
            }
            if chips[chip].state == .working { disable(chip, &output) }
        }
        nextInspection(after: chip, now, &output)
    }

    // MARK: Cores

    private mutating func nextInspection(after chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        if let next = nextWorking(after: chip) { return run(.inspect(chip: next), now, &output) }
        reportBreak(&output)
        guard checkCount(now, &output) else { return }
        if stage == .hashing { beginCycle(now, &output) } else { beginHashing(now, &output) }
    }

    /// Whether enough chips work, or may work again; if not, the chain has been restarted.
    mutating func checkCount(_ now: Instant, _ output: inout SPIOutput) -> Bool {
        let coolingCount = chips.reduce(0) { $0 + ($1.isCoolingDown ? 1 : 0) }
        if workingCount > 0, workingCount + coolingCount >= plan.minimumChipCount { return true }
        let fault = coolingCount > 0 ? ChainFault.busLost : .chipCount(found: workingCount, expected: plan.chipCount)
        fail(fault, now, &output)
        return false
    }

    private mutating func finishInspection(
        _ chip: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        guard let status = status(of: chip, received) else {
            coolDown(chip, now, &output)
            return nextInspection(after: chip, now, &output)
        }
        chips[chip].cores = Int(status.cores)
        if chips[chip].cores < A1Chip.brokenCores { disable(chip, &output) }
        let chainClock = clock ?? targetClock
        let clock = A1Chip.clock(forCores: chips[chip].cores, within: chainClock)
        if clock != chainClock, chips[chip].ownClock != clock {
            output.append(.event(.chipSlowed(chip: chip, clock.frequency)))
        }
        chips[chip].ownClock = clock == chainClock ? nil : clock
        if status.runs(at: clock) { return nextInspection(after: chip, now, &output) }
        run(.setClock(chip: chip), now, &output)
    }

    // MARK: Chips

    /// What a chip answered to a read of its register; nil when it did not.
    func status(of chip: Int, _ received: ArraySlice<UInt8>) -> A1Status? {
        A1Request.readRegister(chip: UInt8(chip + 1)).acknowledgement(in: received, chipCount: foundCount)
            .flatMap { A1Status(answer: $0) }
    }

    mutating func disable(_ chip: Int, _ output: inout SPIOutput) {
        chips[chip].state = .disabled
        ledger.statistics.chips[chip].isPresent = false
        ledger.markIdle(chip)
        output.append(.event(.chipDisabled(chip: chip)))
    }

    mutating func coolDown(_ chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        chips[chip].state = .coolingDown(until: now + plan.timing.cooldown)
        chips[chip].oddQueues = 0
        chips[chip].fullSince = nil
        ledger.markIdle(chip)
        output.append(.event(.chipCoolingDown(chip: chip)))
    }

    /// Reports when no chip from some point of the chain on works and all before do; each place once.
    mutating func reportBreak(_ output: inout SPIOutput) {
        let count = foundCount ?? 0
        let first = (0..<count).first { chips[$0].state != .working }
        let isBreak = first.map { first in first > 0 && (first..<count).allSatisfy { chips[$0].state != .working } }
        let place = isBreak == true && count > 1 ? first : nil
        if let place, place != reportedBreak { output.append(.event(.chainBroken(at: place))) }
        reportedBreak = place
    }
}
