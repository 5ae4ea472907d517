import Base
import Testing

@testable import SHA256

@Suite struct ScanKernelTests {
    @Test(arguments: KnownHeader.all)
    func findsTheNonceOfAHistoricalBlock(header: String) throws {
        let bytes = try #require(Hex.decode(header.utf8))
        let block = try #require(ScanBlock(header: bytes))
        let nonce = bytes[76...].reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        var hits = NonceHits()
        let searched = ScanKernel.scalar.scan(block, from: nonce - 40, count: 100, topLimit: 0, into: &hits)
        #expect(searched == 100)
        #expect(hits.count == 1 && hits[0] == nonce)
    }
}
