/// A share that passed every check, with what is needed to check it once more.
public struct AcceptedShare: Encodable, Hashable, Sendable {
    public var client: ClientID
    public var worker: String
    public var job: String
    public var extranonce1: [UInt8]
    public var extranonce2: [UInt8]
    /// The 80 bytes that were hashed.
    public var header: [UInt8]
    /// SHA-256d of the header, in header order; explorers print the bytes reversed.
    public var hash: [UInt8]
    /// What the share had to meet, and what it met.
    public var requiredDifficulty: Double
    public var difficulty: Double
    /// Whether the hash also meets the network target of its header: the share is a block.
    public var isBlock: Bool

    private enum CodingKeys: CodingKey {
        case client, worker, job, extranonce1, extranonce2, header, hash, requiredDifficulty, difficulty, isBlock
    }

    /// Writes bytes as hexadecimal text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(client, forKey: .client)
        try container.encode(worker, forKey: .worker)
        try container.encode(job, forKey: .job)
        try container.encode(Hexadecimal.text(extranonce1), forKey: .extranonce1)
        try container.encode(Hexadecimal.text(extranonce2), forKey: .extranonce2)
        try container.encode(Hexadecimal.text(header), forKey: .header)
        try container.encode(Hexadecimal.text(hash), forKey: .hash)
        try container.encode(requiredDifficulty, forKey: .requiredDifficulty)
        try container.encode(difficulty, forKey: .difficulty)
        try container.encode(isBlock, forKey: .isBlock)
    }
}

/// A line that a miner has sent.
public struct ReceivedLine: Hashable, Sendable {
    public let client: ClientID
    /// The line without its end; bytes that are no UTF-8 are replaced.
    public let text: String
}
