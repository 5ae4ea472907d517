import Base

/// Changes of the line rate: command at the old rate, wait, switch the host, ask every chip; and the way back.
extension UARTChain {
    mutating func runRaiseBaud(_ now: Instant, _ output: inout ChainOutput) -> Bool {
        guard program.item == 0, highestBaud > baudIndex else { return true }
        program.item = 1
        beginBaudSwitch(BaudSwitch(from: baudIndex, to: highestBaud, isFallback: false), now, &output)
        return false
    }

    mutating func beginBaudSwitch(_ change: BaudSwitch, _ now: Instant, _ output: inout ChainOutput) {
        send(.write(plan.family.bauds[change.to].write, to: .all), &output)
        activity = .switchingBaud(change, until: now + plan.timing.baudDrain)
    }

    /// Switches the host, and asks the chips whether they came along.
    mutating func confirmBaud(_ change: BaudSwitch, _ now: Instant, _ output: inout ChainOutput) {
        baudIndex = change.to
        output.append(.setBaud(plan.family.bauds[change.to].rate))
        output.append(.discardInput)
        receiver.discard()
        beginRollCall(.baud(change), now, &output)
    }

    mutating func finishBaud(
        _ change: BaudSwitch, _ confirmed: Bool, _ now: Instant, _ output: inout ChainOutput
    ) {
        let (from, to) = (plan.family.bauds[change.from].rate, plan.family.bauds[change.to].rate)
        if !confirmed, change.attempt < plan.timing.attempts {
            // One damaged answer out of a hundred is no reason to give the rate up.
            var again = change
            again.attempt += 1
            receiver.discard()
            return beginRollCall(.baud(again), now, &output)
        }
        guard confirmed else {
            highestBaud = min(highestBaud, min(change.from, change.to))
            // Chips that did switch hear this at their new rate, the others are where the host is going.
            let back = BaudSwitch(from: change.to, to: change.from, isFallback: true)
            return change.isFallback ? fail(.lineLost, now, &output) : beginBaudSwitch(back, now, &output)
        }
        output.append(
            .event(change.isFallback ? .lineRateFallback(from: from, to: to) : .lineRate(baud: to)))
        activity = nil
        if stage == .bringingUp {
            runProgram(now, &output)
        } else {
            sendWaitingWork(now, &output)
        }
    }

    /// Slows the line down while more responses are damaged than it may have.
    mutating func checkLine(_ now: Instant, _ output: inout ChainOutput) {
        let errors = receiver.checksumErrorCount &- checksumErrorsAtMinute
        checksumErrorsAtMinute = receiver.checksumErrorCount
        guard errors > plan.timing.lineErrorsPerMinute else { return }
        output.append(.event(.lineErrors(perMinute: errors)))
        guard baudIndex > 0, activity == nil else { return }
        highestBaud = baudIndex - 1
        beginBaudSwitch(BaudSwitch(from: baudIndex, to: highestBaud, isFallback: false), now, &output)
    }
}
