/// Why a kernel must not be used on this machine.
public enum KernelFault: Error, Equatable, Sendable {
    /// A scan around the winning nonce of a historical block did not report exactly that nonce.
    case failsKnownBlock(nonce: UInt32)
    /// The hash computed in this lane differs from that of the portable code.
    case wrongHash(lane: Int)
    /// With a filter of 12 bits the nonces found differ from those of the portable code.
    case wrongHits
}

extension ScanKernel {
    /// Checks the kernel against two historical blocks, with the winning nonce in every lane, and against the portable code.
    ///
    /// Takes a few milliseconds. The portable kernel is checked by the blocks.
    public func selfTest() throws(KernelFault) {
        for (block, nonce) in Self.knownBlocks {
            for offset in 0..<lanes { try find(nonce, in: block, offset: offset) }
            try compareHashes(block, around: nonce)
            try compareHits(block, from: nonce &- 2000, count: 4001)
        }
    }

    /// The midstates and tails of blocks 0 and 125552 of the Bitcoin chain, with their nonces.
    private static var knownBlocks: [(ScanBlock, nonce: UInt32)] {
        let genesis = ScanBlock(
            midstate: SIMD8(
                0xBC90_9A33, 0x6358_BFF0, 0x90CC_AC7D, 0x1E59_CAA8, 0xC3C8_D8E9, 0x4F01_03C8, 0x96B1_8736, 0x4719_F91B),
            tail: (0x4B1E_5E4A, 0x29AB_5F49, 0xFFFF_001D))
        let block125552 = ScanBlock(
            midstate: SIMD8(
                0x9524_C593, 0x05C5_6713, 0x16E6_69BA, 0x2D28_10A0, 0x07E8_6E37, 0x2F56_A9DA, 0xCD5B_CE69, 0x7A78_DA2D),
            tail: (0xF1FC_122B, 0xC7F5_D74D, 0xF2B9_441A))
        return [(genesis, 0x7C2B_AC1D), (block125552, 0x9546_A142)]
    }

    private func find(_ nonce: UInt32, in block: ScanBlock, offset: Int) throws(KernelFault) {
        var hits = NonceHits()
        let lead = UInt32(3 * lanes + offset)
        let count = UInt64(5 * lanes + offset)
        let searched = scan(block, from: nonce &- lead, count: count, topLimit: 0, into: &hits)
        guard searched == count, hits.count == 1, hits[0] == nonce else { throw .failsKnownBlock(nonce: nonce) }
    }

    private func compareHashes(_ block: ScanBlock, around nonce: UInt32) throws(KernelFault) {
        var computed = InlineArray<16, UInt32>(repeating: 0)
        var expected = InlineArray<16, UInt32>(repeating: 0)
        for group in 0..<8 {
            let first = nonce &+ UInt32(group * lanes)
            // With an empty mask every lane is a candidate, so the search stops at once and shows all hashes.
            guard groupsBeforeCandidate(block, first, 1, 0, &computed) == 0 else { throw .wrongHash(lane: 0) }
            for lane in 0..<lanes {
                _ = Self.scalar.groupsBeforeCandidate(block, first &+ UInt32(lane), 1, 0, &expected)
                guard computed[lane] == expected[0] else { throw .wrongHash(lane: lane) }
            }
        }
    }

    private func compareHits(_ block: ScanBlock, from first: UInt32, count: UInt64) throws(KernelFault) {
        var computed = NonceHits()
        var expected = NonceHits()
        let filter: UInt32 = 0x000F_FFFF
        let searched = scan(block, from: first, count: count, topLimit: filter, into: &computed)
        let reference = Self.scalar.scan(block, from: first, count: count, topLimit: filter, into: &expected)
        guard searched == reference, computed == expected else { throw .wrongHits }
    }
}
