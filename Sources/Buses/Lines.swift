import Base

/// A digital output. `true` is the active state: whether that is a high or a low level is settled below this protocol,
/// from the board file.
public protocol OutputLine: AnyObject {
    func set(_ active: Bool) throws(BusFault)

    /// The state the line really has, where the hardware lets it be read back.
    /// - Throws: `unsupported` where it does not.
    func isActive() throws(BusFault) -> Bool
}

/// A digital input; active-low lines are resolved below.
public protocol InputLine: AnyObject {
    func isActive() throws(BusFault) -> Bool
}

/// A change of an input line.
public struct Edge: Equatable, Sendable {
    /// The state that the line changed to.
    public enum Direction: Equatable, Sendable {
        case toActive, toInactive
    }

    public var direction: Direction
    /// When the interrupt was taken, on the clock that `now` comes from.
    public var at: Instant
    /// Counts this line's edges since it was opened, with those that were lost.
    public var sequence: UInt32

    public init(_ direction: Direction, at: Instant, sequence: UInt32) {
        self.direction = direction
        self.at = at
        self.sequence = sequence
    }
}

/// An input line whose changes are recorded with their time.
public protocol EdgeSource: AnyObject {
    /// Moves waiting edges, oldest first, into the front of `edges` and returns how many; 0 when there are none.
    func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int

    /// How many edges were lost, since the line was opened, because nobody read them in time.
    var lost: UInt64 { get }
}
