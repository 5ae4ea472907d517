import Base
import SHA256
import Testing

/// Vectors: FIPS 180-4 examples (NIST "SHA256.pdf", CAVP byte-oriented tests), Bitcoin's genesis block.
@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func hashesTheExamplesOfTheStandard(message: String, digest: String) {
        #expect(text(SHA256.hash(message.utf8)) == digest)
    }

    @Test func hashesAMillionLetters() {
        var hash = SHA256()
        let chunk = [UInt8](repeating: 0x61, count: 1000)
        for _ in 0..<1000 { hash.update(chunk) }
        #expect(text(hash.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func cutsOfTheMessageMakeNoDifference() {
        let message = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let whole = SHA256.hash(message)
        for cut in 0...message.count {
            var hash = SHA256()
            hash.update(message[..<cut])
            _ = hash.finalize()
            hash.update(message[cut...])
            #expect(hash.finalize() == whole, "cut at \(cut)")
        }
    }

    @Test func everyLengthAroundTheBlockBoundaryIsPaddedRight() {
        // SHA-256 of the concatenated digests of 0…130 bytes of value 0…129, computed with another implementation (OpenSSL's).
        var all = SHA256()
        for length in 0...130 { all.update(SHA256.hash((0..<length).map { UInt8($0) }).bytes) }
        #expect(text(all.finalize()) == "e5bbbecd60c3632a3455f465bfd8b079c30ef608d2bcc34227f4e5573029020e")
    }

    @Test func doubleHashOfTheGenesisHeaderIsTheGenesisHash() throws {
        let header = try #require(Hex.decode(KnownHeader.genesis.utf8))
        let displayed = Array(SHA256.doubleHash(header).bytes.reversed())
        #expect(Hex.encode(displayed) == Array("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f".utf8))
    }

    @Test func doubleHashOfAWord() {
        #expect(
            text(SHA256.doubleHash("hello".utf8)) == "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50")
    }

    @Test func midstateIsTheStateAfterTheFirstHeaderBlock() throws {
        let header = try #require(Hex.decode(KnownHeader.genesis.utf8))
        let midstate = try #require(SHA256.midstate(of: header[..<64]))
        #expect(text(Digest(words: midstate)) == "bc909a336358bff090ccac7d1e59caa8c3c8d8e94f0103c896b187364719f91b")
        #expect(SHA256.midstate(of: header) == nil)
    }

    private func text(_ digest: Digest) -> String {
        String(decoding: Hex.encode(digest.bytes), as: UTF8.self)
    }
}
