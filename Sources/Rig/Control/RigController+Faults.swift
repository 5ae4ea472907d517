import ASIC
import Base
import Buses
import Thermal

/// What is written into the fault record and told to the log.
extension RigController {
    mutating func noteFaults(_ seen: RigObservation, _ now: Instant) {
        var isChanged = noteThermal()
        isChanged = noteFans(seen) || isChanged
        isChanged = noteSupplies(seen) || isChanged
        isChanged = noteChanges(seen) || isChanged
        for index in tuners.indices {
            isChanged = note(tuners[index]?.phase == .aborted, .tuningAborted, .board(index)) || isChanged
        }
        isChanged =
            note(!isRested(now), .crashLoop, .rig, .init(.count, raw: Int64(starts.unproven), estimated: nil))
            || isChanged
        if isChanged, !disabled.contains(.faultsKept) { output.later(.persist(.faults)) }
    }

    /// Enters or ends a fault; true when that was news.
    private mutating func note(
        _ isThere: Bool, _ code: FaultCode, _ subject: FaultRecord.Subject,
        _ evidence: FaultRecord.Evidence? = nil
    ) -> Bool {
        guard faults.set(isThere, code, subject, evidence, unixSeconds: unixSeconds) else { return false }
        if isThere {
            log(.error, "fault", "E\(code.rawValue) \(subject.name) \(code.word): \(code.remedy)")
        } else {
            log(.notice, "fault", "E\(code.rawValue) \(subject.name) \(code.word) is over")
        }
        return true
    }

    // MARK: Heat

    private mutating func noteThermal() -> Bool {
        var isChanged = false
        // What was a reason and is none any more.
        for index in faults.entries.indices where faults.entries[index].isActive {
            let (code, subject) = (faults.entries[index].code, faults.entries[index].subject)
            if Self.thermalCodes.contains(code), !isThermalReason(code, subject) {
                isChanged = note(false, code, subject) || isChanged
            }
        }
        for board in 0..<decision.boardCount where !decision.boards[board].regime.allowsPower {
            guard let (code, subject) = Self.fault(decision.boards[board], board) else { continue }
            isChanged = note(true, code, subject, evidence(subject)) || isChanged
        }
        return isChanged
    }

    private static let supplyCodes: [FaultCode] = [.supplyNoOutput, .supplyWrongOutput, .supplyStaysOn]
    private static let thermalCodes: [FaultCode] = [
        .sensorLost, .tooFewSensors, .tooHot, .notCooling, .sharedPartTripped, .thermalLockOut, .fansLost,
    ]

    private func isThermalReason(_ code: FaultCode, _ subject: FaultRecord.Subject) -> Bool {
        for board in 0..<decision.boardCount where !decision.boards[board].regime.allowsPower {
            if let fault = Self.fault(decision.boards[board], board), fault == (code, subject) { return true }
        }
        return false
    }

    /// The fault behind a board's being off; nil while it is off for a good reason, such as its start.
    private static func fault(_ board: BoardDecision, _ index: Int) -> (FaultCode, FaultRecord.Subject)? {
        switch board.reason {
        case .tooHot(let channel): (.tooHot, .channel(channel))
        case .sensorLost(let channel): (.sensorLost, .channel(channel))
        case .notCooling(let channel): (.notCooling, .channel(channel))
        case .tooFewSensors: (.tooFewSensors, .board(index))
        case .fansLost: (.fansLost, .rig)
        case .rigTripped: (.sharedPartTripped, .rig)
        case .lockedOut: (.thermalLockOut, .board(index))
        default: nil
        }
    }

    private func evidence(_ subject: FaultRecord.Subject) -> FaultRecord.Evidence? {
        guard case .channel(let channel) = subject, let status = thermal.status(ofChannel: channel) else { return nil }
        return FaultRecord.Evidence(
            .millidegrees, raw: status.raw.map { Int64($0.value) }, estimated: status.estimate.map { Int64($0.value) })
    }

    // MARK: Parts

    private mutating func noteFans(_ seen: RigObservation) -> Bool {
        var isChanged = false
        for index in 0..<decision.fanCount {
            let condition = decision.fans[index].condition
            // A fan that starts over is not judged yet: what was wrong stays so until it turns.
            guard condition != .starting else { continue }
            let fan = index < seen.fans.count ? seen.fans[index] : nil
            let expected = configuration.thermal.fans[index].expectedSpeed(at: decision.fans[index].duty)
            let evidence = FaultRecord.Evidence(
                .rpm, raw: fan?.speed.value.map { Int64($0.value) }, estimated: Int64(expected.value))
            isChanged = note(condition == .stalled, .fanStall, .fan(index), evidence) || isChanged
            isChanged = note(condition == .slow || condition == .fast, .fanSpeed, .fan(index), evidence) || isChanged
            let isDeaf = condition == .uncontrolled || condition == .unobserved
            isChanged = note(isDeaf, .fanControl, .fan(index), evidence) || isChanged
        }
        return isChanged
    }

    private mutating func noteSupplies(_ seen: RigObservation) -> Bool {
        var isChanged = false
        for index in supplies.indices {
            let raw = index < seen.supplies.count ? seen.supplies[index].voltage.value.map { Int64($0.value) } : nil
            let evidence = FaultRecord.Evidence(
                .millivolts, raw: raw, estimated: Int64(supplies[index].commanded.value))
            let code = supplies[index].fault.map { FaultCode($0) }
            for candidate in Self.supplyCodes {
                isChanged = note(code == candidate, candidate, .supply(index), evidence) || isChanged
            }
            let isRefused = supplies[index].refusal == .cycleBudget
            let day = CycleLedger.day(unixSeconds: unixSeconds)
            let count = cycles.supplies.indices.contains(index) ? cycles.supplies[index].count(on: day) : 0
            isChanged =
                note(
                    isRefused, .supplyCycleBudget, .supply(index),
                    .init(.count, raw: Int64(clamping: count), estimated: nil)) || isChanged
        }
        return isChanged
    }

    /// What the boards' changes of state mean for the record; true when that was news.
    mutating func noteChanges(_ seen: RigObservation?) -> Bool {
        var isChanged = false
        for change in output.changes {
            let index = change.board
            switch change.to {
            case .faulted:
                guard let fault = boards[index].lastFault else { continue }
                let power = seen.flatMap { index < $0.boards.count ? $0.boards[index].power.value : nil }
                let evidence = FaultRecord.Evidence(
                    .milliwatts, raw: power.map { Int64($0.value) },
                    estimated: Int64(planBoards[index].model.power.value))
                isChanged = note(true, FaultCode(fault), .board(index), evidence) || isChanged
            case .lockedOut:
                isChanged = note(true, .boardLockedOut, .board(index)) || isChanged
            case .inReset:
                if cycles.boards.indices.contains(index) {
                    cycles.boards[index].record(on: CycleLedger.day(unixSeconds: unixSeconds))
                    output.later(.persist(.cycles))
                }
            default: break
            }
            if change.from == .lockedOut { isChanged = note(false, .boardLockedOut, .board(index)) || isChanged }
            if change.to == .hashing || change.to == .absent { isChanged = endBoardFaults(index) || isChanged }
        }
        return isChanged
    }

    /// A board that hashes at its target has nothing of what began with 4.
    private mutating func endBoardFaults(_ index: Int) -> Bool {
        var isChanged = false
        for entry in faults.entries.indices {
            let (code, subject) = (faults.entries[entry].code, faults.entries[entry].subject)
            guard subject == .board(index), code.rawValue / 100 == 4, code != .boardLockedOut else { continue }
            isChanged = note(false, code, subject) || isChanged
        }
        return isChanged
    }

    /// The hardware watchdog is fed only while everybody proves progress.
    mutating func guardProgress(_ seen: RigObservation, _ now: Instant) {
        gate.note(seen.progress, now: now)
        let laggard = disabled.contains(.progressGate) ? nil : gate.laggard(now: now)
        if let laggard {
            if note(true, .noProgress, .rig, .init(.count, raw: Int64(laggard), estimated: nil)) {
                log(.alert, "watchdog", "\(gate.parties[laggard].name) makes no progress: the watchdog is not fed")
                output.later(.persist(.faults))
            }
        } else {
            if note(false, .noProgress, .rig) { output.later(.persist(.faults)) }
            output.later(.feedWatchdog)
        }
    }

    /// Tells the log of every change in a board's life.
    mutating func narrate() {
        for change in output.changes {
            let name = configuration.boards[change.board].name
            let board = boards[change.board]
            switch change.to {
            case .faulted:
                log(.error, name, "fault: \(FaultCode(board.lastFault ?? .notReady).word); lines are down")
            case .lockedOut: log(.alert, name, "given up until somebody unlocks it")
            case .recovering(let step): log(.warning, name, "recovery: \(step.text)")
            default: log(.info, name, "\(change.from.text) to \(change.to.text)")
            }
        }
    }
}

extension BoardState {
    /// In a word or two, for logs.
    public var text: StaticString {
        switch self {
        case .absent: "absent"
        case .detected: "off"
        case .powering: "powering"
        case .inReset: "in reset"
        case .enumerating: "enumerating"
        case .ramping: "ramping"
        case .hashing: "hashing"
        case .stopping: "stopping"
        case .faulted: "faulted"
        case .recovering: "recovering"
        case .lockedOut: "locked out"
        }
    }
}

extension RecoveryStep {
    /// In words, for logs.
    public var text: StaticString {
        switch self {
        case .reinitialise: "chips are set up anew"
        case .reset: "a longer reset"
        case .powerCycle: "a full power cycle"
        case .backOff: "off for a while"
        }
    }
}
