import Base
import Mining
import SHA256
import Testing

/// A job as a pool sent it, in Stratum's text form.
struct KnownJob {
    var id: String
    /// Stratum's form: the bytes of each 32-bit word are reversed.
    var previousHash: String
    var coinbasePrefix: String
    var coinbaseSuffix: String
    var branches: [String]
    var version: UInt32
    var bits: UInt32
    var time: UInt32

    func template() throws -> JobTemplate {
        let swapped = try Digest(hex: previousHash).words
        var previous = SIMD8<UInt32>()
        for index in 0..<8 { previous[index] = swapped[index].byteSwapped }
        return JobTemplate(
            id: Array(id.utf8), previousHash: Digest(words: previous), coinbasePrefix: try decoded(coinbasePrefix),
            coinbaseSuffix: try decoded(coinbaseSuffix), merkleBranches: try branches.map { try Digest(hex: $0) },
            version: version, bits: bits, time: time, isClean: false)
    }

    func work(
        extranonce1: String, extranonce2Size: Int = 4, mask: VersionMask? = VersionMask(granted: 0x1FFF_E000),
        difficulty: Difficulty?, generation: UInt32 = 1, timeWindow: UInt32 = WorkTemplate.defaultTimeWindow
    ) throws -> WorkTemplate {
        try WorkTemplate(
            job: try template(), extranonce: Extranonce(prefix: try decoded(extranonce1), size: extranonce2Size),
            versionMask: mask, difficulty: try #require(difficulty), generation: generation, timeWindow: timeWindow)
    }
}

extension KnownJob {
    /// A job of a public pool whose share, found by a BM1370, was accepted (June 2025).
    static let recorded = KnownJob(
        id: "875b4b7",
        previousHash: "6b6455fd6db962c101f2d4fc0d67f4a3bc96391d000152960000000000000000",
        coinbasePrefix:
            "02000000010000000000000000000000000000000000000000000000000000000000000000ffffffff170330c30d5075626c69632d506f6f6c",
        coinbaseSuffix:
            "ffffffff02e5b5c61200000000220020984a77c289084ff2d434c316bdada021c6c183d507c8a20d3b159b09ac02fe280000000000000000266a24aa21a9edb98ee50410ed4abd48401ed484fc874409d086a3faf0816136a8ad6168314c5800000000",
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
        ],
        version: 0x2000_0000, bits: 0x1702_3a04, time: 0x6854_68d7)

    /// The job that led to block 881423; the split of its coinbase is one of several possible.
    static let block881423 = KnownJob(
        id: "j1",
        previousHash: "8a6ac9e3fe15ca70f8995e21434cb64ac4d2b5e10001543b0000000000000000",
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff3d030f730d000469c19a67",
        coinbaseSuffix:
            "9a67b6600000000000000a41706f6c6c6f192f6d696e65642062792032353620466f756e646174696f6e2fffffffff0275aac01200000000160014c64b1b9283ba1ea86bb9e7b696b0c8f68dad04000000000000000000266a24aa21a9edb395560ab72068c2afb1d7e6c7db26b813482089d2c4d2471b9036c5e826140600000000",
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
        ],
        version: 0x2000_0000, bits: 0x1702_9a8a, time: 0x679a_c169)

    /// A job whose share of difficulty 683.5 is known (ESP-Miner, test_mining).
    static let may2023 = KnownJob(
        id: "10.4",
        previousHash: "0c859545a3498373a57452fac22eb7113df2a465000543520000000000000000",
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4b0389130cfabe6d6d5cbab26a2599e92916edec5657a94a0708ddb970f5c45b5d12905085617eff8e",
        coinbaseSuffix:
            "31650707758de07b010000000000001cfd7038212f736c7573682f000000000379ad0c2a000000001976a9147c154ed1dc59609e3d26abb2df2ea3d587cd8c4188ac00000000000000002c6a4c2952534b424c4f434b3ae725d3994b811572c1f345deb98b56b465ef8e153ecbbd27fa37bf1b005161380000000000000000266a24aa21a9ed63b06a7946b190a3fda1d76165b25c9b883bcc6621b040773050ee2a1bb18f1800000000",
        branches: [
            "2b77d9e413e8121cd7a17ff46029591051d0922bd90b2b2a38811af1cb57a2b2",
            "5c8874cef00f3a233939516950e160949ef327891c9090467cead995441d22c5",
            "2d91ff8e19ac5fa69a40081f26c5852d366d608b04d2efe0d5b65d111d0d8074",
            "0ae96f609ad2264112a0b2dfb65624bedbcea3b036a59c0173394bba3a74e887",
            "e62172e63973d69574a82828aeb5711fc5ff97946db10fc7ec32830b24df7bde",
            "adb49456453aab49549a9eb46bb26787fb538e0a5f656992275194c04651ec97",
            "a7bc56d04d2672a8683892d6c8d376c73d250a4871fdf6f57019bcc737d6d2c2",
            "d94eceb8182b4f418cd071e93ec2a8993a0898d4c93bc33d9302f60dbbd0ed10",
            "5ad7788b8c66f8f50d332b88a80077ce10e54281ca472b4ed9bbbbcb6cf99083",
            "9f9d784b33df1b3ed3edb4211afc0dc1909af9758c6f8267e469f5148ed04809",
            "48fd17affa76b23e6fb2257df30374da839d6cb264656a82e34b350722b05123",
            "c4f5ab01913fc186d550c1a28f3f3e9ffaca2016b961a6a751f8cca0089df924",
            "cff737e1d00176dd6bbfa73071adbb370f227cfb5fba186562e4060fcec877e1",
        ],
        version: 0x2000_0004, bits: 0x1705_ae3a, time: 0x6470_25b5)

    /// The job in BM1397 chip vectors (ESP-Miner, verifiers/bm1397.py); its coinbase, known whole, is split anywhere.
    static let bm1397 = KnownJob(
        id: "v6",
        previousHash: "bf44fd3513dc7b837d60e5c628b572b448d204a8000007490000000000000000",
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4b03e60e0cfabe6d6d7595fc426909f3a63c56",
        coinbaseSuffix:
            "618ec42cc51188ed0632b69f1c3053a8f81801000000000000001165060344b67900000000000000002c28569a1f2f736c7573682f0000000003a1f3a22b000000001976a9147c154ed1dc59609e3d26abb2df2ea3d587cd8c4188ac00000000000000002c6a4c2952534b424c4f434b3a799d4c611eff5765ba06d2c58ad71b5734d677cea10942664b2a712d005108ae0000000000000000266a24aa21a9ed5c4d2056e3eef09b05d95897adec38c5c3f460a919e95f87e15664957c70305a00000000",
        branches: [
            "4ea53a030256c37391b891b0d5060537df63944ce3fcd45121215596376bb3db",
            "22cd1dde2c1b083237bbadd62ed1d51ee455265b7defe04dc8bcae7e5acacb33",
            "60c781a8b02c07544cb3a91de3b4d7a13f9939c8579f3ac92fa28e802ace1b39",
            "d89820b36568adc0705d71d639e69ccb7c168a1051697846cf5d98e5725ee4e3",
            "73f0f773a3b6097388984f934ba1b01afc771c33db6df126cd6971cfea9f8f49",
            "420958bbb39f6b8ad30e5b45b38a3825bf76f619b7dbb73a0366605ff882e91d",
            "75f9ef87931104db956c88d65198596049af51017af4685c4548f2c31ec75b6d",
            "70dd7189d5b927ac10a750062e5ab9f8b83fb784068e1c80d0df919bcf22e1b2",
            "b34f2440b2b4609e44594885a397086339f4a2d880fb2d50ac585f757b895832",
            "4c62d861fb259a743d1e2787eeac5bdd22a9883b5cc0b025843cff9441ea6b74",
            "62522d5d8e2ff9d721a9a4b91931ec61069fff7c8ad23119718c068a035b9b1b",
            "a0e7cf5509d9d0d87ff9a4f6332f76a243de01f4e93289b290e937e7fd03224f",
        ],
        version: 0x2000_0004, bits: 0x1705_dd01, time: 0x6465_8bd8)
}
