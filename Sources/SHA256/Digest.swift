/// A SHA-256 result: 32 bytes, held as the algorithm's eight state words.
///
/// Byte `i` is byte `i % 4`, most significant first, of word `i / 4`. For block hashes this is *internal* order,
/// the order inside headers and Stratum's merkle branches; explorers print the bytes reversed.
public struct Digest: Hashable, Sendable {
    /// The state words h0…h7 of FIPS 180-4.
    public var words: SIMD8<UInt32>

    @inlinable
    public init(words: SIMD8<UInt32>) {
        self.words = words
    }

    /// Reads 32 bytes; nil when there are more or fewer.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        words = .zero
        for (index, byte) in bytes.enumerated() {
            words[index / 4] = words[index / 4] << 8 | UInt32(byte)
        }
    }

    /// Byte `index`, 0–31.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(24 - index % 4 * 8))
    }

    /// The 32 bytes in order.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        append(to: &result)
        return result
    }

    /// Appends the 32 bytes in order.
    public func append(to buffer: inout [UInt8]) {
        for index in 0..<32 { buffer.append(self[index]) }
    }
}
