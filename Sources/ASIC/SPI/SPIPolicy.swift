import Base

/// What the machines of both families do alike when something goes wrong.
enum SPIPolicy {
    /// Hashing without a fault for this long makes earlier restarts forgotten.
    static let stableTime: Duration = .seconds(600)
    /// Restarts after faults before a chain is given up.
    static let restartLimit = 5
    /// Without a valid nonce for this long a chain is brought up anew; what DragonMint firmware waits.
    static let silenceLimit: Duration = .seconds(300)
    /// How often silence is looked for.
    static let watchInterval: Duration = .seconds(1)
    /// Most results read from a chain before other business has its turn, for each chip.
    static let resultsPerChip = 8

    /// Transfers after which a chain lets go of the bus for a moment, so that whoever holds it can see to other wishes:
    /// 0.1 s on the slowest bus, some 10 ms otherwise.
    static let burstLimit = 16

    /// The wait before restart number `attempt`, from 1: one second, doubled each time up to a minute.
    static func backoff(attempt: Int) -> Duration { ChainTiming().backoff(attempt: attempt) }
}
