import Buses

/// A line that takes load off, shared between the relay, which may do so at any moment, and one other thread, which
/// switches it in normal operation.
///
/// The other thread sees an `OutputLine` that refuses to switch on while the relay forbids it. The line underneath must take
/// `set` from two threads: one system call without state of its own, like a GPIO line of the kernel.
public final class GuardedLine: OutputLine, @unchecked Sendable {
    /// Which stage of the way off this line is.
    public let stage: OffStage
    private let line: any OutputLine
    private let inhibit: Inhibit
    /// The state in which there is no load: active for a reset line, inactive for an enable line.
    private let offState: Bool
    private let name: BusName
    private let number: UInt16?

    /// - Parameters:
    ///   - isOffWhenActive: whether the active state is the one without load.
    ///   - name: where the line is, for faults.
    public init(
        _ line: any OutputLine, stage: OffStage, isOffWhenActive: Bool, inhibit: Inhibit, name: BusName,
        number: UInt16? = nil
    ) {
        self.line = line
        self.stage = stage
        self.inhibit = inhibit
        offState = isOffWhenActive
        self.name = name
        self.number = number
    }

    /// Drives the line, for everybody but the relay. Off is always obeyed.
    /// - Throws: `writeRefused` for on while the relay forbids it, the line being off then, besides what the line throws.
    public func set(_ active: Bool) throws(BusFault) {
        if active == offState { return try line.set(active) }
        if inhibit.isSet { throw refusal }
        try line.set(active)
        // The relay may have come between the question and the write: then its "off" may lie before our "on".
        if inhibit.isSet {
            try line.set(offState)
            throw refusal
        }
    }

    /// The state that the line really has.
    public func isActive() throws(BusFault) -> Bool { try line.isActive() }

    /// Takes load off, for the relay, which has set the inhibit before.
    func takeOff() throws(BusFault) { try line.set(offState) }

    private var refusal: BusFault {
        BusFault(.writeRefused, bus: name, address: number, operation: "switch on while the relay keeps load off")
    }
}
