internal import CSHA256

/// The parts of an 80-byte block header that stay fixed while its nonce is searched: the midstate, the twelve bytes
/// between it and the nonce, and what of the message schedule follows from them.
public struct ScanBlock: Sendable {
    var work: csha256_work

    /// Takes bytes 0–75 of a serialised header; the nonce, bytes 76–79, is ignored. Nil unless there are 80 bytes.
    public init?(header: some Collection<UInt8>) {
        guard header.count == 80 else { return nil }
        var words = InlineArray<20, UInt32>(repeating: 0)
        var index = 0
        for byte in header {
            words[index / 4] = words[index / 4] << 8 | UInt32(byte)
            index += 1
        }
        let firstBlock = ScheduleWords(
            w0: words[0], w1: words[1], w2: words[2], w3: words[3], w4: words[4], w5: words[5], w6: words[6],
            w7: words[7], w8: words[8], w9: words[9], w10: words[10], w11: words[11], w12: words[12], w13: words[13],
            w14: words[14], w15: words[15])
        let midstate = ChainState.initial.compressing(firstBlock).words
        self.init(midstate: midstate, tail: (words[16], words[17], words[18]))
    }

    /// - Parameters:
    ///   - midstate: The SHA-256 state after header bytes 0–63, as h0…h7.
    ///   - tail: Header bytes 64–75 as three big-endian words: the end of the merkle root, time and bits.
    public init(midstate: SIMD8<UInt32>, tail: (UInt32, UInt32, UInt32)) {
        work = csha256_work()
        work.midstate = (
            midstate[0], midstate[1], midstate[2], midstate[3], midstate[4], midstate[5], midstate[6], midstate[7]
        )
        work.tail = tail
        csha256_work_prepare(&work)
    }

    /// The block hash, in internal order, of the header that this block and `nonce`, stored little-endian, make.
    public func hash(nonce: UInt32) -> Digest {
        let m = work.midstate
        let state = ChainState(a: m.0, b: m.1, c: m.2, d: m.3, e: m.4, f: m.5, g: m.6, h: m.7)
        // The second block of 80 bytes: the tail, the nonce, the mark of the end and the length in bits.
        let message = ScheduleWords(
            w0: work.tail.0, w1: work.tail.1, w2: work.tail.2, w3: nonce.byteSwapped, w4: 0x8000_0000, w5: 0, w6: 0,
            w7: 0, w8: 0, w9: 0, w10: 0, w11: 0, w12: 0, w13: 0, w14: 0, w15: 640)
        return SHA256.hash(of: Digest(words: state.compressing(message).words))
    }
}
