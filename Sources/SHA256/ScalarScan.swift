internal import CSHA256

extension ScanKernel {
    /// Portable Swift, one nonce at a time: runs everywhere and is what the other kernels are checked against.
    public static let scalar = ScanKernel(name: "scalar", lanes: 1) { work, first, groups, mask, last in
        scalarSearch(work, first, groups, mask, last)
    }
}

/// The last word, H7, of the double hash of the header with this nonce.
///
/// Not inlined into the loop: the optimiser would turn that into hundreds of kilobytes of poor vector code.
@inline(never)
private func lastWord(_ work: UnsafePointer<csha256_work>, _ nonce: UInt32) -> UInt32 {
    let fixed = work.pointee
    let n = nonce.byteSwapped
    let s = fixed.after_round2
    var state = ChainState(
        a: fixed.round3_a &+ n, b: s.0, c: s.1, d: s.2, e: fixed.round3_e &+ n, f: s.4, g: s.5, h: s.6)
    // Rounds 4–15 see the end mark, zeros and the message length.
    state.round(0x3956_C25B, 0x8000_0000)
    state.round(0x59F1_11F1, 0)
    state.round(0x923F_82A4, 0)
    state.round(0xAB1C_5ED5, 0)
    state.round(0xD807_AA98, 0)
    state.round(0x1283_5B01, 0)
    state.round(0x2431_85BE, 0)
    state.round(0x550C_7DC3, 0)
    state.round(0x72BE_5D74, 0)
    state.round(0x80DE_B1FE, 0)
    state.round(0x9BDC_06A7, 0)
    state.round(0xC19B_F174, 640)
    // Words 16–31: W[t − 7], W[t − 15] and W[t − 16] are mostly constant.
    let w18 = fixed.w18 &+ smallSigma0(n)
    let w19 = fixed.w19 &+ n
    let w20 = smallSigma1(w18) &+ 0x8000_0000
    let w21 = smallSigma1(w19)
    let w22 = smallSigma1(w20) &+ 640
    let w23 = smallSigma1(w21) &+ fixed.w16
    let w24 = smallSigma1(w22) &+ fixed.w17
    let w25 = smallSigma1(w23) &+ w18
    let w26 = smallSigma1(w24) &+ w19
    let w27 = smallSigma1(w25) &+ w20
    let w28 = smallSigma1(w26) &+ w21
    let w29 = smallSigma1(w27) &+ w22
    let w30 = smallSigma1(w28) &+ w23 &+ smallSigma0(640)
    let w31 = smallSigma1(w29) &+ w24 &+ fixed.w31
    var words = ScheduleWords(
        w0: fixed.w16, w1: fixed.w17, w2: w18, w3: w19, w4: w20, w5: w21, w6: w22, w7: w23,
        w8: w24, w9: w25, w10: w26, w11: w27, w12: w28, w13: w29, w14: w30, w15: w31)
    state.rounds16to31(words)
    words.advance()
    state.rounds32to47(words)
    words.advance()
    state.rounds48to63(words)
    let m = fixed.midstate
    let first = ChainState(a: m.0, b: m.1, c: m.2, d: m.3, e: m.4, f: m.5, g: m.6, h: m.7).adding(state)
    // The second message: 32 bytes, the end mark, and the length of 256 bits. Only h is used of its hash, so the
    // optimiser drops the rounds and schedule words that h does not depend on.
    let digest = ScheduleWords(
        w0: first.a, w1: first.b, w2: first.c, w3: first.d, w4: first.e, w5: first.f, w6: first.g, w7: first.h,
        w8: 0x8000_0000, w9: 0, w10: 0, w11: 0, w12: 0, w13: 0, w14: 0, w15: 256)
    return ChainState.initial.compressing(digest).h
}

/// See `ScanKernel.Search`.
private func scalarSearch(
    _ work: UnsafePointer<csha256_work>, _ first: UInt32, _ groups: UInt64, _ mask: UInt32,
    _ last: UnsafeMutablePointer<UInt32>
) -> UInt64 {
    var nonce = first
    var passed: UInt64 = 0
    while passed < groups {
        let word = lastWord(work, nonce)
        if word & mask == 0 {
            last.pointee = word
            break
        }
        nonce &+= 1
        passed &+= 1
    }
    return passed
}
