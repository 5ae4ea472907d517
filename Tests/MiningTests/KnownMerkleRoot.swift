/// A coinbase in parts, and the merkle root above it.
struct KnownMerkleRoot {
    var coinbasePrefix: String
    var extranonce1: String
    var extranonce2: String
    var coinbaseSuffix: String
    var branches: [String]
    var root: String

    /// Twelve branches (cgminer-era sample, ESP-Miner test_mining).
    static let twelveBranches = KnownMerkleRoot(
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff20020862062f503253482f04b8864e5008e969579199999999072f736c7573682f0000000001",
        extranonce1: "00f2052a",
        extranonce2: "01000000",
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
    static let fiveBranches = KnownMerkleRoot(
        coinbasePrefix:
            "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2503777d07062f503253482f0405b8c75208f800880e000000000b2f436f696e48756e74722f0000000001",
        extranonce1: "603f352a",
        extranonce2: "01000000",
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
}
