internal import CSHA256

extension ScanKernel {
    /// Portable Swift, one nonce at a time: runs everywhere and is what the other kernels are checked against.
    public static let scalar = ScanKernel(name: "scalar", lanes: 1) { work, first, groups, mask, last in
        scalarSearch(work.pointee, first, groups, mask, last)
    }
}

/// The last word of the double hash of the header with this nonce.
@inline(__always)
private func lastWord(_ midstate: ChainState, _ tail: (UInt32, UInt32, UInt32), _ nonce: UInt32) -> UInt32 {
    // The end of the header: 16 bytes, the end mark, and the length of 640 bits.
    let header = ScheduleWords(
        w0: tail.0, w1: tail.1, w2: tail.2, w3: nonce.byteSwapped, w4: 0x8000_0000, w5: 0, w6: 0, w7: 0,
        w8: 0, w9: 0, w10: 0, w11: 0, w12: 0, w13: 0, w14: 0, w15: 640)
    let first = midstate.compressing(header)
    // The digest of the first hash: 32 bytes, the end mark, and the length of 256 bits.
    let digest = ScheduleWords(
        w0: first.a, w1: first.b, w2: first.c, w3: first.d, w4: first.e, w5: first.f, w6: first.g, w7: first.h,
        w8: 0x8000_0000, w9: 0, w10: 0, w11: 0, w12: 0, w13: 0, w14: 0, w15: 256)
    // Only h is used, so the optimiser drops the rounds and schedule words that h does not depend on, and hoists out of
    // the loop what the nonce does not reach.
    return ChainState.initial.compressing(digest).h
}

/// See `ScanKernel.Search`.
@inline(never)
private func scalarSearch(
    _ work: csha256_work, _ first: UInt32, _ groups: UInt64, _ mask: UInt32, _ last: UnsafeMutablePointer<UInt32>
) -> UInt64 {
    let s = work.midstate
    let midstate = ChainState(a: s.0, b: s.1, c: s.2, d: s.3, e: s.4, f: s.5, g: s.6, h: s.7)
    var nonce = first
    var passed: UInt64 = 0
    while passed < groups {
        let word = lastWord(midstate, work.tail, nonce)
        if word & mask == 0 {
            last.pointee = word
            break
        }
        nonce &+= 1
        passed &+= 1
    }
    return passed
}
