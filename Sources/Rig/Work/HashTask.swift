import Base
import SHA256

/// A range of nonces of one header for one worker of the processor's chain.
public struct HashTask: Sendable {
    /// Names the work that the task was cut from; every report about the task carries it.
    public var workID: UInt64
    public var block: ScanBlock
    /// First nonce still to search.
    public var firstNonce: UInt32
    /// Nonces still to search, at most 2^32 − `firstNonce`.
    public var nonceCount: UInt64
    /// Top 32 bits of the highest hash that is a share (`ScanKernel.scan`).
    public var topLimit: UInt32
    /// When the news arrived that led to this task; the report of its beginning measures from here.
    public var causedAt: Instant

    public init(
        workID: UInt64, block: ScanBlock, firstNonce: UInt32, nonceCount: UInt64, topLimit: UInt32, causedAt: Instant
    ) {
        self.workID = workID
        self.block = block
        self.firstNonce = firstNonce
        self.nonceCount = nonceCount
        self.topLimit = topLimit
        self.causedAt = causedAt
    }
}

/// What the supervisor tells a hash worker.
public enum HashOrder: Sendable {
    /// Drop everything and begin with this: earlier tasks are worthless.
    case replace(HashTask)
    /// Do this when everything before is done.
    case append(HashTask)
    /// Drop everything and wait: nothing is worth hashing.
    case idle
    /// End the thread.
    case stop
}

/// What a hash worker tells the supervisor.
public enum HashReport: Sendable, Equatable {
    /// A nonce whose hash is within the task's limit, still to be checked in full.
    case candidate(worker: Int, workID: UInt64, nonce: UInt32)
    /// The first nonces of a replacing task were searched; `delay` is measured from `HashTask.causedAt`.
    case began(worker: Int, workID: UInt64, delay: Duration)
    /// Every nonce of the task was searched.
    case exhausted(worker: Int, workID: UInt64)
}
