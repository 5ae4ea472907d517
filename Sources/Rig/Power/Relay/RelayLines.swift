import Base
import Buses

/// The lines that the relay takes load off with, in the order of the way off, and the word that they stay off.
public struct RelayLines: Sendable {
    public let inhibit: Inhibit
    private let lines: [GuardedLine]

    /// - Parameter lines: all guarded by `inhibit`.
    public init(_ lines: [GuardedLine], inhibit: Inhibit) {
        self.inhibit = inhibit
        self.lines =
            lines.filter { $0.stage == .chipsInReset } + lines.filter { $0.stage == .boardsDisabled }
            + lines.filter { $0.stage == .supplyOff }
    }

    /// Forbids everybody to switch on, then writes every line; one that fails does not keep the others waiting.
    /// - Parameters:
    ///   - event: gets the time at which each stage was done.
    ///   - clock: read after each line.
    /// - Returns: the first fault.
    public func takeOff(_ event: inout RelayEvent, clock: () -> Instant) -> BusFault? {
        inhibit.set(true)
        var first: BusFault?
        for line in lines {
            do throws(BusFault) {
                try line.takeOff()
            } catch {
                if first == nil { first = error }
                continue
            }
            let now = clock()
            switch line.stage {
            case .chipsInReset: event.chipsInReset = now
            case .boardsDisabled: event.boardsDisabled = now
            case .supplyOff: event.supplyOff = now
            case .bookkeeping: break
            }
        }
        return first
    }

    /// Writes every line again while load is to stay off: a thread that was interrupted between its write and its second
    /// look at the inhibit cannot keep a line on for longer than until the next edge.
    /// - Returns: the first fault.
    public func takeOffAgain() -> BusFault? {
        var first: BusFault?
        for line in lines {
            do throws(BusFault) { try line.takeOff() } catch { if first == nil { first = error } }
        }
        return first
    }

    /// Forbids everybody to switch on, and writes every line, before the first edge: load is to stay off.
    /// - Returns: the first fault.
    public func keepOff() -> BusFault? {
        inhibit.set(true)
        return takeOffAgain()
    }

    /// Allows others to switch on again.
    public func letGo() { inhibit.set(false) }
}
