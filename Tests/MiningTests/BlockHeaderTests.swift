import Mining
import SHA256
import Testing

/// Historical headers with what is known of them.
struct KnownHeader: CustomTestStringConvertible {
    var name: String
    var bytes: String
    var hash: String
    var midstate: String
    /// Difficulty that the hash meets, where known.
    var difficulty: Double
    var networkDifficulty: Double?

    var testDescription: String { name }

    static let all = [
        KnownHeader(
            name: "block 0",
            bytes:
                "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
            hash: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
            midstate: "bc909a336358bff090ccac7d1e59caa8c3c8d8e94f0103c896b187364719f91b",
            difficulty: 2536.426298, networkDifficulty: 1),
        KnownHeader(
            name: "block 125552",
            bytes:
                "0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695",
            hash: "00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d",
            midstate: "9524c59305c5671316e669ba2d2810a007e86e372f56a9dacd5bce697a78da2d",
            difficulty: 35987218905.508736, networkDifficulty: 244112.487774),
        KnownHeader(
            name: "block 171874",
            bytes:
                "01000000b3aec10cfb91d39d005f1a1e2a127a81e4af245fc0c4b6d088040000000000007e6ebbf2035cab9376138a28ef231f055fc9d6753fdb0f8309f3e9a02fa722ce1426674f87320b1a000187a2",
            hash: "00000000000004b64108a8e4168cfaa890d62b8c061c6b74305b7f6cb2cf9fda",
            midstate: "e48f544a9a3afa71451471134df6c35682b400254bfe0860c99876bf4679ba4e",
            difficulty: 3560528.398929, networkDifficulty: 1498294.362817),
        KnownHeader(
            name: "block 881423",
            bytes:
                "0060592ee3c96a8a70ca15fe215e99f84ab64c43e1b5d2c43b540100000000000000000076f63a35f1b8b5016d3eb0cce2eebbdf58bf8fbea4e870c8f770346bdfcf622d69c19a678a9a021702fb05ff",
            hash: "0000000000000000000269d52c24ea451225613aab095d90d771d4e29aa96cdd",
            midstate: "9e96646d30ae1c0890d085550f85939b6d4db3dd592173218fadf862fbab5614",
            difficulty: 116627841100297.312500, networkDifficulty: 108105433845147.156250),
        KnownHeader(
            name: "a block of April 2019",
            bytes:
                "000000205d72c17e52804a88cbdaf64f1cabf2df943c5b18172b2600000000000000000014ef2143f9ec661682e8bdb0f327937c06139802da1f7c0c7730d0d1049eee70be37b85c1d072c17c7574df5",
            hash: "00000000000000000024974128beb85f6f39d009538f4d92c64d4b82da8a2660",
            midstate: "9a8378bb5dfc122384cf590facbb1c5af6eca129c32db4a840301c8a60f72b57",
            difficulty: 7692381402805.814453, networkDifficulty: 6393023717201.863281),
        KnownHeader(
            name: "share accepted at difficulty 8192",
            bytes:
                "0040b420fd55646bc162b96dfcd4f201a3f4670d1d3996bc96520100000000000000000006ddf5f08c36414b95ea54db71a0c28761a98bcf6355919e044f88725519a7cbd7685468043a02174c035275",
            hash: "0000000000023704cface997bcf7388694ea43dae96c51d80658687a7d8827fe",
            midstate: "cc118b7e56b58f7ce66db939a2f820fbee81c4b41bba6dd664065f7dfb3bdea4",
            difficulty: 29588.013979792577),
    ]
}

@Suite struct BlockHeaderTests {
    @Test(arguments: KnownHeader.all)
    func historicalHeadersHashAsKnown(known: KnownHeader) throws {
        let header = try BlockHeader(hex: known.bytes)
        let hash = UInt256(header.hash)
        #expect(hash.text == known.hash)
        #expect(text(header.midstate) == known.midstate)
        #expect(agree(hash.difficulty, known.difficulty, digits: 10))
        let network = try CompactTarget(bits: header.bits)
        if let difficulty = known.networkDifficulty {
            #expect(agree(network.difficulty, difficulty, digits: difficulty == 1 ? 15 : 12))
            #expect(hash <= network.target)
        } else {
            #expect(hash > network.target)
        }
    }

    @Test(arguments: KnownHeader.all)
    func serialisationIsTheInverseOfParsing(known: KnownHeader) throws {
        let header = try BlockHeader(hex: known.bytes)
        #expect(text(header.bytes) == known.bytes)
        let tail = header.tail
        #expect(text(tail.root) + text(tail.time) + text(tail.bits) == known.bytes.dropFirst(128).prefix(24))
    }

    @Test func fieldsSitWhereTheFormatPutsThem() throws {
        let header = try BlockHeader(hex: KnownHeader.all[3].bytes)
        #expect(header.version == 0x2E59_6000)
        #expect(header.time == 0x679A_C169)
        #expect(header.bits == 0x1702_9A8A)
        #expect(header.nonce == 0xFF05_FB02)
        #expect(text(header.merkleRoot.bytes) == "76f63a35f1b8b5016d3eb0cce2eebbdf58bf8fbea4e870c8f770346bdfcf622d")
        #expect(UInt256(header.previousHash).text.hasPrefix("000000000000000000"))
    }

    @Test func difficultiesOfSharesOfKnownMinersAgree() throws {
        let mediocre = try BlockHeader(
            hex:
                "04000020fc102bd0ea11470daf05a8e133a8a8505e21a2122b7f010000000000000000006d0359c451434605c52a5a9ce074340be47c2c63840731f9edf1db3f26b1cdd9a9f16f643aae051747896e27"
        )
        #expect(UInt256(mediocre.hash).text == "000000000e30101020e2ec8c9302a9ee56b2b2bef354b63489a0801f5789ed19")
        #expect(agree(UInt256(mediocre.hash).difficulty, 18.0434658, digits: 9))
        #expect(mediocre.nonce == 0x276E_8947)
        #expect(text(mediocre.merkleRoot.bytes).hasPrefix("6d0359c4"))
    }

    @Test(arguments: [0, 79, 81, 160])
    func aHeaderHas80Bytes(count: Int) {
        #expect(BlockHeader(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test func doubleHashOfText() {
        #expect(
            text(SHA256.doubleHash("hello".utf8).bytes)
                == "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50")
    }
}
