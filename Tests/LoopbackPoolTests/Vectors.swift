@testable import LoopbackPool

/// Published inputs with the results that independent implementations found for them (Docs/pool.md).
enum Vectors {
    struct Merkle: Sendable {
        let coinbasePrefix: String
        let extranonce: String
        let coinbaseSuffix: String
        let branches: [String]
        let root: String
    }

    /// Twelve branches.
    static let twelveBranches = Merkle(
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff20020862"
            + "062f503253482f04b8864e5008e969579199999999072f736c7573682f0000000001",
        extranonce: "00f2052a01000000",
        coinbaseSuffix:
            "1976a914d23fcdf86f7e756a64a7a9688ef9903327048ed988ac00000000",
        branches: [
            "ae23055e00f0f697cc3640124812d96d4fe8bdfa03484c1c638ce5a1c0e9aa81",
            "980fb87cb61021dd7afd314fcb0dabd096f3d56a7377f6f320684652e7410a21",
            "a52e9868343c55ce405be8971ff340f562ae9ab6353f07140d01666180e19b52",
            "7435bdfa004e603953b2ed39f118803934d9cf17b06d979ceb682f2251bafac2",
            "2a91f061a22d27cb8f44eea79938fb241ebeb359891aa907f05ffde7ed44e52e",
            "302401f80eb5e958155135e25200bb8ea181ad2d05e804a531c7314d86403cdc",
            "318ecb6161eb9b4cfd802bd730e2d36c167ddf102e70aa7b4158e2870dd47392",
            "1114332a9858e0cf84b2425bb1e59eaabf91dd102d114aa443d57fc1b3beb0c9",
            "f43f38095c810613ed795a44d9fab02ff25269706f454885db9be05cdf9c06e1",
            "3e2fc26b27fddc39668b59099cd9635761bb72ed92404204e12bdff08b16fb75",
            "463c19427286342120039a83218fa87ce45448e246895abac11fff0036076758",
            "03d287f655813e540ddb9c4e7aeb922478662b0f5d8e9d0cbd564b20146bab76",
        ],
        root: "adbcbc21e20388422198a55957aedfa0e61be0b8f2b87d7c08510bb9f099a893")

    /// Five branches.
    static let fiveBranches = Merkle(
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2503777d"
            + "07062f503253482f0405b8c75208f800880e000000000b2f436f696e48756e74722f0000000001",
        extranonce: "603f352a01000000",
        coinbaseSuffix:
            "1976a914c633315d376c20a973a758f7422d67f7bfed9c5888ac00000000",
        branches: [
            "f0dbca1ee1a9f6388d07d97c1ab0de0e41acdf2edac4b95780ba0a1ec14103b3",
            "8e43fd2988ac40c5d97702b7e5ccdf5b06d58f0e0d323f74dd5082232c1aedf7",
            "1177601320ac928b8c145d771dae78a3901a089fa4aca8def01cbff747355818",
            "9f64f3b0d9edddb14be6f71c3ac2e80455916e207ffc003316c6a515452aa7b4",
            "2d0b54af60fad4ae59ec02031f661d026f2bb95e2eeb1e6657a35036c017c595",
        ],
        root: "5cc58f5e84aafc740d521b92a7bf72f4e56c4cc3ad1c2159f1d094f97ac34eee")

    /// A share of difficulty 683.5109367: version 20000004, nbits 1705ae3a, time 647025b5, nonce 0a029ed1.
    static let pooledShare = Merkle(
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4b038913"
            + "0cfabe6d6d5cbab26a2599e92916edec5657a94a0708ddb970f5c45b5d12905085617eff8e",
        extranonce: "0100000000000000",
        coinbaseSuffix:
            "31650707758de07b010000000000001cfd7038212f736c7573682f000000000379ad0c2a000000001976a9147c"
            + "154ed1dc59609e3d26abb2df2ea3d587cd8c4188ac00000000000000002c6a4c2952534b424c4f434b3ae725d3"
            + "994b811572c1f345deb98b56b465ef8e153ecbbd27fa37bf1b005161380000000000000000266a24aa21a9ed63"
            + "b06a7946b190a3fda1d76165b25c9b883bcc6621b040773050ee2a1bb18f1800000000",
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
        root: "5bdc1968499c3393873edf8e07a1c3a50a97fc3a9d1a376bbf77087dd63778eb")

    /// The previous hash of `pooledShare` as Stratum writes it, its header and the hash as explorers print it.
    static let pooledSharePrevious = "0c859545a3498373a57452fac22eb7113df2a465000543520000000000000000"
    static let pooledShareHeader =
        "040000204595850c738349a3fa5274a511b72ec265a4f23d5243050000000000000000005bdc1968499c339387"
        + "3edf8e07a1c3a50a97fc3a9d1a376bbf77087dd63778ebb52570643aae0517d19e020a"
    static let pooledShareHash = "00000000005fe144efbc66241c0094b8fdc2702b7729226fdfed70ca8094c0b5"
}
