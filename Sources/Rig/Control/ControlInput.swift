import Base

/// What the controller is told.
public enum ControlInput: Sendable {
    /// A look at all hardware, at regular intervals of a quarter to one second.
    case tick(RigObservation)
    /// How much power the rig may use now; before the first, none.
    case setpoint(PowerSetpoint)
    /// The real-time relay has cut the boards' lines, or lets go of them.
    case relayTripped
    case relayReleased
    case command(OperatorCommand)
    /// Whether there is anything to hash: without work no board is started, and none is blamed for finding nothing.
    case hasWork(Bool)
    /// The agent is about to end: boards go off, fans go on. `RigController.isStopped` tells when it may.
    case end
}

/// What earlier runs have left behind, a file each; what is missing starts afresh.
public struct ControlMemory: Sendable {
    public var faults = FaultRecord()
    public var cycles: CycleLedger
    public var tuning: TuningRecord
    public var starts = StartLedger()

    public init(supplyCount: Int, boardCount: Int) {
        cycles = CycleLedger(supplyCount: supplyCount, boardCount: boardCount)
        tuning = TuningRecord(boardCount: boardCount)
    }
}

/// Why a board does not run, the most important reason; or that it does.
public enum BoardHold: Hashable, Sendable {
    case none
    case relay
    /// The agent is ending.
    case ending
    /// The set point is off, or none has come.
    case setpoint
    case heat
    /// The agent has crashed too often.
    case crashLoop
    /// An operator has stopped the board.
    case stopped
    /// Its supply has to be off because of another board.
    case supply
    /// It has failed and waits, or is given up.
    case fault
    case unplugged
    case noWork
    /// There is power for fewer boards.
    case plan

    /// In words.
    public var text: StaticString {
        switch self {
        case .none: "may run"
        case .relay: "the relay holds its lines"
        case .ending: "the agent is ending"
        case .setpoint: "the set point is off"
        case .heat: "held by the thermal controller"
        case .crashLoop: "the agent has crashed too often"
        case .stopped: "stopped by the operator"
        case .supply: "its supply has to stay off"
        case .fault: "waiting after a fault"
        case .unplugged: "not plugged in"
        case .noWork: "nothing to hash"
        case .plan: "there is power for fewer boards"
        }
    }
}
