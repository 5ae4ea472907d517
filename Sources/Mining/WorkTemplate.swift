import SHA256

/// A job made ready to mine: checked, decoded, and joined with what the connection and the pool's settings add to it.
public struct WorkTemplate: Sendable {
    /// How far a header's time may run ahead of the job's, in seconds, unless told otherwise. No rule fixes it:
    /// some pools refuse more than 7000 s, some old ones a few minutes (Docs/mining.md).
    public static let defaultTimeWindow: UInt32 = 600
    /// Longest job id, in bytes.
    public static let jobIDLimit = 64
    /// Longest extranonce1, in bytes.
    public static let extranonce1Limit = 32
    /// Most merkle branches; a tree of 2^32 transactions would fit.
    public static let branchLimit = 32

    /// The pool's name for the job.
    public let jobID: [UInt8]
    /// Number that the caller gives to this job, never the same twice in a run: pools reuse names.
    public let generation: UInt32
    public let previousHash: Digest
    public let merkleBranches: [Digest]
    public let coinbase: Coinbase
    /// Bytes of extranonce2.
    public let extranonce2Size: Int
    /// Header version before rolling.
    public let version: UInt32
    /// Version bits that may be rolled; nil where the pool has not granted rolling.
    public let versionMask: VersionMask?
    /// Header times that may be used.
    public let times: ClosedRange<UInt32>
    /// What solves the block.
    public let network: CompactTarget
    /// What the pool takes as a share.
    public let shareTarget: UInt256

    /// - Parameters:
    ///   - versionMask: nil where the pool has not granted version rolling.
    ///   - timeWindow: seconds by which header times may run ahead of the job's; 0 forbids rolling.
    public init(
        job: JobTemplate, extranonce: Extranonce, versionMask: VersionMask?, difficulty: Difficulty,
        generation: UInt32, timeWindow: UInt32 = Self.defaultTimeWindow
    ) throws(WorkTemplateError) {
        guard (1...Self.jobIDLimit).contains(job.id.count) else { throw .jobIDLength(job.id.count) }
        guard extranonce.prefix.count <= Self.extranonce1Limit else {
            throw .extranonce1Length(extranonce.prefix.count)
        }
        guard Extranonce.supportedSizes.contains(extranonce.size) else { throw .extranonce2Size(extranonce.size) }
        guard job.merkleBranches.count <= Self.branchLimit else { throw .branchCount(job.merkleBranches.count) }
        do throws(CompactTargetError) {
            network = try CompactTarget(bits: job.bits)
        } catch {
            throw .bits(job.bits, error)
        }
        jobID = job.id
        self.generation = generation
        previousHash = job.previousHash
        merkleBranches = job.merkleBranches
        coinbase = Coinbase(prefix: job.coinbasePrefix, extranonce1: extranonce.prefix, suffix: job.coinbaseSuffix)
        extranonce2Size = extranonce.size
        version = job.version
        self.versionMask = versionMask
        let (latest, overflow) = job.time.addingReportingOverflow(timeWindow)
        times = job.time...(overflow ? .max : latest)
        shareTarget = difficulty.target
    }

    /// The merkle root that belongs to `extranonce2`: the dear part of making a header, two hash blocks or more for
    /// the coinbase and three for each branch.
    public func merkleRoot(_ extranonce2: Extranonce2) -> Digest {
        coinbase.transactionID(extranonce2).merkleRoot(branches: merkleBranches)
    }
}

/// What makes a job unfit to mine.
public enum WorkTemplateError: Error, Hashable, Sendable {
    /// The job id is empty or longer than `WorkTemplate.jobIDLimit` bytes.
    case jobIDLength(Int)
    /// extranonce1 is longer than `WorkTemplate.extranonce1Limit` bytes.
    case extranonce1Length(Int)
    /// The pool allots a number of bytes to extranonce2 that is outside `Extranonce.supportedSizes`.
    case extranonce2Size(Int)
    /// More merkle branches than `WorkTemplate.branchLimit`.
    case branchCount(Int)
    /// The network target cannot be decoded.
    case bits(UInt32, CompactTargetError)
}
