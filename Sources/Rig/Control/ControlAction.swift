import ASIC
import Base

/// What the controller wants done. Actions are carried out in their order: lines that cut load come first, then supplies,
/// then everything that may take its time.
public enum ControlAction: Equatable, Sendable {
    /// Drive a fan. Repeated with every tick: a fan controller that lost its setting gets it back.
    case fan(Int, DutyCycle)
    /// Raise or drop a board's enable line. Raising is a lease of `RigController.leaseDuration`: it is repeated with every
    /// tick, and who drives the line drops it when that ceases.
    case boardLine(Int, enable: Bool)
    /// Hold a board's chips in reset whatever its chain wants; false leaves the line to the chain.
    case boardReset(Int, Bool)
    case chain(Int, ChainOrder)
    case supply(Int, SupplyOrder)
    case event(Event)
    /// Write a record to storage; its content is `RigController.json(of:)`.
    case persist(ControlRecord)
    /// Every thread has proved progress: the hardware watchdog may be fed.
    case feedWatchdog
}

/// What a chain is told.
public enum ChainOrder: Hashable, Sendable {
    case start
    case stop
    case setFrequency(ClockFrequency)
}

/// What a supply is told.
public enum SupplyOrder: Hashable, Sendable {
    case on
    case off
    /// Set the output voltage, on or off.
    case voltage(Millivolts)
}

/// What the controller keeps across restarts, a file each.
public enum ControlRecord: Hashable, Sendable, CaseIterable {
    case faults
    case cycles
    case tuning
    case starts
}

/// The actions of one input, sorted by what must come first. Its memory is kept: nothing is allocated once it has reached
/// its working size, but for the texts of events.
public struct ControlPlan: Sendable {
    /// A change of a board's state, for the log.
    public struct Change: Hashable, Sendable {
        public let board: Int
        public let from: BoardState
        public let to: BoardState
    }

    private var lineActions: [ControlAction] = []
    private var supplyActions: [ControlAction] = []
    private var otherActions: [ControlAction] = []
    /// Changes of state since the plan was last emptied, in order.
    public private(set) var changes: [Change] = []

    public init() {
        lineActions.reserveCapacity(64)
        supplyActions.reserveCapacity(32)
        otherActions.reserveCapacity(64)
        changes.reserveCapacity(32)
    }

    /// Appends an action on a board's lines.
    public mutating func lines(_ action: ControlAction) { lineActions.append(action) }

    /// Appends an order to a supply.
    public mutating func supply(_ index: Int, _ order: SupplyOrder) { supplyActions.append(.supply(index, order)) }

    /// Appends what may take its time.
    public mutating func later(_ action: ControlAction) { otherActions.append(action) }

    /// Notes a change of a board's state.
    public mutating func changed(board: Int, from: BoardState, to: BoardState) {
        changes.append(Change(board: board, from: from, to: to))
    }

    /// Moves all actions to `actions`, in order, and is empty.
    public mutating func drain(into actions: inout [ControlAction]) {
        actions.append(contentsOf: lineActions)
        actions.append(contentsOf: supplyActions)
        actions.append(contentsOf: otherActions)
        lineActions.removeAll(keepingCapacity: true)
        supplyActions.removeAll(keepingCapacity: true)
        otherActions.removeAll(keepingCapacity: true)
        changes.removeAll(keepingCapacity: true)
    }
}
