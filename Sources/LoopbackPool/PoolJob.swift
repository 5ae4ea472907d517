/// One unit of work as `mining.notify` announces it, and the only place where the pool puts a header together.
struct PoolJob: Sendable {
    var id: String
    /// Hash of the previous block in header order; the wire form has the bytes of each 4-byte word reversed.
    var previousHash: [UInt8]
    /// Coinbase transaction before and after the extranonce.
    var coinbasePrefix: [UInt8]
    var coinbaseSuffix: [UInt8]
    /// Merkle branches in header order, leaf side first.
    var branches: [[UInt8]]
    var version: UInt32
    var bits: UInt32
    /// Header time in seconds since 1970.
    var time: UInt32
    /// Whether the job makes all earlier jobs stale.
    var isClean: Bool

    /// The 80-byte header of one share: double-hash the coinbase, fold in the branches, lay out the fields.
    func header(extranonce: [UInt8], version: UInt32, time: UInt32, nonce: UInt32) -> [UInt8] {
        var root = TextbookSHA256.doubleHash(coinbasePrefix + extranonce + coinbaseSuffix)
        for branch in branches { root = TextbookSHA256.doubleHash(root + branch) }
        return Self.littleEndian(version) + previousHash + root + Self.littleEndian(time) + Self.littleEndian(bits)
            + Self.littleEndian(nonce)
    }

    /// The parameters of `mining.notify`, each as JSON text.
    func notifyParameters(clean: Bool) -> [String] {
        let branchTexts = branches.map { "\"\(Hexadecimal.text($0))\"" }
        let texts = [
            id, Hexadecimal.text(Self.reversingEachWord(previousHash)), Hexadecimal.text(coinbasePrefix),
            Hexadecimal.text(coinbaseSuffix),
        ].map(JSONText.string)
        let words = [version, bits, time].map { "\"\(Hexadecimal.text($0))\"" }
        return texts + ["[" + branchTexts.joined(separator: ",") + "]"] + words + [clean ? "true" : "false"]
    }

    /// Reverses the bytes inside every 4-byte word, the way Stratum writes the previous block's hash.
    static func reversingEachWord(_ bytes: [UInt8]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: 4).flatMap { bytes[$0..<min($0 + 4, bytes.count)].reversed() }
    }

    static func littleEndian(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
}
