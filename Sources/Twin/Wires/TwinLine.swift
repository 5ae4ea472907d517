import Base
import Buses

/// A line of the simulated rig's control board: an output that the agent drives, or an input that it reads.
public final class TwinLine: OutputLine, InputLine {
    private let place: BusName
    private let offset: UInt32
    private let state: LineState
    private let access: TwinAccess
    private let isOutput: Bool

    init(chip: UInt16, offset: UInt32, state: LineState, isOutput: Bool, access: TwinAccess) {
        place = BusName(.gpio, chip)
        self.offset = offset
        self.state = state
        self.isOutput = isOutput
        self.access = access
    }

    /// Takes effect at once; without effect, and free of cost, when the line is so already.
    /// - Throws: `unsupported` for an input.
    public func set(_ active: Bool) throws(BusFault) {
        guard isOutput else {
            throw BusFault(.unsupported, bus: place, address: UInt16(clamping: offset), operation: "set line")
        }
        let now = access.enter()
        if state.changes(with: active) {
            access.plant.settle(to: now)
            state.drive(active)
            access.plant.lineWasDriven(at: now)
        } else {
            state.drive(active)
        }
        access.leave()
    }

    /// The level on the wire, which a fault may hold against what is driven.
    public func isActive() throws(BusFault) -> Bool {
        _ = access.enter()
        let active = state.isActive
        access.leave()
        return active
    }
}
