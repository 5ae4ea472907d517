/// A real session's work: replaying it lets a miner's known shares be checked from end to end.
struct RecordedSession: Sendable {
    /// The part of the coinbase that the pool gave to the recorded connection.
    let extranonce1: [UInt8]
    let difficulty: String
    private let job: PoolJob

    /// Size of the recorded miner's extranonce2 in bytes, the same in both sessions.
    static let extranonce2Size = 4

    /// A mainnet session of June 2025, in which a miner's share for this job was accepted at difficulty 8192.
    static let publicPool = RecordedSession(
        extranonce1: bytes("4128064f"),
        difficulty: "8192",
        job: PoolJob(
            id: "875b4b7",
            previousHash: PoolJob.reversingEachWord(
                bytes("6b6455fd6db962c101f2d4fc0d67f4a3bc96391d000152960000000000000000")),
            coinbasePrefix: bytes(
                """
                02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff170330c30d5075\
                626c69632d506f6f6c
                """),
            coinbaseSuffix: bytes(
                """
                ffffffff02e5b5c61200000000220020984a77c289084ff2d434c316bdada021c6c183d507c8a20d3b159b09ac02fe28\
                0000000000000000266a24aa21a9edb98ee50410ed4abd48401ed484fc874409d086a3faf0816136a8ad6168314c5800\
                000000
                """),
            branches: [
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
            ].map(bytes),
            version: 0x2000_0000, bits: 0x1702_3a04, time: 0x6854_68d7, isClean: false))

    /// Mainnet block 881423, split into the parts that a pool sends; the winning nonce meets the network target.
    static let block881423 = RecordedSession(
        extranonce1: bytes("04830cee"),
        difficulty: "1000000",
        job: PoolJob(
            id: "j1",
            previousHash: PoolJob.reversingEachWord(
                bytes("8a6ac9e3fe15ca70f8995e21434cb64ac4d2b5e10001543b0000000000000000")),
            coinbasePrefix: bytes(
                """
                01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff3d030f730d0004\
                69c19a67
                """),
            coinbaseSuffix: bytes(
                """
                9a67b6600000000000000a41706f6c6c6f192f6d696e65642062792032353620466f756e646174696f6e2fffffffff02\
                75aac01200000000160014c64b1b9283ba1ea86bb9e7b696b0c8f68dad04000000000000000000266a24aa21a9edb395\
                560ab72068c2afb1d7e6c7db26b813482089d2c4d2471b9036c5e826140600000000
                """),
            branches: [
                "4282357ab0a2f4e8e562c8c5eae1d63b559068f9072374b72e26b88ac841908f",
                "c2bbae90d06f8025ade3516ca2e42d79318b6e56fccb9609df85a654a8341068",
                "cbb30084acbcb5ce6d5436e853bc612466df0c00702be6f51d47072f1a5d0480",
                "bb092e533f70b79246fc9e4bdc9b81ac8332e56f2651e3b237a150d6d807b081",
                "0d32959988733447cb340326a1fe4d3c2cff5d636e32a4e08c3fc5a234f6f6bc",
                "8ba3477940924a90067cff3dd30bc46916cf4c2f73fb6229b8f8197b83b6ddb9",
                "3fe97cc5dec1cddd66c9d3780888c145c12418590cd983c4871b1bf03fabbf9e",
                "bd1c6a3bcd0ebaa0eca54d9c802540f312c7705435601d776b4f59bb52cff67d",
                "8638c10190b8f4f558bafdbb57f46226c349a83f229f431143ae75e425fb5cbd",
                "6d6f4eae41cccb21a7c97ac496d9f89b8a4f772389b76f7691519dda38264221",
                "82dad7a1e2613af0e61f77f03d6208c83e72f917dade4235cc35e37ee3ad6e3f",
            ].map(bytes),
            version: 0x2000_0000, bits: 0x1702_9a8a, time: 0x679a_c169, isClean: true))

    /// The recorded job itself as number 1; then the same work under another name and with another coinbase, as two
    /// jobs with the same headers would make honest shares duplicates.
    func job(sequence: UInt32) -> PoolJob {
        guard sequence > 1 else { return job }
        var later = job
        later.id += "-\(sequence)"
        later.isClean = false
        // The transaction's lock time, which has no effect as the input's sequence number is final.
        later.coinbaseSuffix.replaceSubrange((later.coinbaseSuffix.count - 4)..., with: PoolJob.littleEndian(sequence))
        return later
    }

    /// The bytes of a constant in this file; the tests compare the hashes of the resulting headers with the chain.
    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        guard let bytes = Hexadecimal.bytes(hexadecimal) else {
            preconditionFailure("a recorded constant is not hexadecimal")
        }
        return bytes
    }
}
