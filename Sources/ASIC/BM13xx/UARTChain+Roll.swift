import Base

/// Counting the chips, giving them addresses, and asking who is there.
extension UARTChain {
    /// Most answers to one question, beyond which the line carries nonsense.
    private static let maximumAnswers = 2 * ChainAddresses.maximumChipCount

    mutating func beginCounting(_ now: Instant, _ output: inout ChainOutput) {
        receiver.discard()
        receiver.length = nil
        send(.read(.chipIdentity, from: .all), &output)
        activity = .counting(.init(attempt: program.attempt, until: now + plan.timing.enumerationSilence))
    }

    /// An answer while chips are being counted.
    mutating func count(_ reply: Response.RegisterReply, _ counting: Activity.Counting, _ now: Instant) {
        var counting = counting
        let model = ChipIdentity(word: reply.value).model
        if model == plan.family.model {
            counting.found += 1
            // Each answer puts off the end, but only as many as a chain can give.
            if counting.found <= Self.maximumAnswers { counting.until = now + plan.timing.enumerationSilence }
        } else {
            counting.foreignModel = model
        }
        activity = .counting(counting)
    }

    mutating func finishCounting(
        _ counting: Activity.Counting, _ now: Instant, _ output: inout ChainOutput
    ) {
        let expected = plan.chipCount
        let hasRightLength = counting.found == 0 || receiver.latestLength == plan.family.responseLength
        if counting.found == expected, hasRightLength {
            return continueAfterCounting(now, &output)
        }
        if counting.attempt < plan.timing.attempts {
            // From the first step on: chips that missed the switch to longer responses get it again.
            program = ProgramCounter(attempt: counting.attempt + 1)
            return runProgram(now, &output)
        }
        if counting.found == 0 {
            return fail(counting.foreignModel.map { .foreignChips(model: $0) } ?? .noChips, now, &output)
        }
        guard counting.found <= expected, counting.found >= plan.minimumChipCount else {
            return fail(.chipCount(found: counting.found, expected: expected), now, &output)
        }
        guard hasRightLength else { return fail(.responseLength, now, &output) }
        output.append(.event(.chipsMissing(found: counting.found, expected: expected)))
        continueAfterCounting(now, &output)
    }

    private mutating func continueAfterCounting(_ now: Instant, _ output: inout ChainOutput) {
        receiver.length = plan.family.responseLength
        program.attempt = 1
        program.nextStep()
        runProgram(now, &output)
    }

    /// Sends the next address, and calls the roll after the last.
    mutating func runAddressing(_ now: Instant, _ output: inout ChainOutput) {
        if program.item == 0 {
            program.item = 1
            send(.chainInactive, &output)
        } else if program.chip < plan.chipCount {
            send(.setAddress(plan.addresses.address(of: program.chip)), &output)
            program.chip += 1
        } else {
            return beginRollCall(.addressing(attempt: program.attempt), now, &output)
        }
        activity = .pausing(until: now + plan.timing.commandGap)
    }

    mutating func beginRollCall(
        _ purpose: Activity.RollCall.Purpose, _ now: Instant, _ output: inout ChainOutput
    ) {
        send(.read(.chipIdentity, from: .all), &output)
        // Ten bits to a byte, twice over for the chips' own pauses.
        let bits = Int64(plan.chipCount * Response.maximumLength * 20)
        let wire = Duration.nanoseconds(bits * 1_000_000_000 / Int64(plan.family.bauds[baudIndex].rate))
        activity = .callingRoll(.init(purpose: purpose, until: now + plan.timing.answer + wire))
    }

    /// An answer to a roll call.
    mutating func mark(
        _ reply: Response.RegisterReply, _ call: Activity.RollCall, _ now: Instant, _ output: inout ChainOutput
    ) {
        guard ChipIdentity(word: reply.value).model == plan.family.model,
            let position = plan.addresses.position(of: reply.chip)
        else {
            statistics.implausibleReplies &+= 1
            return
        }
        var call = call
        if !call.answered[position] {
            call.answered[position] = true
            call.answerCount += 1
        }
        activity = .callingRoll(call)
        let expected =
            switch call.purpose {
            case .addressing: plan.chipCount
            case .baud: presentChipCount
            }
        if call.answerCount >= expected { finishRollCall(call, now, &output) }
    }

    mutating func finishRollCall(_ call: Activity.RollCall, _ now: Instant, _ output: inout ChainOutput) {
        switch call.purpose {
        case .addressing(let attempt): finishAddressing(call, attempt, now, &output)
        case .baud(let change): finishBaud(change, everyChipAnswered(call), now, &output)
        }
    }

    private func everyChipAnswered(_ call: Activity.RollCall) -> Bool {
        statistics.chips.indices.allSatisfy { !statistics.chips[$0].isPresent || call.answered[$0] }
    }

    private mutating func finishAddressing(
        _ call: Activity.RollCall, _ attempt: Int, _ now: Instant, _ output: inout ChainOutput
    ) {
        if call.answerCount < plan.chipCount, attempt < plan.timing.attempts {
            (program.chip, program.item, program.attempt) = (0, 0, attempt + 1)
            return runAddressing(now, &output)
        }
        guard call.answerCount >= plan.minimumChipCount else {
            return fail(.unaddressed(count: plan.chipCount - call.answerCount), now, &output)
        }
        for chip in statistics.chips.indices {
            statistics.chips[chip].isPresent = call.answered[chip]
            if !call.answered[chip] { output.append(.event(.chipUnaddressed(chip: chip))) }
        }
        program.nextStep()
        runProgram(now, &output)
    }
}
