import Mining
import SHA256
import Testing

@Suite struct CoinbaseTests {
    @Test func theTransactionIDHashesPrefixExtranoncesAndSuffix() throws {
        let coinbase = Coinbase(
            prefix: try decoded(
                "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff20020862062f503253482f04b8864e5008"
            ),
            extranonce1: try decoded("e9695791"),
            suffix: try decoded(
                "072f736c7573682f000000000100f2052a010000001976a914d23fcdf86f7e756a64a7a9688ef9903327048ed988ac00000000"
            ))
        let id = coinbase.transactionID(try Extranonce2(hex: "99999999"))
        #expect(text(id.bytes) == "5e3ed56048b29b7247b1f6eb1bfe762b0550adab59151904e9560871b2462edb")
    }

    @Test(arguments: [KnownMerkleRoot.twelveBranches, .fiveBranches])
    func branchesFoldFromTheLeft(known: KnownMerkleRoot) throws {
        let coinbase = Coinbase(
            prefix: try decoded(known.coinbasePrefix), extranonce1: try decoded(known.extranonce1),
            suffix: try decoded(known.coinbaseSuffix))
        let id = coinbase.transactionID(try Extranonce2(hex: known.extranonce2))
        let branches = try known.branches.map { try Digest(hex: $0) }
        #expect(text(id.merkleRoot(branches: branches).bytes) == known.root)
        #expect(text(id.merkleRoot(branches: branches.reversed()).bytes) != known.root)
    }

    @Test func aBlockWithoutOtherTransactionsHasTheCoinbaseForItsRoot() throws {
        let id = try Digest(hex: "0abff72130542f02b3e2037bc341ec00d9acca1cb91f3e53dd23a508dc196203")
        #expect(id.merkleRoot(branches: []) == id)
    }

    @Test func extranonce2CountsLittleEndianInItsSize() throws {
        #expect(try #require(Extranonce2(1, size: 4)).text == "01000000")
        #expect(try #require(Extranonce2(0x7FFF_FFFF, size: 6)).text == "ffffff7f0000")
        #expect(try #require(Extranonce2(0x0102, size: 16)).text == "0201" + String(repeating: "00", count: 14))
        #expect(try #require(Extranonce2(.max, size: 9)).text == "ffffffffffffffff00")
    }

    @Test(arguments: 1...16)
    func extranonce2NeverWraps(size: Int) throws {
        let largest: UInt64 = size >= 8 ? .max : (1 << UInt64(8 * size)) - 1
        let last = try #require(Extranonce2(largest, size: size))
        #expect(last.successor == nil)
        #expect(try #require(Extranonce2(largest - 1, size: size)).successor == last)
        if size < 8 { #expect(Extranonce2(largest + 1, size: size) == nil) }
    }

    @Test(arguments: [-1, 0, 17, .max])
    func extranonce2OfOtherSizesIsRefused(size: Int) {
        #expect(Extranonce2(0, size: size) == nil)
    }
}
