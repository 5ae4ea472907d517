import Base
import Buses
import Grid

/// What the relay tells the rest of the agent, afterwards.
public struct RelayEvent: Equatable, Sendable {
    /// What happened.
    public enum Kind: Equatable, Sendable {
        /// Load was taken off.
        case off
        /// The relay lets go: others may switch on again. It switches nothing on itself.
        case letGo
        /// The mains can be measured no longer, or again.
        case blind
        case sighted
        /// A line could not be written; the write is repeated with every edge.
        case lineFault(BusFault)
    }

    public var kind: Kind
    /// Counts the relay's events; a gap means that some found no room.
    public var number: UInt32
    /// The newest edge that the decision rests on.
    public var edge: Instant
    public var frequency: Microhertz?
    /// When the edge had been read, when the decision was made.
    public var read: Instant
    public var decided: Instant
    /// When the lines of each stage had been written, by the raw value of `OffStage`; nil for a stage without lines.
    public var chipsInReset: Instant?
    public var boardsDisabled: Instant?
    public var supplyOff: Instant?

    /// An event without lines written.
    public init(
        kind: Kind, number: UInt32, edge: Instant, frequency: Microhertz?, read: Instant, decided: Instant
    ) {
        self.kind = kind
        self.number = number
        self.edge = edge
        self.frequency = frequency
        self.read = read
        self.decided = decided
    }
}

/// The relay without its thread: takes edges, decides, says what to write. Allocates nothing after `init`.
public struct RelayCore<Judge: RelayJudge> {
    /// What is to be done about a verdict.
    public enum Action: Equatable, Sendable {
        /// Nothing has changed; while load is off, the lines are written again.
        case none
        case takeOff
        case letGo
        case blind
        case sighted
    }

    public private(set) var judge: Judge
    /// Whether load is kept off.
    public private(set) var isOff: Bool
    public private(set) var frequency: Microhertz?
    public private(set) var newestEdge: Instant
    private var canSee = false

    public init(_ judge: Judge, now: Instant) {
        self.judge = judge
        isOff = judge.isOff
        newestEdge = now
    }

    /// Takes the next edge.
    public mutating func take(_ edge: Edge) -> Action {
        newestEdge = edge.at
        return act(on: judge.take(edge))
    }

    /// Looks at the time when no edges come.
    public mutating func check(now: Instant) -> Action { act(on: judge.check(now: now)) }

    /// Passes the clock's rate on to the judge.
    public mutating func correct(clockRate: Int32) { judge.correct(clockRate: clockRate) }

    private mutating func act(on verdict: RelayVerdict) -> Action {
        if let found = verdict.frequency { frequency = found }
        if verdict.isOff != isOff {
            isOff = verdict.isOff
            canSee = verdict.canSee
            return isOff ? .takeOff : .letGo
        }
        guard verdict.canSee != canSee else { return .none }
        canSee = verdict.canSee
        return canSee ? .sighted : .blind
    }
}
