import SHA256

/// What a pool sends to be mined: a block header with the coinbase still in parts (Stratum `mining.notify`).
public struct JobTemplate: Hashable, Sendable {
    /// The pool's name for the job, returned verbatim with each share; 1–64 bytes of UTF-8.
    public var id: [UInt8]
    /// Hash of the previous block, in internal (header) order.
    public var previousHash: Digest
    /// Serialised coinbase before the extranonce.
    public var coinbasePrefix: [UInt8]
    /// Serialised coinbase after the extranonce.
    public var coinbaseSuffix: [UInt8]
    /// Merkle branch from the coinbase to the root, in internal order, leaf side first.
    public var merkleBranches: [Digest]
    /// Header version before any rolling.
    public var version: UInt32
    /// Network target in compact form.
    public var bits: UInt32
    /// Header time in seconds since 1970; the lowest that the pool accepts for this job.
    public var time: UInt32
    /// True when every earlier job of this pool is worthless from now on.
    public var isClean: Bool

    public init(
        id: [UInt8], previousHash: Digest, coinbasePrefix: [UInt8], coinbaseSuffix: [UInt8], merkleBranches: [Digest],
        version: UInt32, bits: UInt32, time: UInt32, isClean: Bool
    ) {
        self.id = id
        self.previousHash = previousHash
        self.coinbasePrefix = coinbasePrefix
        self.coinbaseSuffix = coinbaseSuffix
        self.merkleBranches = merkleBranches
        self.version = version
        self.bits = bits
        self.time = time
        self.isClean = isClean
    }
}
