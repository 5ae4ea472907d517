import SHA256

/// A Bitcoin block header: the 80 bytes whose double SHA-256 mining tries to make small.
///
/// | Bytes | Field | Serialised |
/// |---|---|---|
/// | 0–3 | version | little-endian |
/// | 4–35 | previous block's hash | internal order |
/// | 36–67 | merkle root | internal order |
/// | 68–71 | time | little-endian |
/// | 72–75 | bits | little-endian |
/// | 76–79 | nonce | little-endian |
public struct BlockHeader: Hashable, Sendable {
    public var version: UInt32
    public var previousHash: Digest
    public var merkleRoot: Digest
    /// Seconds since 1970.
    public var time: UInt32
    /// The network target in compact form.
    public var bits: UInt32
    public var nonce: UInt32

    public init(
        version: UInt32, previousHash: Digest, merkleRoot: Digest, time: UInt32, bits: UInt32, nonce: UInt32
    ) {
        self.version = version
        self.previousHash = previousHash
        self.merkleRoot = merkleRoot
        self.time = time
        self.bits = bits
        self.nonce = nonce
    }

    /// Reads 80 bytes; nil when there are more or fewer.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 80 else { return nil }
        var words = InlineArray<20, UInt32>(repeating: 0)
        for (index, byte) in bytes.enumerated() {
            words[index / 4] = words[index / 4] << 8 | UInt32(byte)
        }
        var previous = SIMD8<UInt32>()
        var root = SIMD8<UInt32>()
        for index in 0..<8 {
            previous[index] = words[1 + index]
            root[index] = words[9 + index]
        }
        self.init(
            version: words[0].byteSwapped, previousHash: Digest(words: previous), merkleRoot: Digest(words: root),
            time: words[17].byteSwapped, bits: words[18].byteSwapped, nonce: words[19].byteSwapped)
    }

    /// The serialised header. Making and reading it allocates nothing.
    public var bytes: Bytes { Bytes(self) }

    /// The header's hash; internal order, as the next header and merkle nodes have it.
    public var hash: Digest { SHA256.doubleHash(bytes) }

    /// The SHA-256 state after bytes 0–63, which version, previous hash and most of the merkle root determine.
    public var midstate: SIMD8<UInt32> {
        // Bytes has 80 elements, so there are 64 to take and the state is never missing.
        SHA256.midstate(of: bytes.prefix(64)) ?? .zero
    }

    /// Bytes 64–75, which follow the midstate and come before the nonce, as the big-endian words that SHA-256 reads:
    /// end of the merkle root, time, bits.
    public var tail: (root: UInt32, time: UInt32, bits: UInt32) {
        (merkleRoot.words[7], time.byteSwapped, bits.byteSwapped)
    }

    /// The 80 bytes of a header.
    public struct Bytes: RandomAccessCollection, Sendable {
        /// As the big-endian words that SHA-256 reads.
        private var words = InlineArray<20, UInt32>(repeating: 0)

        fileprivate init(_ header: BlockHeader) {
            words[0] = header.version.byteSwapped
            for index in 0..<8 {
                words[1 + index] = header.previousHash.words[index]
                words[9 + index] = header.merkleRoot.words[index]
            }
            words[17] = header.time.byteSwapped
            words[18] = header.bits.byteSwapped
            words[19] = header.nonce.byteSwapped
        }

        public var startIndex: Int { 0 }
        public var endIndex: Int { 80 }

        /// Byte `position`, 0 ..< 80, of the serialised header.
        public subscript(position: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: words[position / 4] >> UInt32(24 - position % 4 * 8))
        }
    }
}
