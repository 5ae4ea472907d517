import Base
import Buses
import Synchronization

/// The two lines of a hash board that take load off: its chips' reset, and its enable line where it has one.
///
/// Two threads drive them. The board's own lets its chain out of reset; the supervisor's holds the chips in reset whatever
/// the chain wants, and lends the enable line for a while at a time. Neither waits for the other: each notes its wish, drives
/// the line as all wishes together demand, and looks again afterwards, so that whichever write comes last is the right one.
/// Lines are written from both threads: they must bear that, as the kernel's GPIO lines do.
public final class BoardLines: @unchecked Sendable {
    /// Looks again so often; two threads that each change their mind once need two.
    static let attempts = 4

    private let reset: any OutputLine
    private let enable: (any OutputLine)?
    private let isChainReset = Atomic<Bool>(true)
    private let isHeld = Atomic<Bool>(true)
    /// When the lease on the enable line ends, in nanoseconds of the clock; 0: there is none.
    private let enabledUntil = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - reset: active while the chips are in reset.
    ///   - enable: active while the board takes load.
    public init(reset: any OutputLine, enable: (any OutputLine)?) {
        self.reset = reset
        self.enable = enable
    }

    /// The reset line as the chain may drive it.
    public var chainReset: any OutputLine { ChainReset(self) }

    /// Holds the chips in reset, or leaves the line to the chain.
    public func hold(_ isHeld: Bool) throws(BusFault) {
        self.isHeld.store(isHeld, ordering: .sequentiallyConsistent)
        try settleReset()
    }

    /// Enables the board until then; a later call prolongs it.
    public func enable(until: Instant) throws(BusFault) {
        enabledUntil.store(max(1, until.nanoseconds), ordering: .sequentiallyConsistent)
        try settleEnable()
    }

    /// Takes the board's load off.
    public func disable() throws(BusFault) {
        enabledUntil.store(0, ordering: .sequentiallyConsistent)
        try settleEnable()
    }

    /// Takes the load off when nobody has renewed the lease: true once. For the board's thread, often.
    public func expire(now: Instant) throws(BusFault) -> Bool {
        let until = enabledUntil.load(ordering: .sequentiallyConsistent)
        guard until != 0, until <= now.nanoseconds else { return false }
        let (isOver, _) = enabledUntil.compareExchange(
            expected: until, desired: 0, ordering: .sequentiallyConsistent)
        guard isOver else { return false }
        isHeld.store(true, ordering: .sequentiallyConsistent)
        try settleReset()
        try settleEnable()
        return true
    }

    /// When `expire` is due; nil while the board is not enabled.
    public var expiry: Instant? {
        let until = enabledUntil.load(ordering: .sequentiallyConsistent)
        return until == 0 ? nil : Instant(nanoseconds: until)
    }

    private func settleReset() throws(BusFault) {
        for _ in 0..<Self.attempts {
            let wanted = isInReset
            try reset.set(wanted)
            if isInReset == wanted { return }
        }
        throw BusFault(.busy, bus: BusName(.gpio, 0), operation: "settle the reset line")
    }

    private func settleEnable() throws(BusFault) {
        guard let enable else { return }
        for _ in 0..<Self.attempts {
            let wanted = expiry != nil
            try enable.set(wanted)
            if (expiry != nil) == wanted { return }
        }
        throw BusFault(.busy, bus: BusName(.gpio, 0), operation: "settle the enable line")
    }

    private var isInReset: Bool {
        isChainReset.load(ordering: .sequentiallyConsistent) || isHeld.load(ordering: .sequentiallyConsistent)
    }

    private final class ChainReset: OutputLine {
        private let lines: BoardLines

        init(_ lines: BoardLines) { self.lines = lines }

        func set(_ active: Bool) throws(BusFault) {
            lines.isChainReset.store(active, ordering: .sequentiallyConsistent)
            try lines.settleReset()
        }

        func isActive() throws(BusFault) -> Bool { try lines.reset.isActive() }
    }
}
