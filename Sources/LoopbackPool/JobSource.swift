/// Where the pool's work comes from.
public enum JobSource: Hashable, Sendable {
    /// The job of a mainnet session of June 2025 (`875b4b7`); later ones differ in name and coinbase lock time only.
    case recorded
    /// The job that became mainnet block 881423; later ones differ in name and coinbase lock time only.
    case block881423
    /// A made-up chain that grows with time, shaped like the mainnet one.
    case synthetic(SyntheticChain)

    /// The difficulty that suits the work: the recorded one, or one that a single processor core can meet.
    public var defaultDifficulty: String {
        recording?.difficulty ?? "0.001"
    }

    var recording: RecordedSession? {
        switch self {
        case .recorded: .publicPool
        case .block881423: .block881423
        case .synthetic: nil
        }
    }

    /// Job number `sequence` on top of block number `block`, both counted from 1.
    func job(sequence: UInt32, block: UInt32, scriptReserve: Int, time: UInt32, isClean: Bool) -> PoolJob {
        switch self {
        case .recorded: RecordedSession.publicPool.job(sequence: sequence)
        case .block881423: RecordedSession.block881423.job(sequence: sequence)
        case .synthetic(let chain):
            chain.job(sequence: sequence, block: block, scriptReserve: scriptReserve, time: time, isClean: isClean)
        }
    }
}

/// Shape of a made-up chain: real coinbase outputs and versions, invented previous hashes, branches and heights.
public struct SyntheticChain: Hashable, Sendable {
    /// Merkle branches per job, 0–24; mainnet blocks have 11–13.
    public var branchCount = 12
    /// Network target in compact form; the default is that of June 2025. `0x207fffff` makes every second share a block.
    public var networkBits: UInt32 = 0x1702_3A04

    public init() {}

    /// `scriptReserve` is the size of both extranonces together, in bytes.
    fileprivate func job(sequence: UInt32, block: UInt32, scriptReserve: Int, time: UInt32, isClean: Bool) -> PoolJob {
        let recorded = RecordedSession.publicPool.job(sequence: 1)
        // BIP 34: the coinbase script starts with the height, here as a three-byte push.
        let height = PoolJob.littleEndian(Self.firstHeight &+ block).prefix(3)
        let script = [3] + height + Array("/loopback/".utf8) + PoolJob.littleEndian(sequence)
        // Version, input count and null outpoint are 41 bytes and the same in every coinbase; then the script's length.
        let prefix = recorded.coinbasePrefix.prefix(41) + [UInt8(script.count + scriptReserve)] + script
        let parent = TextbookSHA256.doubleHash(Array("block".utf8) + PoolJob.littleEndian(block))
        let branches = (0..<branchCount).map { index in
            TextbookSHA256.doubleHash(parent + PoolJob.littleEndian(sequence) + PoolJob.littleEndian(UInt32(index)))
        }
        return PoolJob(
            id: String(sequence, radix: 16),
            // A block hash ends in zeros (in header order) as long as its difficulty is high.
            previousHash: parent.prefix(24) + [UInt8](repeating: 0, count: 8),
            coinbasePrefix: Array(prefix), coinbaseSuffix: recorded.coinbaseSuffix, branches: branches,
            version: recorded.version, bits: networkBits, time: time, isClean: isClean)
    }

    private static let firstHeight: UInt32 = 900_000
}
