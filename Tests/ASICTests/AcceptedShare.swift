import Base
import Mining
import SHA256

/// A session whose share a pool accepted, and the frames that carried it to a BM1370 and back (Docs/mining.md, Docs/
/// chips-uart.md).
enum AcceptedShare {
    static let extranonce1 = bytes("4128064f")
    /// extranonce2 was "17000000": 23 as a little-endian counter.
    static let extranonce2: UInt64 = 23
    static let nonce: UInt32 = 0x7552_034C
    static let versionBits: UInt32 = 0x00B4_4000
    static let hash = bytes("0000000000023704cface997bcf7388694ea43dae96c51d80658687a7d8827fe")

    /// Work of the session, from the extranonce2 at which the share was found.
    static func source(now: Instant, versionMask: VersionMask? = VersionMask(granted: 0x1FFF_E000)) throws -> WorkSource
    {
        let template = try WorkTemplate(
            job: job, extranonce: Extranonce(prefix: extranonce1, size: 4), versionMask: versionMask,
            difficulty: Difficulty(8192)!, generation: 1)
        return WorkSource(template, receivedAt: now, firstExtranonce2: extranonce2)
    }

    static var job: JobTemplate {
        JobTemplate(
            id: Array("875b4b7".utf8), previousHash: previousHash, coinbasePrefix: bytes(coinbasePrefix),
            coinbaseSuffix: bytes(coinbaseSuffix), merkleBranches: branches.map { Digest(bytes: bytes($0))! },
            version: 0x2000_0000, bits: 0x1702_3a04, time: 0x6854_68d7, isClean: false)
    }

    /// The pool sends the bytes of each word reversed.
    private static var previousHash: Digest {
        let sent = Digest(bytes: bytes("6b6455fd6db962c101f2d4fc0d67f4a3bc96391d000152960000000000000000"))!
        var words = sent.words
        for index in 0..<8 { words[index] = words[index].byteSwapped }
        return Digest(words: words)
    }

    private static let coinbasePrefix =
        """
        02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff170330\
        c30d5075626c69632d506f6f6c
        """
    private static let coinbaseSuffix =
        """
        ffffffff02e5b5c61200000000220020984a77c289084ff2d434c316bdada021c6c183d507c8a20d3b159b09\
        ac02fe280000000000000000266a24aa21a9edb98ee50410ed4abd48401ed484fc874409d086a3faf0816136\
        a8ad6168314c5800000000
        """
    private static let branches = [
        "21af451ddb51e887ff1feb5592b87290098565035eb8500031aedcc776d4e72a",
        "c5af269519c809a9546d5a58ca6445d3dbb80cb7045448ecc48309af034da8f8",
        "fb9f8f9959f6bb0ceb63fa53aed1d5a615c6b6d3f50a468ea89a45a1234bda74",
        "a4f4fee8e5fc19ca8d93e67b9236c37ddb864982010434745c0abfe9b914980c",
        "33092206642744fbe5499c3e621cd5c6b52733e54fbebd869f070082b807f740",
        "3b857e32c5cff4864efab967b9a456ca03b2167ab96bd9076ce294c8a67a7fe2",
        "881a07cd881d0c3e590b4b090ea8d58e1439dc56c63686f7de23c47045441e30",
        "315e4dbcc8e7b1c9d594a73978268791880dddb2c26eec8e75768668dad99d80",
        "69952b77c632be16b1ac7ac7048f13d4e962b2e215d79a343f01e6e281d7c304",
        "fc63eb4392c4d6c6d689788875fca35143fdcd4f4a82e8698e0e441751a70b4a",
        "09e419bbe20aa3a7640f1b91f50599ceddff899e90d3f18951ad5418c4850a6b",
        "004978aa346b4f1880bcadb3ca3792d771ee6aeca427f61e74baba44b75cfb88",
    ]
}
