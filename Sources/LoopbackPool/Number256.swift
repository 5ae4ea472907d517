/// A 256-bit unsigned number: a block hash, or the target it must not exceed.
struct Number256: Comparable, Hashable, Sendable {
    /// The four 64-bit digits, most significant first.
    var words: SIMD4<UInt64>

    static let max = Number256(words: SIMD4(repeating: .max))

    init(words: SIMD4<UInt64>) {
        self.words = words
    }

    /// Reads 32 bytes, least significant first: the order in which SHA-256d leaves a block hash.
    init(littleEndian bytes: [UInt8]) {
        words = .zero
        for (index, byte) in bytes.reversed().enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
    }

    /// The network target that a header's `nBits` stands for: mantissa · 256^(exponent − 3).
    /// Nil when negative (mantissa bit 23), zero or beyond 256 bits, as consensus rejects those.
    init?(compact bits: UInt32) {
        let mantissa = bits & 0x7F_FFFF
        let exponent = Int(bits >> 24)
        guard bits & 0x80_0000 == 0, mantissa != 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        for index in 0..<3 {
            let byte = UInt8(truncatingIfNeeded: mantissa >> UInt32(8 * index))
            let position = exponent - 3 + index
            if bytes.indices.contains(position) {
                bytes[position] = byte
            } else if position >= 32 && byte != 0 {
                return nil
            }
        }
        self.init(littleEndian: bytes)
        if words == .zero { return nil }
    }

    static func < (a: Number256, b: Number256) -> Bool {
        for index in 0..<4 where a.words[index] != b.words[index] { return a.words[index] < b.words[index] }
        return false
    }

    /// The nearest floating-point number, good to about 15 decimal digits.
    var approximation: Double {
        (0..<4).reduce(0) { $0 * 0x1p64 + Double(words[$1]) }
    }

    /// 64 digits, most significant first: the way explorers print hashes.
    var hexadecimal: String {
        (0..<4).map {
            Hexadecimal.text(UInt32(words[$0] >> 32)) + Hexadecimal.text(UInt32(truncatingIfNeeded: words[$0]))
        }
        .joined()
    }
}
