/// A find that is worth submitting.
///
/// Stratum writes `time`, `nonce` and `versionBits` as eight hexadecimal digits, most significant first
/// (`Hex.append(_:to:)`), and extranonce2 as `Extranonce2.appendHex(to:)` does.
public struct Share: Sendable {
    /// The pool's name for the job.
    public let jobID: [UInt8]
    /// The number that the caller gave to the job.
    public let generation: UInt32
    public let extranonce2: Extranonce2
    /// The header's time.
    public let time: UInt32
    public let nonce: UInt32
    /// The rolled bits of the header's version; nil where the pool has not granted rolling and expects no such field.
    public let versionBits: UInt32?
    /// The header's hash.
    public let hash: UInt256

    init(_ header: BlockHeader, of work: Work, hash: UInt256) {
        jobID = work.jobID
        generation = work.generation
        extranonce2 = work.extranonce2
        time = header.time
        nonce = header.nonce
        versionBits = work.versionMask.map { header.version & $0.bits }
        self.hash = hash
    }
}
