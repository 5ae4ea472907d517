import ASIC
import Base
import Buses
import Thermal

/// What the boards are told, and what is made of what they tell.
extension RigController {
    /// Hands the thermal controller what is seen, and the fans what it decides.
    mutating func cool(_ seen: RigObservation, _ now: Instant) {
        for index in thermalInputs.channels.indices {
            thermalInputs.channels[index] =
                index < seen.temperatures.count ? seen.temperatures[index] : .failed(.settling)
        }
        for index in thermalInputs.fans.indices where index < seen.fans.count {
            thermalInputs.fans[index].applied = seen.fans[index].duty
            thermalInputs.fans[index].speed = seen.fans[index].speed
        }
        for index in thermalInputs.boards.indices {
            let measured = index < seen.boards.count ? fresh(seen.boards[index].power, now) : nil
            let isLive = measured.map { $0 >= configuration.boards[index].offBelow } ?? false
            // A board that takes power is hot whatever its line was told.
            thermalInputs.boards[index].isEnergised =
                boards[index].state.isEnabled || isLive && !disabled.contains(.liveIsHot)
            thermalInputs.boards[index].power =
                if let measured { .measured(measured) } else { .estimated(estimatedPower(index)) }
        }
        decision = thermal.decide(thermalInputs, now: now)
        thermalInputs.unlock = false
        for index in 0..<min(decision.fanCount, configuration.thermal.fans.count) {
            output.later(.fan(index, decision.fans[index].duty))
        }
    }

    /// What the model says of a board whose power nobody measures; while its clock is on the move, the larger one.
    func estimatedPower(_ index: Int) -> Milliwatts {
        let board = boards[index]
        guard board.state.isEnabled else { return .zero }
        let clock = max(board.toldClock, planBoards[index].clock ?? board.toldClock)
        return planBoards[index].model.power(at: clock, planBoards[index].voltage)
    }

    /// A measured power that is still true.
    func fresh(_ power: Reading<Milliwatts>, _ now: Instant) -> Milliwatts? {
        power.aged(to: now, limit: configuration.measurementLimit).value
    }

    /// Brings the boards' states up to what is seen of them.
    mutating func follow(_ seen: RigObservation, _ now: Instant) {
        for index in boards.indices {
            guard index < seen.boards.count else { continue }
            let board = seen.boards[index]
            let isPlugged = board.isPlugged || disabled.contains(.plugCheck)
            boards[index].handle(isPlugged ? .plugged : .unplugged, now: now, into: &output)
            followSupply(index, now)
            followChain(index, board, now)
            // Proved off and gone: it must not be taken for one that waits for its start.
            if !isPlugged { boards[index].handle(.unplugged, now: now, into: &output) }
            let nonces = board.status.validNonces
            let clock = board.status.stage == .hashing ? board.status.clock : nil
            boards[index].tick(
                clock: clock,
                hasHashed: nonces != seenNonces[index] || !hasWork && !disabled.contains(.workBeforeBlame),
                now: now, into: &output)
            seenNonces[index] = nonces
            planBoards[index].clock = boards[index].state.isHashing ? clock ?? boards[index].toldClock : nil
            planBoards[index].isOn = boards[index].state.supplyNeed == .on
        }
    }

    /// Boards are enabled one after the other, so that they do not all draw their inrush at once.
    private mutating func followSupply(_ index: Int, _ now: Instant) {
        let isSupplied =
            configuration.boards[index].supply.map { supplies[$0].isSupplied } ?? true
            || disabled.contains(.suppliedFirst)
        if isSupplied, boards[index].state == .powering, !disabled.contains(.stagger) {
            guard lastEnable.map({ now - $0 >= configuration.stagger }) ?? true else { return }
            lastEnable = now
        }
        boards[index].handle(isSupplied ? .supplied : .unsupplied, now: now, into: &output)
    }

    private mutating func followChain(_ index: Int, _ board: RigObservation.Board, _ now: Instant) {
        let state = boards[index].state
        guard state.isEnabled || state == .stopping else { return }
        let told = board.statusAt ?? boards[index].since
        if now - max(told, boards[index].since) >= configuration.statusLimit, state != .inReset,
            !disabled.contains(.hangCheck)
        {
            boards[index].fail(.unresponsive, now: now, into: &output)
            return
        }
        if state == .stopping {
            if isOff(index, board, now) { boards[index].handle(.isOff, now: now, into: &output) }
            return
        }
        // What was said before the last order was taken is about an earlier life.
        guard let statusAt = board.statusAt, statusAt >= boards[index].since + .seconds(1) else { return }
        switch (state, board.status.stage) {
        case (.enumerating, .hashing): boards[index].handle(.chainReady, now: now, into: &output)
        case (.ramping, .bringingUp), (.ramping, .backingOff), (.ramping, .isolated), (.hashing, .bringingUp),
            (.hashing, .backingOff), (.hashing, .isolated):
            boards[index].handle(.chainRestarting, now: now, into: &output)
        case (.enumerating, .isolated) where now - boards[index].since >= .seconds(60):
            boards[index].fail(.busLost, now: now, into: &output)
        case (.enumerating, .faulted), (.ramping, .faulted), (.hashing, .faulted):
            boards[index].fail(board.status.fault.map { .chain($0) } ?? .notReady, now: now, into: &output)
        case (.enumerating, .off) where statusAt >= boards[index].since + .seconds(5),
            (.ramping, .off), (.hashing, .off):
            // Somebody stopped the chain behind the controller's back, or the order to start was lost.
            boards[index].fail(.notReady, now: now, into: &output)
        default: break
        }
    }

    /// Off is what the chain says and, where anything measures it, the power too.
    private func isOff(_ index: Int, _ board: RigObservation.Board, _ now: Instant) -> Bool {
        if disabled.contains(.offIsProved) { return true }
        guard let statusAt = board.statusAt, statusAt > boards[index].since else { return false }
        switch board.status.stage {
        case .bringingUp, .hashing: return false
        case .off, .backingOff, .faulted, .isolated: break
        }
        switch board.power {
        case .ok(let power, let taken):
            return power < configuration.boards[index].offBelow && taken > boards[index].since
        // A meter that should tell and does not proves nothing; the time limit then decides.
        case .stale: return false
        case .failed(let failure): return failure == .unverifiedScale || failure == .settling
        }
    }

    /// Starts, stops and paces the boards as the plan and everything above it allow.
    mutating func steer(_ now: Instant) {
        for index in boards.indices {
            holds[index] = hold(index, now)
            switch holds[index] {
            case .none:
                if let clock = plan.clocks[index] { boards[index].setTarget(clock, now: now, into: &output) }
                boards[index].handle(.run, now: now, into: &output)
            case .noWork:
                // Boards that run go on as long as their set point says so: the next job is near.
                if let clock = plan.clocks[index] { boards[index].setTarget(clock, now: now, into: &output) }
            case .fault, .unplugged: break
            case .plan:
                if boards[index].state.supplyNeed == .on { boards[index].handle(.halt, now: now, into: &output) }
            case .relay, .ending, .setpoint, .heat, .crashLoop, .stopped, .supply:
                boards[index].handle(.halt, now: now, into: &output)
            }
        }
    }

    /// What keeps a board from running, the most important reason first.
    private func hold(_ index: Int, _ now: Instant) -> BoardHold {
        if isTripped, !disabled.contains(.relayHolds) { return .relay }
        if isEnding { return .ending }
        if setpoint.map({ $0.isOff }) ?? !disabled.contains(.setpointFirst) { return .setpoint }
        if thermalOff(index) { return .heat }
        if isStoppedByOperator[index], !disabled.contains(.operatorHolds) { return .stopped }
        if isSupplyBarred(configuration.boards[index].supply) { return .supply }
        switch boards[index].state {
        case .absent: return .unplugged
        case .faulted, .recovering, .lockedOut: return .fault
        default: break
        }
        if !isRested(now) { return .crashLoop }
        if plan.clocks[index] == nil { return .plan }
        return hasWork ? .none : .noWork
    }

    func thermalOff(_ index: Int) -> Bool {
        guard !disabled.contains(.heatHolds) else { return false }
        guard index < decision.boardCount else { return true }
        if case .off = decision.boards[index].ceiling { return true }
        return false
    }

    /// Raising an enable line is a lease: it is renewed for as long as the board is to be on.
    mutating func renewLeases() {
        for index in boards.indices where boards[index].state.isEnabled && !disabled.contains(.leaseRenewal) {
            output.lines(.boardLine(index, enable: true))
        }
    }
}
