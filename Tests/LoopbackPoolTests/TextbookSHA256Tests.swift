import Testing

@testable import LoopbackPool

/// Vectors of FIPS 180-4's examples and of well-known block headers.
@Suite struct TextbookSHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func hashesTheStandardsExamples(message: String, digest: String) {
        #expect(Hexadecimal.text(TextbookSHA256.hash(Array(message.utf8))) == digest)
    }

    @Test func hashesTwice() {
        let digest = TextbookSHA256.doubleHash(Array("hello".utf8))
        #expect(Hexadecimal.text(digest) == "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50")
    }

    @Test(arguments: [
        (
            "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f"
                + "617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
            "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", 2536.426298
        ),
        (
            "0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942"
                + "ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695",
            "00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d", 35987218905.508736
        ),
        (
            "000000205d72c17e52804a88cbdaf64f1cabf2df943c5b18172b2600000000000000000014ef2143f9ec661682e8bdb0f32793"
                + "7c06139802da1f7c0c7730d0d1049eee70be37b85c1d072c17c7574df5",
            "00000000000000000024974128beb85f6f39d009538f4d92c64d4b82da8a2660", 7692381402805.814453
        ),
    ])
    func hashesBlocksOfTheChain(header: String, hash: String, difficulty: Double) throws {
        let value = Number256(littleEndian: TextbookSHA256.doubleHash(try #require(Hexadecimal.bytes(header))))
        #expect(value.hexadecimal == hash)
        #expect(abs(ShareDifficulty.met(by: value) / difficulty - 1) < 1e-9)
    }
}
