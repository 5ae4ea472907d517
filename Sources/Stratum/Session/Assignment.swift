import Mining

/// All it takes to mine for a pool: a job with what applied when it was sent.
public struct Assignment: Sendable {
    /// Names this assignment in the shares found for it. The upper half is the connection's number, the lower counts.
    public internal(set) var generation: UInt32
    public internal(set) var job: JobTemplate
    public internal(set) var extranonce: Extranonce
    /// What shares for this job must reach.
    public internal(set) var difficulty: Difficulty
    /// The version bits that the miner may choose; nil when the pool has not granted any, and expects none with a share.
    public internal(set) var versionMask: UInt32?

    /// Whether shares for one are shares for the other: the same header space, whatever mask, difficulty or time of sending.
    func isSameWork(as other: Assignment) -> Bool {
        var job = job
        job.isClean = other.job.isClean
        return job == other.job && extranonce == other.extranonce
    }
}

/// A find to be submitted.
public struct Submission: Sendable {
    /// The caller's name for the share, returned with what becomes of it.
    public var id: UInt64
    /// The `Assignment` that it was found for.
    public var generation: UInt32
    /// The bytes that are in the coinbase.
    public var extranonce2: [UInt8]
    /// The header's time.
    public var time: UInt32
    public var nonce: UInt32
    /// The header's version, only the bits of the assignment's mask; nil when that had none.
    public var versionBits: UInt32?
    /// How difficult the hash is, for statistics.
    public var difficulty: Double

    public init(
        id: UInt64, generation: UInt32, extranonce2: [UInt8], time: UInt32, nonce: UInt32, versionBits: UInt32?,
        difficulty: Double
    ) {
        self.id = id
        self.generation = generation
        self.extranonce2 = extranonce2
        self.time = time
        self.nonce = nonce
        self.versionBits = versionBits
        self.difficulty = difficulty
    }
}
