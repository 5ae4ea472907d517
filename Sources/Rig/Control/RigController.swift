import ASIC
import Base
import Thermal

/// Joins heat, power, supplies and the boards' lives into one decision at a time.
///
/// Pure: observations, set points and commands go in, actions come out; they are to be carried out in their order. It owns
/// every decision that switches something, and none is kept only in hardware: lines and duties are repeated with every
/// tick. A tick allocates nothing once its buffers have grown, but for the texts of events.
public struct RigController: Sendable {
    /// How long an enable line may stay up without being raised anew: three ticks of a second, of which one may be late and
    /// one lost.
    public static let leaseDuration = Duration.seconds(3)

    public let configuration: ControlConfiguration
    public internal(set) var boards: [BoardLifeCycle] = []
    public internal(set) var supplies: [SupplySequencer] = []
    public internal(set) var plan: PowerPlan
    public internal(set) var faults: FaultRecord
    public internal(set) var cycles: CycleLedger
    public internal(set) var tuning: TuningRecord
    public internal(set) var starts: StartLedger
    /// The thermal controller's latest decision.
    public internal(set) var decision = ThermalDecision()
    /// How much power may be used; nil before anybody said so.
    public internal(set) var setpoint: PowerSetpoint?
    /// Why each board does or does not run.
    public internal(set) var holds: [BoardHold]

    var thermal: ThermalController
    var thermalInputs: ThermalInputs
    var tuners: [Tuner?] = []
    var gate: ProgressGate
    var output = ControlPlan()
    /// The boards as the power plan sees them, and whether each may run; kept between ticks.
    var planBoards: [PowerPlan.Board] = []
    var isStoppedByOperator: [Bool]
    var seenNonces: [UInt64]
    var isTripped = false
    var isEnding = false
    var hasWork = false
    /// When boards may be switched on after crashes; nil: when somebody unlocks them.
    var restUntil: Instant?
    var lastEnable: Instant?
    var lastCalibration: Instant
    let startedAt: Instant
    let disabled: PowerProtections
    var unixSeconds: Int64?
    var isStartWritten = false

    /// - Parameter memory: what earlier runs have left; this start is counted in it.
    public init(_ configuration: ControlConfiguration, memory: ControlMemory, now: Instant) {
        self.init(configuration, memory: memory, disabling: [], now: now)
    }

    /// For tests that take protections away.
    init(
        _ configuration: ControlConfiguration, memory: ControlMemory, disabling disabled: PowerProtections,
        now: Instant
    ) {
        self.configuration = configuration
        self.disabled = disabled
        thermal = ThermalController(configuration.thermal, now: now)
        thermalInputs = ThermalInputs(for: configuration.thermal)
        plan = PowerPlan(boardCount: configuration.boards.count, profile: configuration.power)
        gate = ProgressGate(configuration.parties, now: now)
        faults = memory.faults
        cycles = memory.cycles
        tuning = memory.tuning
        starts = memory.starts
        starts.begin()
        restUntil = starts.rest.map { now + $0 }
        startedAt = now
        lastCalibration = now
        let count = configuration.boards.count
        holds = Array(repeating: .setpoint, count: count)
        isStoppedByOperator = Array(repeating: false, count: count)
        seenNonces = Array(repeating: 0, count: count)
        for (index, profile) in configuration.supplies.enumerated() {
            supplies.append(SupplySequencer(index: index, profile: profile, disabling: disabled, now: now))
        }
        for (index, board) in configuration.boards.enumerated() { add(board, index, now) }
    }

    private mutating func add(_ board: ControlConfiguration.Board, _ index: Int, _ now: Instant) {
        boards.append(
            BoardLifeCycle(
                index: index, startClock: board.clocks.lowerBound, timing: board.timing,
                isLockedOut: faults.isActive(.boardLockedOut, .board(index)) && !disabled.contains(.lockOutKept),
                disabling: disabled, now: now))
        let voltage = board.supply.map { configuration.supplies[$0].start } ?? board.model.voltage
        if let profile = board.tuning {
            let stored = tuning.boards.indices.contains(index) ? tuning.boards[index] : nil
            let safe = Tuner.Setting(clock: board.model.clock, voltage: voltage)
            var tuner = Tuner(profile: profile, safe: safe, result: stored, disabling: disabled)
            if let target = board.target { tuner.seek(target) }
            tuners.append(tuner)
        } else {
            tuners.append(nil)
        }
        planBoards.append(
            PowerPlan.Board(
                model: board.model, voltage: voltage, clocks: board.clocks, isAvailable: false, clock: nil, isOn: false)
        )
    }

    /// Takes in what has happened and appends what is to be done.
    public mutating func handle(_ input: ControlInput, now: Instant, into actions: inout [ControlAction]) {
        switch input {
        case .tick(let observation): tick(observation, now)
        case .setpoint(let setpoint): take(setpoint, now)
        case .relayTripped: trip(now)
        case .relayReleased: isTripped = false
        case .command(let command): obey(command, now)
        case .hasWork(let hasWork): self.hasWork = hasWork
        case .end: end(now)
        }
        if case .tick = input {
            // Done with the evidence at hand.
        } else if noteChanges(nil) {
            output.later(.persist(.faults))
        }
        narrate()
        output.drain(into: &actions)
    }

    /// True when the agent may end: boards are off and cool, as far as can be waited for. Fans stay as they are.
    public var isStopped: Bool { isEnding && decision.stop == .done }

    /// What is to be written to storage for a record.
    public func json(of record: ControlRecord) -> [UInt8] {
        switch record {
        case .faults: faults.json
        case .cycles: cycles.json
        case .tuning: tuning.json
        case .starts: starts.json
        }
    }

    // MARK: Inputs

    private mutating func tick(_ seen: RigObservation, _ now: Instant) {
        unixSeconds = seen.unixSeconds
        if !isStartWritten {
            isStartWritten = true
            if !disabled.contains(.startsKept) { output.later(.persist(.starts)) }
        }
        cool(seen, now)
        follow(seen, now)
        tune(seen, now)
        decidePower(now, by: isOverLimit(seen, now) ? now : nil)
        steer(now)
        feedSupplies(seen, now)
        renewLeases()
        calibrate(seen, now)
        noteFaults(seen, now)
        prove(now)
        guardProgress(seen, now)
    }

    private mutating func take(_ setpoint: PowerSetpoint, _ now: Instant) {
        self.setpoint = setpoint
        decidePower(now, by: setpoint.deadline)
        steer(now)
        // The second stage of the way off does not wait for a tick.
        if setpoint.isOff, !disabled.contains(.offCutsSupply) {
            for index in supplies.indices { supplies[index].cut(now: now, into: &output) }
        }
    }

    private mutating func trip(_ now: Instant) {
        isTripped = true
        for index in boards.indices { boards[index].handle(.cut, now: now, into: &output) }
        for index in supplies.indices { supplies[index].cut(now: now, into: &output) }
        log(.alert, "relay", "the relay has cut the boards' lines")
    }

    private mutating func end(_ now: Instant) {
        isEnding = true
        thermalInputs.isStopping = true
        starts.prove()
        output.later(.persist(.starts))
        decidePower(now)
        steer(now)
    }

    private mutating func obey(_ command: OperatorCommand, _ now: Instant) {
        switch command {
        case .stopBoard(let index), .startBoard(let index):
            guard isStoppedByOperator.indices.contains(index) else { return }
            isStoppedByOperator[index] = command == .stopBoard(index)
            decidePower(now)
            steer(now)
        case .fanFloor(let duty): thermalInputs.manualFloor = duty
        case .unlock(let board): unlock(board, now)
        case .tune(let index):
            guard tuners.indices.contains(index), let target = configuration.boards[index].target else { return }
            tuners[index]?.seek(target, isAnew: true)
        case .clearFaults:
            faults.forgetInactive()
            output.later(.persist(.faults))
        }
    }

    private mutating func unlock(_ board: Int?, _ now: Instant) {
        for index in boards.indices where board.map({ $0 == index }) ?? true {
            boards[index].handle(.unlock, now: now, into: &output)
        }
        if board == nil {
            thermalInputs.unlock = true
            restUntil = now
            starts.prove()
            output.later(.persist(.starts))
        }
    }

    private mutating func prove(_ now: Instant) {
        guard starts.unproven > 0, now - startedAt >= StartLedger.proof else { return }
        starts.prove()
        output.later(.persist(.starts))
    }

    /// Whether boards may be switched on after what earlier starts came to.
    func isRested(_ now: Instant) -> Bool {
        disabled.contains(.crashRest) || restUntil.map { $0 <= now } ?? false
    }

    mutating func log(_ severity: Event.Severity, _ source: String, _ text: String) {
        output.later(.event(Event(severity, source, text)))
    }
}
