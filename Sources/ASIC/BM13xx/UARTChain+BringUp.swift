import Base

/// From reset to hashing: the family's steps in order, one frame at a time.
extension UARTChain {
    mutating func beginReset(_ now: Instant, _ output: inout ChainOutput) {
        output.append(.reset(asserted: true))
        forgetChips()
        stage = .bringingUp
        activity = .holdingReset(until: now + plan.timing.reset)
    }

    /// Forgets what chips in reset have forgotten too.
    mutating func forgetChips() {
        jobs.removeAll()
        recentResults.removeAll()
        waitingWork = nil
        writes.removeAll()
        timers = HashingTimers()
        receiver.discard()
        receiver.length = nil
        program = ProgramCounter()
        baudIndex = 0
        lastValidAt = nil
        ramp = Self.startingRamp(plan, target: ramp.target)
        for chip in statistics.chips.indices {
            statistics.chips[chip].isPresent = false
            statistics.chips[chip].isSilent = false
            statistics.chips[chip].lastValidAt = nil
            health[chip] = ChipHealth()
        }
    }

    /// Puts the chips in reset, and brings them up again after a while if there are restarts left.
    mutating func fail(_ fault: ChainFault, _ now: Instant, _ output: inout ChainOutput) {
        output.append(.reset(asserted: true))
        forgetChips()
        restartCount += 1
        guard restartCount <= plan.timing.restarts else {
            stage = .faulted(fault)
            activity = nil
            output.append(.event(.faulted(fault)))
            return
        }
        stage = .backingOff(fault)
        activity = .backingOff(until: now + plan.timing.backoff(attempt: restartCount))
        output.append(.event(.restarting(fault, attempt: restartCount)))
    }

    /// Ends an activity whose time has come.
    mutating func finish(_ activity: Activity, _ now: Instant, _ output: inout ChainOutput) {
        switch activity {
        case .holdingReset:
            output.append(.setBaud(plan.family.bauds[0].rate))
            output.append(.reset(asserted: false))
            self.activity = .settling(until: now + plan.timing.reset)
        case .settling:
            output.append(.discardInput)
            receiver.discard()
            runProgram(now, &output)
        case .backingOff: beginReset(now, &output)
        case .pausing: runProgram(now, &output)
        case .counting(let counting): finishCounting(counting, now, &output)
        case .callingRoll(let call): finishRollCall(call, now, &output)
        case .switchingBaud(let change, _): confirmBaud(change, now, &output)
        }
    }

    /// Sends the next frame of the bring-up, or begins what the next step asks for.
    mutating func runProgram(_ now: Instant, _ output: inout ChainOutput) {
        // A step that has nothing (more) to send is passed in the same call, so this ends after at most all steps.
        while plan.family.bringUp.indices.contains(program.step) {
            let finished = run(plan.family.bringUp[program.step], now, &output)
            guard finished else { return }
            program.nextStep()
        }
        beginHashing(now, &output)
    }

    /// Does the next part of a step; true when nothing of it was left to do.
    private mutating func run(_ step: BringUpStep, _ now: Instant, _ output: inout ChainOutput) -> Bool {
        switch step {
        case .write(let write): return once(.write(write, to: .all), now, &output)
        case .writeFirst(let write):
            return once(.write(write, to: .chip(plan.addresses.address(of: 0))), now, &output)
        case .writeEach(let writes): return runWriteEach(writes, now, &output)
        case .enumerate: beginCounting(now, &output)
        case .address: runAddressing(now, &output)
        case .versionMask:
            let word = VersionRolling(versionMask: versionMask).word
            return once(.write(RegisterWrite(.versionRolling, word), to: .all), now, &output)
        case .ticketMask: return once(.write(RegisterWrite(.ticketMask, plan.ticket.word), to: .all), now, &output)
        case .domainEdges: return runDomainEdges(now, &output)
        case .ramp: return runRamp(now, &output)
        case .sweepDeadline:
            let write = RegisterWrite(.hashCountingNumber, plan.sweepTicks(at: ramp.current))
            return once(.write(write, to: .all), now, &output)
        case .nonceOffsets: return runNonceOffsets(now, &output)
        case .raiseBaud: return runRaiseBaud(now, &output)
        }
        return false
    }

    /// Sends the only frame of a step.
    private mutating func once(_ command: Command, _ now: Instant, _ output: inout ChainOutput) -> Bool {
        guard program.item == 0 else { return true }
        program.item = 1
        sendAndPause(command, now, &output)
        return false
    }

    func send(_ command: Command, _ output: inout ChainOutput) {
        output.send { command.append(to: &$0) }
    }

    private mutating func sendAndPause(_ command: Command, _ now: Instant, _ output: inout ChainOutput) {
        send(command, &output)
        activity = .pausing(until: now + plan.timing.commandGap)
    }

    private mutating func runWriteEach(
        _ writes: [RegisterWrite], _ now: Instant, _ output: inout ChainOutput
    ) -> Bool {
        if program.item == writes.count {
            program.chip += 1
            program.item = 0
        }
        guard program.chip < plan.chipCount, program.item < writes.count else { return true }
        let address = plan.addresses.address(of: program.chip)
        sendAndPause(.write(writes[program.item], to: .chip(address)), now, &output)
        program.item += 1
        return false
    }

    /// BM1370 hash boards: the last chip of a domain drives its clock output harder, and the first and the last chip relay
    /// signals over the edge. The gap count falls by five per domain, to 0x13 at the far end (Docs/chips-uart.md).
    private mutating func runDomainEdges(_ now: Instant, _ output: inout ChainOutput) -> Bool {
        guard let size = plan.chipsPerDomain else { return true }
        let domains = plan.chipCount / size
        guard program.chip < domains else { return true }
        let first = program.chip * size
        let gap = UInt16(clamping: 0x13 + 5 * (domains - 1 - program.chip))
        let relay = RegisterWrite(.uartRelay, UARTRelay(gapCount: gap).word)
        let (chip, write) =
            switch program.item {
            case 0: (first + size - 1, RegisterWrite(.ioDriveStrength, 0x0001_F111))
            case 1: (first, relay)
            default: (first + size - 1, relay)
            }
        sendAndPause(.write(write, to: .chip(plan.addresses.address(of: chip))), now, &output)
        program.item += 1
        if program.item == 3 {
            program.item = 0
            program.chip += 1
        }
        return false
    }

    private mutating func runNonceOffsets(_ now: Instant, _ output: inout ChainOutput) -> Bool {
        // A single chip searches all nonces.
        guard plan.chipCount > 1, program.chip < plan.chipCount else { return true }
        let offset = NonceOffset(position: program.chip, chipCount: plan.chipCount)
        let address = plan.addresses.address(of: program.chip)
        sendAndPause(.write(RegisterWrite(.nonceOffset, offset.word), to: .chip(address)), now, &output)
        program.chip += 1
        return false
    }

    private mutating func runRamp(_ now: Instant, _ output: inout ChainOutput) -> Bool {
        if writes.count == 0 {
            guard let frequency = ramp.advance() else { return true }
            queueClock(frequency, now)
            timers.ramp = now + FrequencyRamp.interval
        }
        sendNextWrite(now, &output)
        activity = .pausing(until: writes.nextAt ?? timers.ramp ?? now + plan.timing.commandGap)
        return false
    }

    /// Queues what sets the clock: one word, or with a prelude twice both. A step of the ramp that the clock cannot be set
    /// to within tolerance is left out; the plan has seen to it that the last step is none of those.
    mutating func queueClock(_ frequency: ClockFrequency, _ now: Instant) {
        guard let setting = plan.family.pll.setting(for: frequency) else { return }
        let dividers = plan.family.pll.postDividers
        let clock = RegisterWrite(.pll0, PLLWord(setting, postDividers: dividers).word(postDividers: dividers))
        if let prelude = plan.family.pllPrelude {
            writes.append(prelude, notBefore: now)
            writes.append(prelude, notBefore: now)
            writes.append(clock, notBefore: now)
        }
        writes.append(clock, notBefore: now)
    }
}
