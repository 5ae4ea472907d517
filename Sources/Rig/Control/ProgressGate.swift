import Base

/// Decides whether the hardware watchdog may be fed: only while everybody whose silence is dangerous proves progress.
///
/// A party proves it by a count that changes; a thread that hangs, spins or died leaves its count alone.
public struct ProgressGate: Sendable {
    /// A thread, or a task within one.
    public struct Party: Hashable, Sendable {
        /// For logs: `relay`, `board 1`, `sensors i2c-0`.
        public var name: String
        /// How long its count may stay the same.
        public var limit: Duration

        public init(_ name: String, limit: Duration) {
            self.name = name
            self.limit = limit
        }
    }

    public let parties: [Party]
    private var counts: [UInt64]
    private var changedAt: [Instant]

    /// Every party gets its whole limit to begin with.
    public init(_ parties: [Party], now: Instant) {
        self.parties = parties
        counts = Array(repeating: 0, count: parties.count)
        changedAt = Array(repeating: now, count: parties.count)
    }

    /// Takes the parties' counts, in the order of `parties`; a count that is missing has not changed.
    public mutating func note(_ counts: [UInt64], now: Instant) {
        for index in parties.indices where index < counts.count && counts[index] != self.counts[index] {
            self.counts[index] = counts[index]
            changedAt[index] = now
        }
    }

    /// The party that has been without progress for longest beyond its limit; nil while all are well.
    public func laggard(now: Instant) -> Int? {
        var worst: (index: Int, excess: Duration)?
        for index in parties.indices {
            let excess = now - changedAt[index] - parties[index].limit
            if excess > .zero, worst.map({ excess > $0.excess }) ?? true { worst = (index, excess) }
        }
        return worst?.index
    }
}
