/// The sixteen message schedule words that a group of sixteen rounds takes (FIPS 180-4 §6.2.2 keeps no more alive).
///
/// Separate stored words instead of an array: once inlined they are plain values that the optimiser keeps in
/// registers and folds when they are constants, which is what makes the nonce search fast (Docs/sha256.md).
struct ScheduleWords {
    var w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15: UInt32

    /// Moves on by sixteen words: `w[t]` becomes `w[t + 16]`.
    @inline(__always)
    mutating func advance() {
        w0 = w0 &+ smallSigma0(w1) &+ w9 &+ smallSigma1(w14)
        w1 = w1 &+ smallSigma0(w2) &+ w10 &+ smallSigma1(w15)
        w2 = w2 &+ smallSigma0(w3) &+ w11 &+ smallSigma1(w0)
        w3 = w3 &+ smallSigma0(w4) &+ w12 &+ smallSigma1(w1)
        w4 = w4 &+ smallSigma0(w5) &+ w13 &+ smallSigma1(w2)
        w5 = w5 &+ smallSigma0(w6) &+ w14 &+ smallSigma1(w3)
        w6 = w6 &+ smallSigma0(w7) &+ w15 &+ smallSigma1(w4)
        w7 = w7 &+ smallSigma0(w8) &+ w0 &+ smallSigma1(w5)
        w8 = w8 &+ smallSigma0(w9) &+ w1 &+ smallSigma1(w6)
        w9 = w9 &+ smallSigma0(w10) &+ w2 &+ smallSigma1(w7)
        w10 = w10 &+ smallSigma0(w11) &+ w3 &+ smallSigma1(w8)
        w11 = w11 &+ smallSigma0(w12) &+ w4 &+ smallSigma1(w9)
        w12 = w12 &+ smallSigma0(w13) &+ w5 &+ smallSigma1(w10)
        w13 = w13 &+ smallSigma0(w14) &+ w6 &+ smallSigma1(w11)
        w14 = w14 &+ smallSigma0(w15) &+ w7 &+ smallSigma1(w12)
        w15 = w15 &+ smallSigma0(w0) &+ w8 &+ smallSigma1(w13)
    }
}

/// The eight state words; as the chaining value H and as the working variables a…h of FIPS 180-4.
struct ChainState {
    var a, b, c, d, e, f, g, h: UInt32

    /// H(0) of FIPS 180-4 §5.3.3.
    @inline(__always)
    static var initial: ChainState {
        ChainState(
            a: 0x6A09_E667, b: 0xBB67_AE85, c: 0x3C6E_F372, d: 0xA54F_F53A,
            e: 0x510E_527F, f: 0x9B05_688C, g: 0x1F83_D9AB, h: 0x5BE0_CD19)
    }

    /// The state after one more message block.
    @inline(__always)
    func compressing(_ block: ScheduleWords) -> ChainState {
        var words = block
        var state = self
        state.rounds0to15(words)
        words.advance()
        state.rounds16to31(words)
        words.advance()
        state.rounds32to47(words)
        words.advance()
        state.rounds48to63(words)
        return adding(state)
    }

    /// The sum word by word that ends each block.
    @inline(__always)
    func adding(_ other: ChainState) -> ChainState {
        ChainState(
            a: a &+ other.a, b: b &+ other.b, c: c &+ other.c, d: d &+ other.d,
            e: e &+ other.e, f: f &+ other.f, g: g &+ other.g, h: h &+ other.h)
    }

    // The round constants K of FIPS 180-4 §4.2.2 are literals: a table would cost loads and lazy initialisation.

    @inline(__always)
    mutating func rounds0to15(_ w: ScheduleWords) {
        round(0x428A_2F98, w.w0)
        round(0x7137_4491, w.w1)
        round(0xB5C0_FBCF, w.w2)
        round(0xE9B5_DBA5, w.w3)
        round(0x3956_C25B, w.w4)
        round(0x59F1_11F1, w.w5)
        round(0x923F_82A4, w.w6)
        round(0xAB1C_5ED5, w.w7)
        round(0xD807_AA98, w.w8)
        round(0x1283_5B01, w.w9)
        round(0x2431_85BE, w.w10)
        round(0x550C_7DC3, w.w11)
        round(0x72BE_5D74, w.w12)
        round(0x80DE_B1FE, w.w13)
        round(0x9BDC_06A7, w.w14)
        round(0xC19B_F174, w.w15)
    }

    @inline(__always)
    mutating func rounds16to31(_ w: ScheduleWords) {
        round(0xE49B_69C1, w.w0)
        round(0xEFBE_4786, w.w1)
        round(0x0FC1_9DC6, w.w2)
        round(0x240C_A1CC, w.w3)
        round(0x2DE9_2C6F, w.w4)
        round(0x4A74_84AA, w.w5)
        round(0x5CB0_A9DC, w.w6)
        round(0x76F9_88DA, w.w7)
        round(0x983E_5152, w.w8)
        round(0xA831_C66D, w.w9)
        round(0xB003_27C8, w.w10)
        round(0xBF59_7FC7, w.w11)
        round(0xC6E0_0BF3, w.w12)
        round(0xD5A7_9147, w.w13)
        round(0x06CA_6351, w.w14)
        round(0x1429_2967, w.w15)
    }

    @inline(__always)
    mutating func rounds32to47(_ w: ScheduleWords) {
        round(0x27B7_0A85, w.w0)
        round(0x2E1B_2138, w.w1)
        round(0x4D2C_6DFC, w.w2)
        round(0x5338_0D13, w.w3)
        round(0x650A_7354, w.w4)
        round(0x766A_0ABB, w.w5)
        round(0x81C2_C92E, w.w6)
        round(0x9272_2C85, w.w7)
        round(0xA2BF_E8A1, w.w8)
        round(0xA81A_664B, w.w9)
        round(0xC24B_8B70, w.w10)
        round(0xC76C_51A3, w.w11)
        round(0xD192_E819, w.w12)
        round(0xD699_0624, w.w13)
        round(0xF40E_3585, w.w14)
        round(0x106A_A070, w.w15)
    }

    @inline(__always)
    mutating func rounds48to63(_ w: ScheduleWords) {
        round(0x19A4_C116, w.w0)
        round(0x1E37_6C08, w.w1)
        round(0x2748_774C, w.w2)
        round(0x34B0_BCB5, w.w3)
        round(0x391C_0CB3, w.w4)
        round(0x4ED8_AA4A, w.w5)
        round(0x5B9C_CA4F, w.w6)
        round(0x682E_6FF3, w.w7)
        round(0x748F_82EE, w.w8)
        round(0x78A5_636F, w.w9)
        round(0x84C8_7814, w.w10)
        round(0x8CC7_0208, w.w11)
        round(0x90BE_FFFA, w.w12)
        round(0xA450_6CEB, w.w13)
        round(0xBEF9_A3F7, w.w14)
        round(0xC671_78F2, w.w15)
    }

    @inline(__always)
    mutating func round(_ constant: UInt32, _ word: UInt32) {
        let sigma1 = rotated(e, right: 6) ^ rotated(e, right: 11) ^ rotated(e, right: 25)
        let choice = g ^ (e & (f ^ g))
        let t1 = (constant &+ word) &+ h &+ choice &+ sigma1
        let sigma0 = rotated(a, right: 2) ^ rotated(a, right: 13) ^ rotated(a, right: 22)
        // The a ^ b of one round is the b ^ c of the next, so this costs three operations and not four.
        let majority = b ^ ((a ^ b) & (b ^ c))
        h = g
        g = f
        f = e
        e = d &+ t1
        d = c
        c = b
        b = a
        a = t1 &+ sigma0 &+ majority
    }
}

@inline(__always)
func rotated(_ x: UInt32, right count: UInt32) -> UInt32 {
    x &>> count | x &<< (32 &- count)
}

/// σ0 of FIPS 180-4 §4.1.2.
@inline(__always)
func smallSigma0(_ x: UInt32) -> UInt32 {
    rotated(x, right: 7) ^ rotated(x, right: 18) ^ x &>> 3
}

/// σ1 of FIPS 180-4 §4.1.2.
@inline(__always)
func smallSigma1(_ x: UInt32) -> UInt32 {
    rotated(x, right: 17) ^ rotated(x, right: 19) ^ x &>> 10
}
