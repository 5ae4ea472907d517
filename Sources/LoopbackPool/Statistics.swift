/// What the pool has counted since it was made.
public struct PoolStatistics: Codable, Hashable, Sendable {
    public var total = ShareCounters()
    /// Estimated hashes per second of all connected clients together.
    public var hashesPerSecond = 0.0
    /// Clients that are connected now, oldest first.
    public var clients: [ClientStatistics] = []
    /// The latest clients that have gone, oldest first; at most `departedLimit`.
    public var departed: [ClientStatistics] = []
    /// Connections accepted since the start.
    public var connections = 0
    /// Jobs announced since the start, the same job to several clients counted once.
    public var jobs = 0

    /// How many clients are remembered after they have gone.
    public static let departedLimit = 256
}

/// Names one connection; counted from 1 and never used again.
public typealias ClientID = Int

/// What the pool has counted on one connection.
public struct ClientStatistics: Codable, Hashable, Sendable {
    public var client: ClientID
    /// What the miner calls itself in `mining.subscribe`.
    public var agent = ""
    public var workers: [String] = []
    public var extranonce1 = ""
    /// The difficulty announced last.
    public var difficulty = 0.0
    public var shares = ShareCounters()
    /// Estimated from the work of the accepted shares since the first job was announced.
    public var hashesPerSecond = 0.0
    /// Whole lines received, and how many of them were no request that the pool could read.
    public var linesReceived = 0
    public var malformedLines = 0
    /// Lines dropped unread because the pool was told to be silent.
    public var linesIgnored = 0
    /// Answers to the pool's own requests.
    public var answersReceived = 0
    /// Messages the pool has sent.
    public var messagesSent = 0
    public var notifiesSent = 0
}

/// Shares and what they add up to.
public struct ShareCounters: Codable, Hashable, Sendable {
    public var accepted = 0
    /// Keyed by `RejectReason.rawValue`; reasons that have not occurred are absent.
    public var rejected: [String: Int] = [:]
    /// Sum of the difficulties that the accepted shares had to meet.
    public var work = 0.0
    /// The highest difficulty that an accepted share met.
    public var bestDifficulty = 0.0
    public var blocksFound = 0

    /// All refused shares.
    public var rejectedTotal: Int { rejected.values.reduce(0, +) }

    /// Refused shares of one kind.
    public func rejected(_ reason: RejectReason) -> Int { rejected[reason.rawValue, default: 0] }

    mutating func count(_ share: AcceptedShare) {
        accepted += 1
        work += share.requiredDifficulty
        bestDifficulty = max(bestDifficulty, share.difficulty)
        if share.isBlock { blocksFound += 1 }
    }

    mutating func count(_ reason: RejectReason) {
        rejected[reason.rawValue, default: 0] += 1
    }
}
