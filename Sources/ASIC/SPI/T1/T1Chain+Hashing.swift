import Base

/// What the chain does while it hashes: read results, keep the queues filled, follow the wished clock, look at sensors.
extension T1Chain {
    /// A queue stays full for one search of all nonces; many times that, and at least this long, means that the chip
    /// does not hash.
    private static let stuckSearches = 30.0
    private static let shortestStuckTime = 10.0

    mutating func beginHashing(_ now: Instant, _ output: inout SPIOutput) {
        stage = .hashing
        hashingSince = now
        watchAt = now + SPIPolicy.watchInterval
        voltageAt = now + plan.timing.voltageInterval
        output.append(.event(.hashing))
        askForWork(&output)
        beginCycle(now, &output)
    }

    /// One round: at most one of the rarer duties, then results, then jobs.
    mutating func beginCycle(_ now: Instant, _ output: inout SPIOutput) {
        if let at = watchAt, at <= now {
            watchAt = now + SPIPolicy.watchInterval
            guard watch(now, &output) else { return }
        }
        if ledger.isDropWanted { return run(.dropJobs, now, &output) }
        if senseIfDue(then: .beginCycle, now, &output) { return }
        if let next = level?.step(toward: targetLevel) { return run(.writeLevel(next), now, &output) }
        beginCollecting(now, &output)
    }

    mutating func beginCollecting(_ now: Instant, _ output: inout SPIOutput) {
        run(.collect(budget: SPIPolicy.resultsPerChip * (foundCount ?? 0)), now, &output)
    }

    mutating func finishHashing(
        _ step: Step, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        switch step {
        case .dropJobs:
            guard answer(to: .reset(.jobs), in: received) != nil else { return commandFailed(now, &output) }
            ledger.dropped()
            fullSince = nil
            askForWork(&output)
            beginCollecting(now, &output)
        case .collect(let budget): finishCollecting(budget, received, now, &output)
        case .readQueue(let chip): finishQueue(chip, received, now, &output)
        case .giveJob(let chip, let rounds):
            // Jobs are not acknowledged; that the bytes went out is all there is to know.
            guard received.count >= T1Job.length else { return commandFailed(now, &output) }
            run(.giveJob(chip: chip, rounds: rounds), now, &output)
        case .flush: endCycle(now, &output)
        default: break
        }
    }

    // MARK: Results

    private mutating func finishCollecting(
        _ budget: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        do throws(T1AnswerError) {
            let answer = try T1Request.readResult.answer(in: received)
            if let result = T1Result(answer: answer) { take(result, &output) }
            guard budget > 1 else { return readQueue(now, &output) }
            run(.collect(budget: budget - 1), now, &output)
        } catch {
            if error == .checksum { checksumErrors &+= 1 }
            readQueue(now, &output)
        }
    }

    private mutating func take(_ result: T1Result, _ output: inout SPIOutput) {
        guard (1...4).contains(result.jobID), (1...(foundCount ?? 1)).contains(Int(result.chip)),
            let slot = T1Job.slot(ofMicroID: result.microID)
        else {
            ledger.statistics.implausibleReplies &+= 1
            return
        }
        let found = ledger.find(chip: Int(result.chip) - 1, jobID: result.jobID, nonce: result.nonce, slot: slot)
        if let found { output.append(.found(found)) }
    }

    // MARK: Jobs

    /// The working chip nearest to the middle, whose queue stands for all.
    private var sampledChip: Int? {
        let middle = (foundCount ?? 0) / 2
        var best: Int?
        for chip in chips.indices where chips[chip].state == .working {
            if let known = best, abs(known - middle) <= abs(chip - middle) { continue }
            best = chip
        }
        return best
    }

    private mutating func readQueue(_ now: Instant, _ output: inout SPIOutput) {
        guard let chip = sampledChip else {
            return fail(.chipCount(found: 0, expected: plan.chipCount), now, &output)
        }
        run(.readQueue(chip: chip), now, &output)
    }

    private mutating func finishQueue(
        _ chip: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        guard let register = register(of: chip, in: received) else { return commandFailed(now, &output) }
        flushes = 0
        if ledger.isDropWanted { return endCycle(now, &output) }
        if register.isQueueFull {
            let since = fullSince ?? now
            fullSince = since
            // One search takes all nonces of four versions.
            let search = 0x1p34 / ledger.slowdown / max(1, expectedHashesPerSecond(ofChip: chip))
            let limit = max(Self.shortestStuckTime, Self.stuckSearches * search)
            if Double((now - since).nanoseconds) / 1e9 > limit {
                fullSince = nil
                disable(chip, &output)
            }
            return endCycle(now, &output)
        }
        fullSince = nil
        if register.isQueueEmpty, ledger.waitingCount == 0 {
            for chip in chips.indices { ledger.markIdle(chip) }
        }
        giveJob(after: chips.count, rounds: register.isQueueEmpty ? 2 : 1, now, &output)
    }

    /// Gives a job to the next working chip toward the host, or begins the next round of jobs from the far end.
    mutating func giveJob(after previous: Int, rounds: Int, _ now: Instant, _ output: inout SPIOutput) {
        var (chip, rounds) = (previous - 1, rounds)
        while chip >= 0, chips[chip].state != .working { chip -= 1 }
        if chip < 0 {
            rounds -= 1
            chip = chips.indices.last { chips[$0].state == .working } ?? -1
        }
        guard rounds > 0, chip >= 0, !ledger.isDropWanted else { return endCycle(now, &output) }
        guard let order = ledger.takeJob(for: chip, now: now) else {
            if ledger.becameOverdue() { output.append(.event(.workOverdue)) }
            return endCycle(now, &output)
        }
        let job = T1Job(id: order.jobID, work: order.work, target: order.target)
        send(.writeJob(job, chip: UInt8(chip + 1)), for: .giveJob(chip: chip, rounds: rounds), &output)
    }

    // MARK: The end of a round

    /// After a command that failed: brings the bus back in step, and restarts the chain when that does not help.
    mutating func commandFailed(_ now: Instant, _ output: inout SPIOutput) {
        sensing = nil
        flushes += 1
        guard flushes <= plan.timing.flushLimit else { return fail(.busLost, now, &output) }
        run(.flush, now, &output)
    }

    private mutating func endCycle(_ now: Instant, _ output: inout SPIOutput) {
        guard workingCount >= plan.minimumChipCount else {
            return fail(.chipCount(found: workingCount, expected: plan.chipCount), now, &output)
        }
        askForWork(&output)
        wait(plan.timing.cycle, then: .beginCycle, now)
    }
}
