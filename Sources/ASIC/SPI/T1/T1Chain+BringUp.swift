import Base

/// From power-up to hashing.
extension T1Chain {
    mutating func beginPowerUp(_ now: Instant, _ output: inout SPIOutput) {
        forgetChips()
        stage = .bringingUp
        output.append(.startEnable(false))
        // The chips start at the highest voltage.
        supply = .highest
        output.append(.setSupply(supply))
        pending = .supply(.powerUp(0))
    }

    /// Takes the load off: the chips in reset hash no more, and the power goes at once.
    mutating func switchOff(_ output: inout SPIOutput) {
        output.append(.reset(asserted: true))
        output.append(.power(on: false))
        forgetChips()
    }

    /// Forgets what chips without power have forgotten too.
    private mutating func forgetChips() {
        ledger.forgetJobs()
        for chip in chips.indices { chips[chip] = T1Chip() }
        level = nil
        foundCount = nil
        sensing = nil
        failures = 0
        flushes = 0
        temperatureAt = nil
        voltageAt = nil
        watchAt = nil
        hashingSince = nil
        fullSince = nil
    }

    /// Switches the chain off, and brings it up again after a while if there are restarts left.
    mutating func fail(_ fault: ChainFault, _ now: Instant, _ output: inout SPIOutput) {
        switchOff(&output)
        restartCount += 1
        var canRestart = restartCount <= SPIPolicy.restartLimit
        if case .overheated = fault { canRestart = false }
        guard canRestart else {
            stage = .faulted(fault)
            output.append(.event(.faulted(fault)))
            return wait(plan.timing.powerDown, then: .endStart, now)
        }
        stage = .backingOff(fault)
        output.append(.event(.restarting(fault, attempt: restartCount)))
        wait(max(plan.timing.powerDown, SPIPolicy.backoff(attempt: restartCount)), then: .restart, now)
    }

    // MARK: Steps

    /// Begins a step, at once or when the bus has been let go for a moment.
    mutating func run(_ step: Step, _ now: Instant, _ output: inout SPIOutput) {
        guard burst < SPIPolicy.burstLimit else { return wait(.zero, then: step, now) }
        switch step {
        case .restart: beginPowerUp(now, &output)
        case .endStart: output.append(.startEnable(false))
        case .powerUp(let part): powerUp(part, now, &output)
        case .begin(let milestone): begin(milestone, now, &output)
        case .identify: send(.reset(.all), for: step, &output)
        case .count, .recount: send(.startSelfTest, for: step, &output)
        case .divide:
            send(.writeConverterDivider(T1ClockLevel.lowest.converterDivider, chip: 0), for: step, &output)
        case .writeLevel(let level): send(.writeRegister(T1Register(level: level), chip: 0), for: step, &output)
        case .verifyLevel: send(.readRegister(chip: UInt8(foundCount ?? 1)), for: step, &output)
        case .adjustDivider(let level):
            send(.writeConverterDivider(level.converterDivider, chip: 0), for: step, &output)
        case .ramp: ramp(now, &output)
        case .point(let part): point(part, &output)
        case .sense(let chip), .inspect(let chip), .readQueue(let chip):
            send(.readRegister(chip: UInt8(chip + 1)), for: step, &output)
        case .search: search(now, &output)
        case .resetSelfTest: send(.reset(.selfTest), for: step, &output)
        case .maskSelfTest:
            var register = T1Register(level: level ?? .lowest)
            register.maskSelfTest()
            send(.writeRegister(register, chip: 0), for: step, &output)
        case .fixSelfTest: send(.fixSelfTest, for: step, &output)
        case .beginCycle: beginCycle(now, &output)
        case .dropJobs: send(.reset(.jobs), for: step, &output)
        case .collect: send(.readResult, for: step, &output)
        case .flush: sendFlush(for: step, &output)
        case .giveJob(let chip, let rounds): giveJob(after: chip, rounds: rounds, now, &output)
        }
    }

    /// Takes the answer to what a step sent.
    mutating func finish(
        _ step: Step, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        switch step {
        case .identify: finishIdentifying(received, now, &output)
        case .count, .recount: finishCounting(step, received, now, &output)
        case .divide:
            let request = T1Request.writeConverterDivider(T1ClockLevel.lowest.converterDivider, chip: 0)
            proceed(if: answer(to: request, in: received) != nil, request, step, now, &output)
        case .writeLevel, .verifyLevel, .adjustDivider: finishLevel(step, received, now, &output)
        case .point(let part): finishPointing(part, received, now, &output)
        case .sense(let chip): finishSensing(chip, received, now, &output)
        case .resetSelfTest:
            let request = T1Request.reset(.selfTest)
            proceed(
                if: answer(to: request, in: received) != nil, request, step, after: plan.timing.selfTest, now, &output)
        case .maskSelfTest:
            let request = T1Request.writeRegister(T1Register(level: level ?? .lowest), chip: 0)
            proceed(
                if: answer(to: request, in: received) != nil, request, step, after: plan.timing.coreSwitching, now,
                &output)
        case .fixSelfTest:
            proceed(
                if: answer(to: .fixSelfTest, in: received) != nil, .fixSelfTest, step,
                after: plan.timing.coreSwitching, now, &output)
        case .inspect(let chip): finishInspection(chip, received, now, &output)
        case .dropJobs, .collect, .readQueue, .giveJob, .flush: finishHashing(step, received, now, &output)
        case .restart, .powerUp, .endStart, .begin, .ramp, .search, .beginCycle: break
        }
    }

    /// Goes on to the next milestone if the command was answered; else repeats it, and restarts the chain in the end.
    mutating func proceed(
        if isAnswered: Bool, _ request: T1Request, _ step: Step, after pause: Duration = .zero, _ now: Instant,
        _ output: inout SPIOutput
    ) {
        if isAnswered { return nextMilestone(after: pause, now, &output) }
        retry(step, orFail: .unanswered(command: request.code), now, &output)
    }

    mutating func retry(_ step: Step, orFail fault: ChainFault, _ now: Instant, _ output: inout SPIOutput) {
        failures += 1
        if failures < plan.timing.attempts {
            wait(plan.timing.settling, then: step, now)
        } else {
            fail(fault, now, &output)
        }
    }

    mutating func nextMilestone(after pause: Duration = .zero, _ now: Instant, _ output: inout SPIOutput) {
        failures = 0
        guard let next = Milestone(rawValue: milestone.rawValue + 1) else { return }
        if pause > .zero { wait(pause, then: .begin(next), now) } else { begin(next, now, &output) }
    }

    private mutating func begin(_ milestone: Milestone, _ now: Instant, _ output: inout SPIOutput) {
        self.milestone = milestone
        switch milestone {
        case .identify:
            output.append(.setClock(hertz: Self.firstBusHertz))
            wait(plan.timing.settling, then: .identify, now)
        case .count: run(.count, now, &output)
        case .divide: run(.divide, now, &output)
        case .rampToFasterBus: beginRamp(to: T1Plan.lowestFrequency, now, &output)
        case .fasterBus:
            output.append(.setClock(hertz: Self.fasterBusHertz))
            nextMilestone(after: plan.timing.settling, now, &output)
        case .rampToSupply: beginRamp(to: min(Self.supplyFrequency, targetLevel.frequency), now, &output)
        case .firstSearch, .secondSearch: beginSearch(now, &output)
        case .rampToTarget: beginRamp(to: targetLevel.frequency, now, &output)
        case .fastBus:
            output.append(.setClock(hertz: Self.fastBusHertz))
            nextMilestone(after: plan.timing.settling, now, &output)
        case .resetSelfTest: run(.resetSelfTest, now, &output)
        case .maskSelfTest: run(.maskSelfTest, now, &output)
        case .recount: run(.recount, now, &output)
        case .fixSelfTest: run(.fixSelfTest, now, &output)
        case .inspect: run(.inspect(chip: 0), now, &output)
        case .hash: beginHashing(now, &output)
        }
    }

    /// Drives the board's lines in the order that chips need, with more time between them in each attempt.
    private mutating func powerUp(_ part: Int, _ now: Instant, _ output: inout SPIOutput) {
        switch part {
        case 0: output.append(.reset(asserted: false))
        case 1: output.append(.power(on: true))
        case 2: output.append(.reset(asserted: true))
        case 3: output.append(.startEnable(true))
        default:
            output.append(.reset(asserted: false))
            return begin(.identify, now, &output)
        }
        // Chips without voltage would hear nothing of what follows.
        let rise = part == 1 ? plan.timing.supplyStep : .zero
        wait(rise + .seconds(min(restartCount, 2)), then: .powerUp(part + 1), now)
    }

    // MARK: Counting and cores

    private mutating func finishIdentifying(
        _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        guard let answer = answer(to: .reset(.all), in: received), let head = answer.first else {
            return retry(.identify, orFail: .noChips, now, &output)
        }
        // The upper half tells the family; the T1's is 0.
        guard head >> 4 == 0 else { return fail(.foreignChips(model: UInt16(head >> 4)), now, &output) }
        nextMilestone(after: plan.timing.settling, now, &output)
    }

    private mutating func finishCounting(
        _ step: Step, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        guard let answer = answer(to: .startSelfTest, in: received), let last = answer.last else {
            return retry(step, orFail: .unanswered(command: T1Request.startSelfTest.code), now, &output)
        }
        let count = Int(last)
        if let foundCount {
            // Chips that count only once say 0.
            guard count == 0 || count == foundCount else {
                return fail(.chipCount(found: count, expected: foundCount), now, &output)
            }
            return nextMilestone(after: plan.timing.settling, now, &output)
        }
        guard count > 0 else { return fail(.noChips, now, &output) }
        guard (plan.minimumChipCount...plan.chipCount).contains(count) else {
            return fail(.chipCount(found: count, expected: plan.chipCount), now, &output)
        }
        if count < plan.chipCount {
            output.append(.event(.chipsMissing(found: count, expected: plan.chipCount)))
        }
        foundCount = count
        nextMilestone(after: plan.timing.settling, now, &output)
    }

    private mutating func finishInspection(
        _ chip: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        let register = register(of: chip, in: received)
        if register == nil {
            failures += 1
            if failures < plan.timing.attempts { return wait(plan.timing.settling, then: .inspect(chip: chip), now) }
        }
        failures = 0
        chips[chip].cores = Int(register?.cores ?? 0)
        if chips[chip].cores < T1Chip.fewestCores {
            disable(chip, &output)
        } else {
            chips[chip].state = .working
            ledger.statistics.chips[chip].isPresent = true
        }
        if chip + 1 < foundCount ?? 0 { return run(.inspect(chip: chip + 1), now, &output) }
        guard workingCount >= plan.minimumChipCount else {
            return fail(.chipCount(found: workingCount, expected: plan.chipCount), now, &output)
        }
        nextMilestone(now, &output)
    }

    mutating func disable(_ chip: Int, _ output: inout SPIOutput) {
        chips[chip].state = .disabled
        ledger.statistics.chips[chip].isPresent = false
        ledger.markIdle(chip)
        output.append(.event(.chipDisabled(chip: chip)))
    }
}
