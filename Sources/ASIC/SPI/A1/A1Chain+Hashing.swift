import Base
import Mining

/// What the chain does while it hashes: read results, keep every chip's queue filled, watch for silence.
extension A1Chain {
    /// Looks at an invalid queue, one after the other, that a chip is granted.
    private static let oddQueueLimit = 3
    /// A queue stays full with the same jobs for one search of all nonces; many times that, and at least this long,
    /// means that the chip does not hash.
    private static let stuckSearches = 30.0
    private static let shortestStuckTime = 10.0

    mutating func beginHashing(_ now: Instant, _ output: inout SPIOutput) {
        stage = .hashing
        hashingSince = now
        watchAt = now + SPIPolicy.watchInterval
        output.append(.event(.hashing))
        askForWork(&output)
        beginCycle(now, &output)
    }

    /// One round: results, then each chip from the last to the first, then chips that have cooled down.
    mutating func beginCycle(_ now: Instant, _ output: inout SPIOutput) {
        if let at = watchAt, at <= now {
            watchAt = now + SPIPolicy.watchInterval
            guard watch(now, &output) else { return }
        }
        if targetClock != clock { return run(.setClocks, now, &output) }
        if ledger.isDropWanted { return run(.dropJobs, now, &output) }
        run(.collect(budget: SPIPolicy.resultsPerChip * (foundCount ?? 0)), now, &output)
    }

    mutating func finishHashing(
        _ step: Step, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        switch step {
        case .dropJobs:
            let request = A1Request.reset(strategy: A1Request.dropJobs)
            // Unacknowledged, it is repeated in the next round.
            if request.acknowledgement(in: received, chipCount: foundCount) != nil {
                ledger.dropped()
                askForWork(&output)
            }
            run(.collect(budget: SPIPolicy.resultsPerChip * (foundCount ?? 0)), now, &output)
        case .collect(let budget): finishCollecting(budget, received, now, &output)
        case .visit(let chip): finishVisit(chip, received, now, &output)
        case .giveJob(let chip, let count, let id): finishJob(chip, count, id, received, now, &output)
        case .probe(let chip): finishProbe(chip, received, now, &output)
        case .flush(let next): visit(next, now, &output)
        default: break
        }
    }

    // MARK: Results

    private mutating func finishCollecting(
        _ budget: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        let last = (foundCount ?? 0) - 1
        switch A1ResultAnswer(in: received) {
        case nil: run(.flush(nextVisit: last), now, &output)
        case .empty: visit(last, now, &output)
        case .result(let jobID, let chip, let nonce):
            if (1...4).contains(jobID), Int(chip) <= last + 1 {
                let found = ledger.find(chip: Int(chip) - 1, jobID: jobID, nonce: nonce, slot: 0)
                if let found { output.append(.found(found)) }
            } else {
                ledger.statistics.implausibleReplies &+= 1
            }
            if budget > 1 { run(.collect(budget: budget - 1), now, &output) } else { visit(last, now, &output) }
        }
    }

    // MARK: Jobs

    /// Looks at the first working chip from `chip` down; ends the visits when there is none.
    private mutating func visit(_ chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        // What chips were given now would be dropped with the rest.
        if ledger.isDropWanted { return beginCycle(now, &output) }
        let next = stride(from: chip, through: 0, by: -1).first { chips[$0].state == .working }
        if let next { return run(.visit(chip: next), now, &output) }
        probe(0, now, &output)
    }

    private mutating func finishVisit(
        _ chip: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        guard let status = status(of: chip, received) else { return loseChip(chip, now, &output) }
        switch status.queue {
        case .full:
            chips[chip].oddQueues = 0
            if isStuck(chip, status, now) { return loseChip(chip, now, &output) }
            visit(chip - 1, now, &output)
        case .invalid: doubtQueue(of: chip, now, &output)
        // An id that the chip still holds must not be given again: its results would be taken for another job's.
        case .oneFree where status.holds(jobID: ledger.nextJobID(of: chip)): doubtQueue(of: chip, now, &output)
        case .empty, .oneFree:
            chips[chip].oddQueues = 0
            chips[chip].fullSince = nil
            if status.queue == .empty, ledger.waitingCount == 0 { ledger.markIdle(chip) }
            giveJob(chip, count: status.queue == .empty ? 2 : 1, now, &output)
        }
    }

    /// Gives a chip whose queue is not as it should be no work for now, and after some such looks a rest.
    private mutating func doubtQueue(of chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        chips[chip].oddQueues += 1
        if chips[chip].oddQueues >= Self.oddQueueLimit { return loseChip(chip, now, &output) }
        visit(chip - 1, now, &output)
    }

    private mutating func isStuck(_ chip: Int, _ status: A1Status, _ now: Instant) -> Bool {
        let held = status.queuedJobs.0 << 4 | status.queuedJobs.1
        guard let since = chips[chip].fullSince, chips[chip].fullWith == held else {
            chips[chip].fullSince = now
            chips[chip].fullWith = held
            return false
        }
        let search = 0x1p32 / ledger.slowdown / max(1, expectedHashesPerSecond(ofChip: chip))
        return Double((now - since).nanoseconds) / 1e9 > max(Self.shortestStuckTime, Self.stuckSearches * search)
    }

    private mutating func giveJob(_ chip: Int, count: Int, _ now: Instant, _ output: inout SPIOutput) {
        guard count > 0, !ledger.isDropWanted, let order = ledger.takeJob(for: chip, now: now) else {
            if count > 0, !ledger.isDropWanted, ledger.becameOverdue() { output.append(.event(.workOverdue)) }
            return visit(chip - 1, now, &output)
        }
        let job = A1Job(id: order.jobID, header: order.work.header, target: order.target)
        let step = Step.giveJob(chip: chip, count: count, id: order.jobID)
        send(.writeJob(job, chip: UInt8(chip + 1)), for: step, &output)
    }

    private mutating func finishJob(
        _ chip: Int, _ count: Int, _ id: UInt8, _ received: ArraySlice<UInt8>, _ now: Instant,
        _ output: inout SPIOutput
    ) {
        // The acknowledgement repeats the job's first two bytes. A job that is not acknowledged may have arrived all
        // the same: it is not given to anyone else.
        let offset = A1Request.readRegister(chip: UInt8(chip + 1)).replyOffset(chipCount: foundCount)
        guard received.count >= offset + 2, received[received.startIndex + offset] == id << 4 | 0x07,
            received[received.startIndex + offset + 1] == UInt8(chip + 1)
        else { return loseChip(chip, now, &output) }
        giveJob(chip, count: count - 1, now, &output)
    }

    private mutating func loseChip(_ chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        coolDown(chip, now, &output)
        run(.flush(nextVisit: chip - 1), now, &output)
    }

    // MARK: Chips that cooled down

    /// Calls the first chip from `chip` on whose cool-down is over; ends the round when there is none.
    private mutating func probe(_ chip: Int, _ now: Instant, _ output: inout SPIOutput) {
        for candidate in chips.indices.dropFirst(chip) {
            if case .coolingDown(let until) = chips[candidate].state, until <= now {
                return run(.probe(chip: candidate), now, &output)
            }
        }
        endCycle(now, &output)
    }

    private mutating func finishProbe(
        _ chip: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        if let status = status(of: chip, received), status.isLocked, status.queue != .invalid {
            chips[chip].state = .working
            chips[chip].failedCalls = 0
            // It may have missed a change of clock, or never have been looked at.
            return run(.inspect(chip: chip), now, &output)
        }
        chips[chip].failedCalls += 1
        if chips[chip].failedCalls > plan.timing.cooldownLimit {
            disable(chip, &output)
        } else {
            chips[chip].state = .coolingDown(until: now + plan.timing.cooldown)
        }
        probe(chip + 1, now, &output)
    }

    // MARK: The end of a round

    private mutating func endCycle(_ now: Instant, _ output: inout SPIOutput) {
        reportBreak(&output)
        guard checkCount(now, &output) else { return }
        askForWork(&output)
        wait(plan.timing.cycle, then: .beginCycle, now)
    }
}
