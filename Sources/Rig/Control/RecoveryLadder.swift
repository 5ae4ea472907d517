import Base

/// Which rung a board that failed gets next, and when it is given up. Bounded: every fault of the board climbs, only
/// proven work leads back to the ground.
public struct RecoveryLadder: Hashable, Sendable {
    /// A rung, and how long the board stays on it.
    public struct Rung: Hashable, Sendable {
        public let step: RecoveryStep
        public let dwell: Duration
    }

    /// The rungs in order (Docs/control.md, "Recovery").
    static let rungs: [Rung] = [
        Rung(step: .reinitialise, dwell: .seconds(2)), Rung(step: .reset, dwell: .seconds(10)),
        Rung(step: .powerCycle, dwell: .seconds(45)), Rung(step: .backOff, dwell: .seconds(60)),
        Rung(step: .backOff, dwell: .seconds(300)), Rung(step: .backOff, dwell: .seconds(900)),
    ]

    /// What a loss of the supply leads to, without climbing; the supply's own budget bounds it.
    static let supplyRung = Rung(step: .powerCycle, dwell: .seconds(60))

    /// Hashing for so long forgets all earlier faults.
    static let proof = Duration.seconds(600)

    /// The next rung, counted from the ground; `rungs.count` when none is left.
    public private(set) var position = 0

    public init() {}

    /// Climbs. Nil: the board is given up.
    public mutating func climb(for fault: BoardFault) -> Rung? { climb(for: fault, disabling: []) }

    /// For tests that take protections away.
    mutating func climb(for fault: BoardFault, disabling disabled: PowerProtections) -> Rung? {
        guard !fault.isFinal || disabled.contains(.finalFaults) else {
            position = Self.rungs.count
            return nil
        }
        if fault.isOfSupply, !disabled.contains(.outagesAreFree) { return Self.supplyRung }
        while position < Self.rungs.count, Self.rungs[position].step < fault.leastStep { position += 1 }
        guard position < Self.rungs.count else { return nil }
        defer { position += 1 }
        return Self.rungs[position]
    }

    /// The board has hashed long enough, or a person has looked at it.
    public mutating func reset() {
        position = 0
    }
}
