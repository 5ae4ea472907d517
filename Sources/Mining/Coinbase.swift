import SHA256

/// A job's coinbase transaction with only extranonce2 left open.
///
/// The part before extranonce2 is hashed once, so each further extranonce2 costs only what follows it. Computing an
/// id allocates nothing.
public struct Coinbase: Sendable {
    /// Hash stream after everything that comes before extranonce2.
    private let opening: SHA256
    private let suffix: [UInt8]

    /// - Parameters:
    ///   - prefix: serialised coinbase before the extranonce (Stratum's coinb1).
    ///   - extranonce1: the pool's part of the extranonce.
    ///   - suffix: serialised coinbase after the extranonce (coinb2).
    public init(prefix: [UInt8], extranonce1: [UInt8], suffix: [UInt8]) {
        var hash = SHA256()
        hash.update(prefix)
        hash.update(extranonce1)
        opening = hash
        self.suffix = suffix
    }

    /// The transaction id – pools send the coinbase without witness data, so this is the double hash of its bytes – in
    /// internal order.
    public func transactionID(_ extranonce2: Extranonce2) -> Digest {
        var hash = opening
        for index in 0..<extranonce2.size { hash.update(extranonce2[index]) }
        hash.update(suffix)
        return SHA256.hash(of: hash.finalize())
    }
}

extension Digest {
    /// The merkle root above this transaction id when it is the first of its block: each branch in turn, leaf side
    /// first, is the right-hand neighbour.
    public func merkleRoot(branches: [Digest]) -> Digest {
        var node = self
        for branch in branches {
            var hash = SHA256()
            for index in 0..<32 { hash.update(node[index]) }
            for index in 0..<32 { hash.update(branch[index]) }
            node = SHA256.hash(of: hash.finalize())
        }
        return node
    }
}
