import Base
import Testing

@testable import SHA256

/// What every kernel of this machine must do, the portable one included.
@Suite struct ScanKernelTests {
    static let kernels = ScanKernel.runnable

    /// A header whose nonce solves it, ready to be scanned.
    struct Solved {
        let block: ScanBlock
        let nonce: UInt32

        init(_ header: String) throws {
            let bytes = try #require(Hex.decode(header.utf8))
            block = try #require(ScanBlock(header: bytes))
            nonce = bytes[76...].reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        }
    }

    @Test(arguments: kernels, KnownHeader.all)
    func findsTheNonceOfAHistoricalBlockInEveryLane(kernel: ScanKernel, header: String) throws {
        let solved = try Solved(header)
        for offset in 0..<kernel.lanes {
            let lead = UInt32(4 * kernel.lanes + offset)
            var hits = NonceHits()
            let searched = kernel.scan(solved.block, from: solved.nonce - lead, count: 1000, topLimit: 0, into: &hits)
            #expect(searched == 1000)
            #expect(hits.count == 1 && hits[0] == solved.nonce, "offset \(offset)")
        }
    }

    @Test(arguments: kernels)
    func aRangeEndsWhereItShould(kernel: ScanKernel) throws {
        let solved = try Solved(KnownHeader.genesis)
        for before in 0...UInt32(2 * kernel.lanes) {
            // The winning nonce is just outside, then the last one inside.
            var hits = NonceHits()
            let first = solved.nonce - before
            #expect(kernel.scan(solved.block, from: first, count: UInt64(before), topLimit: 0, into: &hits) == before)
            #expect(hits.count == 0)
            #expect(
                kernel.scan(solved.block, from: first, count: UInt64(before) + 1, topLimit: 0, into: &hits) == before
                    + 1)
            #expect(hits.count == 1)
        }
    }

    @Test(arguments: kernels)
    func theRangeStopsAtTheLastNonce(kernel: ScanKernel) throws {
        let block = try Solved(KnownHeader.genesis).block
        var hits = NonceHits()
        #expect(kernel.scan(block, from: .max - 20, count: 1 << 32, topLimit: .max, into: &hits) == 21)
        #expect(hits.count == 21 && hits[20] == .max)
    }

    @Test(arguments: kernels)
    func stopsRightBehindTheHitThatFillsTheList(kernel: ScanKernel) throws {
        let block = try Solved(KnownHeader.block125552).block
        var hits = NonceHits()
        // Every nonce hits this limit.
        #expect(kernel.scan(block, from: 5, count: 1000, topLimit: .max, into: &hits) == 64)
        #expect(hits.isFull && hits[0] == 5 && hits[63] == 68)
        #expect(kernel.scan(block, from: 69, count: 1000, topLimit: .max, into: &hits) == 0)
        hits.removeAll()
        // A quarter of them: the scan resumes where it stopped without losing or repeating one.
        var found: [UInt32] = []
        var next: UInt32 = 0
        while next < 2000 {
            next += UInt32(
                kernel.scan(block, from: next, count: UInt64(2000 - next), topLimit: 0x3FFF_FFFF, into: &hits))
            found += (0..<hits.count).map { hits[$0] }
            hits.removeAll()
        }
        #expect(found == (0..<2000).filter { topBits(block, $0) <= 0x3FFF_FFFF })
        #expect(found.count > 400)
    }

    @Test(arguments: kernels)
    func theLimitIsExact(kernel: ScanKernel) throws {
        let block = try Solved(KnownHeader.block171874).block
        for nonce: UInt32 in 0..<100 {
            let exact = topBits(block, nonce)
            var hits = NonceHits()
            _ = kernel.scan(block, from: nonce, count: 1, topLimit: exact, into: &hits)
            #expect(hits.count == 1)
            hits.removeAll()
            _ = kernel.scan(block, from: nonce, count: 1, topLimit: exact - 1, into: &hits)
            #expect(hits.count == 0)
        }
    }

    /// With a filter of 12 bits; the lists of hits must be the same.
    @Test func allKernelsAgreeOnHalfAMillionRandomNonces() throws {
        #expect(Self.kernels.last?.name.description == "scalar")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<128 {
            let header = (0..<80).map { _ in UInt8.random(in: 0...255, using: &random) }
            let block = try #require(ScanBlock(header: header))
            let first = UInt32.random(in: 0...(.max), using: &random)
            let count = UInt64.random(in: 4000...4200, using: &random)
            var expected = NonceHits()
            let searched = ScanKernel.scalar.scan(block, from: first, count: count, topLimit: 0xF_FFFF, into: &expected)
            for kernel in Self.kernels.dropLast() {
                var hits = NonceHits()
                #expect(kernel.scan(block, from: first, count: count, topLimit: 0xF_FFFF, into: &hits) == searched)
                #expect(hits == expected, "\(kernel.name): header \(Hex.encode(header)), \(first) + \(count)")
            }
        }
    }

    @Test func theScalarKernelAgreesWithTheStreamingHash() throws {
        var header = try #require(Hex.decode(KnownHeader.block881423.utf8))
        let block = try #require(ScanBlock(header: header))
        for nonce: UInt32 in 0..<500 {
            for byte in 0..<4 { header[76 + byte] = UInt8(truncatingIfNeeded: nonce >> UInt32(8 * byte)) }
            #expect(topBits(block, nonce) == SHA256.doubleHash(header).words[7].byteSwapped)
        }
    }

    @Test func aBlockIsEightyBytes() {
        #expect(ScanBlock(header: [UInt8](repeating: 0, count: 79)) == nil)
        #expect(ScanBlock(header: [UInt8](repeating: 0, count: 81)) == nil)
    }

    /// The most significant 32 bits of the hash, by the portable kernel.
    private func topBits(_ block: ScanBlock, _ nonce: UInt32) -> UInt32 {
        var last = InlineArray<16, UInt32>(repeating: 0)
        _ = ScanKernel.scalar.groupsBeforeCandidate(block, nonce, 1, 0, &last)
        return last[0].byteSwapped
    }
}
