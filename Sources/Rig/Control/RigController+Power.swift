import ASIC
import Base
import Buses
import Thermal

/// Power: which boards run at what clocks, the supplies, and the search for better settings.
extension RigController {
    /// - Parameter deadline: when a new limit must be kept; nil when there is time for clocks to fall.
    mutating func decidePower(_ now: Instant, by deadline: Instant? = nil) {
        for index in planBoards.indices { prepare(index, now) }
        let isCut = isTripped && !disabled.contains(.relayHolds) || isEnding
        let unsaid = disabled.contains(.setpointFirst) ? Milliwatts(Int32.max) : .zero
        let limit = isCut ? .zero : setpoint?.limit ?? unsaid
        plan.decide(limit: limit, deadline: deadline, boards: planBoards, now: now)
    }

    /// Whether the meter still reads clearly more than the limit although its time has long passed: whatever the clocks
    /// were told, boards have to go.
    func isOverLimit(_ seen: RigObservation, _ now: Instant) -> Bool {
        guard let setpoint, let power = fresh(seen.mainsPower, now), !disabled.contains(.meterCheck) else {
            return false
        }
        let due = setpoint.deadline ?? setpoint.since + configuration.power.hysteresis.usualDeadline
        return now - due >= .seconds(15) && Int64(power.value) * 100 > Int64(setpoint.limit.value) * 105
    }

    /// What the plan may do with a board: its clocks are cut by heat and by what the tuner found.
    private mutating func prepare(_ index: Int, _ now: Instant) {
        let board = configuration.boards[index]
        let voltage =
            if let supply = board.supply { supplies[supply].commanded } else { planBoards[index].voltage }
        planBoards[index].voltage = voltage
        var highest = board.clocks.upperBound
        if let tuner = tuners[index], tuner.phase != .resting { highest = min(highest, tuner.setting.clock) }
        if index < decision.boardCount, case .allow(let permille) = decision.boards[index].ceiling, permille < 1000 {
            let full = Int64(configuration.thermal.boards[index].maximumPower.value)
            let cap = Milliwatts(clamping: full * Int64(permille) / 1000)
            highest = min(highest, planBoards[index].model.clock(within: cap, voltage))
        }
        planBoards[index].clocks = board.clocks.lowerBound...max(board.clocks.lowerBound, highest)
        planBoards[index].isAvailable = isAvailable(index, now)
    }

    private func isAvailable(_ index: Int, _ now: Instant) -> Bool {
        let isStopped = isStoppedByOperator[index] && !disabled.contains(.operatorHolds)
        guard !isStopped, !thermalOff(index), isRested(now) else { return false }
        guard !isSupplyBarred(configuration.boards[index].supply) else { return false }
        return switch boards[index].state {
        // A board that is back within a minute keeps its share; one that waits longer leaves it to the others.
        case .absent, .lockedOut, .recovering(.backOff): false
        default: true
        }
    }

    /// A supply that has to be off because a board on it cannot be switched off otherwise.
    func isSupplyBarred(_ supply: Int?) -> Bool {
        guard let supply, !disabled.contains(.weldedTakesSupply) else { return false }
        for index in boards.indices where configuration.boards[index].supply == supply {
            if boards[index].state == .lockedOut, boards[index].lastFault == .notOff { return true }
        }
        return false
    }

    /// Gives every supply what its boards ask for, and tells the boards in the same breath when one fails.
    mutating func feedSupplies(_ seen: RigObservation, _ now: Instant) {
        let day = CycleLedger.day(unixSeconds: unixSeconds)
        for index in supplies.indices {
            let wasSupplied = supplies[index].isSupplied
            var need = SupplyNeed.none
            var isUrgent = isTripped || isEnding || isSupplyBarred(index) || setpoint.map { $0.isOff } ?? true
            for board in boards.indices where configuration.boards[board].supply == index {
                need = max(need, boards[board].state.supplyNeed)
                if thermalOff(board), decision.boards[board].regime != .boot { isUrgent = true }
            }
            if isUrgent, need == .keep { need = .none }
            supplies[index].tick(
                need: need, isUrgent: isUrgent, target: target(ofSupply: index),
                voltage: index < seen.supplies.count ? seen.supplies[index].voltage : .failed(.settling),
                ledger: &cycles, day: day, now: now, into: &output)
            guard wasSupplied, !supplies[index].isSupplied, !disabled.contains(.unsuppliedIsOff) else { continue }
            for board in boards.indices where configuration.boards[board].supply == index {
                boards[board].handle(.unsupplied, now: now, into: &output)
            }
        }
    }

    /// The tuner's voltage where a board has its supply to itself.
    private func target(ofSupply index: Int) -> Millivolts {
        for board in boards.indices where configuration.boards[board].supply == index {
            guard configuration.ownsSupply(board), let tuner = tuners[board], tuner.phase != .resting else { break }
            return tuner.setting.voltage
        }
        return configuration.supplies[index].start
    }

    /// Lets each board's search go on by what is seen.
    mutating func tune(_ seen: RigObservation, _ now: Instant) {
        for index in boards.indices where index < seen.boards.count {
            guard let tuner = tuners[index] else { continue }
            let board = seen.boards[index]
            let measured = fresh(board.power, now)
            let voltage = planBoards[index].voltage
            // The board is steady when it hashes at its target and its supply is where it was told.
            let isSteady = boards[index].state == .hashing && boards[index].targetClock == tuner.setting.clock
            let clock = isSteady ? tuner.setting.clock : nil
            let power = measured ?? planBoards[index].model.power(at: tuner.setting.clock, voltage)
            let phase = tuner.phase
            let isChanged =
                tuners[index]?.tick(
                    Tuner.Observation(
                        setting: clock.map { Tuner.Setting(clock: $0, voltage: voltage) }, power: power,
                        isPowerMeasured: measured != nil, hashesPerSecond: board.status.hashesPerSecond,
                        validNonces: board.status.validNonces, hardwareErrors: board.status.hardwareErrors),
                    isFrozen: setpoint?.isTuningFrozen ?? true && !disabled.contains(.tuningFreeze), now: now)
                ?? false
            if isChanged { finishTuning(index, from: phase) }
        }
    }

    private mutating func finishTuning(_ index: Int, from phase: Tuner.Phase) {
        guard let tuner = tuners[index], tuner.phase != phase else { return }
        let name = configuration.boards[index].name
        switch tuner.phase {
        case .settled:
            guard let result = tuner.result, tuning.boards.indices.contains(index) else { return }
            tuning.boards[index] = result
            output.later(.persist(.tuning))
            if result.isPowerMeasured {
                planBoards[index].model = planBoards[index].model.measured(
                    result.power, at: result.setting.clock, result.setting.voltage)
            }
            log(.notice, name, "tuned to \(result.setting.clock.hertz / 1_000_000) MHz")
        case .aborted:
            if tuning.boards.indices.contains(index) { tuning.boards[index] = nil }
            output.later(.persist(.tuning))
            log(.warning, name, "tuning aborted: too many hardware errors at every setting")
        case .resting, .searching, .trimming: break
        }
    }

    /// Compares the meter at the mains with the models while every board is steady.
    mutating func calibrate(_ seen: RigObservation, _ now: Instant) {
        guard now - lastCalibration >= .seconds(5), case .ok(let power, let taken) = seen.mainsPower else { return }
        var isAnyOn = false
        for index in boards.indices {
            guard let clock = plan.clocks[index] else {
                if boards[index].state.isEnabled { return }
                continue
            }
            // Ten seconds let the meter's own averaging pass.
            guard boards[index].state == .hashing, boards[index].targetClock == clock,
                taken - boards[index].since >= .seconds(10)
            else { return }
            isAnyOn = true
        }
        guard isAnyOn, now - taken <= configuration.measurementLimit else { return }
        lastCalibration = now
        plan.calibrate(measured: power, boards: planBoards, isFrozen: setpoint?.isTuningFrozen ?? true)
    }
}

extension BoardPowerModel {
    /// The highest clock at which the board takes no more than `power`; 0 when even resting takes more.
    func clock(within power: Milliwatts, _ voltage: Millivolts) -> ClockFrequency {
        let active = Double(self.power(at: clock, voltage).value) - Double(rest.value)
        guard active > 0, power > rest else { return ClockFrequency(hertz: 0) }
        let share = (Double(power.value) - Double(rest.value)) / active
        return ClockFrequency(hertz: UInt32(min(max(share * Double(clock.hertz), 0), 4.29e9)))
    }
}
