/// SHA-256 (FIPS 180-4) over a stream of bytes, in portable Swift; allocates nothing.
///
///     var hash = SHA256()
///     hash.update(header)
///     let digest = hash.finalize()
public struct SHA256: Sendable {
    /// The state after the whole blocks so far.
    private var state: ChainState = .initial
    /// The block being filled, as big-endian words.
    private var block = InlineArray<16, UInt32>(repeating: 0)
    /// Message length so far, in bytes.
    private var length: UInt64 = 0

    public init() {}

    /// Appends `bytes` to the message.
    @inlinable
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { update($0) }
        if contiguous != nil { return }
        for byte in bytes { update(byte) }
    }

    /// Appends `bytes` to the message.
    public mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes { append(byte) }
    }

    /// Appends one byte to the message.
    public mutating func update(_ byte: UInt8) {
        append(byte)
    }

    /// The hash of the message so far. The stream may go on afterwards: this is a value and finalizes a copy.
    public func finalize() -> Digest {
        var padded = self
        padded.append(0x80)
        while padded.length % 64 != 56 { padded.append(0) }
        let bits = length &* 8
        padded.block[14] = UInt32(truncatingIfNeeded: bits >> 32)
        padded.block[15] = UInt32(truncatingIfNeeded: bits)
        padded.compress()
        return Digest(words: padded.state.words)
    }

    /// The hash of `bytes`.
    @inlinable
    public static func hash(_ bytes: some Sequence<UInt8>) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// SHA-256 of the SHA-256 of `bytes`: Bitcoin's hash of headers, transactions and merkle nodes.
    @inlinable
    public static func doubleHash(_ bytes: some Sequence<UInt8>) -> Digest {
        hash(of: hash(bytes))
    }

    /// The hash of the 32 bytes of a digest.
    public static func hash(of digest: Digest) -> Digest {
        let w = digest.words
        let message = ScheduleWords(
            w0: w[0], w1: w[1], w2: w[2], w3: w[3], w4: w[4], w5: w[5], w6: w[6], w7: w[7],
            w8: 0x8000_0000, w9: 0, w10: 0, w11: 0, w12: 0, w13: 0, w14: 0, w15: 256)
        return Digest(words: ChainState.initial.compressing(message).words)
    }

    /// The state after the first 64 bytes of a longer message, without padding: the *midstate* that mining chips are
    /// given for a header. As h0…h7; nil unless there are exactly 64 bytes.
    public static func midstate(of bytes: some Collection<UInt8>) -> SIMD8<UInt32>? {
        guard bytes.count == 64 else { return nil }
        var hash = SHA256()
        hash.update(bytes)
        return hash.state.words
    }

    @inline(__always)
    private mutating func append(_ byte: UInt8) {
        let word = Int(length / 4 % 16)
        block[word] = block[word] << 8 | UInt32(byte)
        length &+= 1
        if length % 64 == 0 { compress() }
    }

    private mutating func compress() {
        state = state.compressing(
            ScheduleWords(
                w0: block[0], w1: block[1], w2: block[2], w3: block[3], w4: block[4], w5: block[5], w6: block[6],
                w7: block[7], w8: block[8], w9: block[9], w10: block[10], w11: block[11], w12: block[12],
                w13: block[13], w14: block[14], w15: block[15]))
    }
}

extension ChainState {
    init(_ words: SIMD8<UInt32>) {
        self.init(
            a: words[0], b: words[1], c: words[2], d: words[3], e: words[4], f: words[5], g: words[6], h: words[7])
    }

    var words: SIMD8<UInt32> { SIMD8(a, b, c, d, e, f, g, h) }
}
