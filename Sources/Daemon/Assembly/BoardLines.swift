import Base
import Buses
import Synchronization

/// The lines of a hash board that take load off, as the controller drives them, and the lease on them.
///
/// The supervisor's thread lends the board its power for a while at a time; the board's own thread takes it away when nobody
/// has renewed the loan, so that a supervisor that hangs takes the load off by doing nothing. Both may drive the lines at any
/// time (`GatedLine`). When a renewal and the end of the lease meet, the lines may end up down: the next renewal raises them.
final class BoardLines: Sendable {
    private let lines: RigLines.Chain
    /// When the lease ends, in nanoseconds of the clock; 0: there is none.
    private let enabledUntil = Atomic<UInt64>(0)

    init(_ lines: RigLines.Chain) {
        self.lines = lines
    }

    /// Holds the chips in reset, or leaves the line to the chain.
    func hold(_ isHeld: Bool) throws(BusFault) {
        try lines.reset?.setGate(isHeld)
    }

    /// Lets the board take load until then; a later call prolongs it.
    func enable(until: Instant) throws(BusFault) {
        enabledUntil.store(max(1, until.nanoseconds), ordering: .sequentiallyConsistent)
        try lines.enable?.setGate(true)
        try lines.start?.setGate(true)
    }

    /// Takes the board's load off.
    func disable() throws(BusFault) {
        enabledUntil.store(0, ordering: .sequentiallyConsistent)
        try lower()
    }

    /// Takes the load off when nobody has renewed the lease: true once. For the board's thread, often.
    func expire(now: Instant) throws(BusFault) -> Bool {
        let until = enabledUntil.load(ordering: .sequentiallyConsistent)
        guard until != 0, until <= now.nanoseconds else { return false }
        let (isOver, _) = enabledUntil.compareExchange(expected: until, desired: 0, ordering: .sequentiallyConsistent)
        guard isOver else { return false }
        try lines.reset?.setGate(true)
        try lower()
        return true
    }

    /// When `expire` is due; nil while the board may take no load.
    var expiry: Instant? {
        let until = enabledUntil.load(ordering: .sequentiallyConsistent)
        return until == 0 ? nil : Instant(nanoseconds: until)
    }

    private func lower() throws(BusFault) {
        try lines.start?.setGate(false)
        try lines.enable?.setGate(false)
    }
}
