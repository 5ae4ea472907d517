import Base
import Mining
import SHA256
import Testing

/// The bytes that hexadecimal text stands for.
func decoded(_ hex: String) throws -> [UInt8] {
    try #require(Hex.decode(hex.utf8), "no hexadecimal text: \(hex)")
}

/// Bytes as hexadecimal text.
func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Hex.encode(bytes), as: UTF8.self)
}

/// A number as Stratum writes it.
func text(_ number: UInt32) -> String {
    var digits: [UInt8] = []
    Hex.append(number, to: &digits)
    return String(decoding: digits, as: UTF8.self)
}

/// State words as hexadecimal text, each most significant digit first.
func text(_ words: SIMD8<UInt32>) -> String {
    text(Digest(words: words).bytes)
}

extension Digest {
    init(hex: String) throws {
        self = try #require(Digest(bytes: try decoded(hex)), "no digest: \(hex)")
    }
}

extension UInt256 {
    init(hex: String) throws {
        self = try #require(UInt256(hex: hex.utf8), "no 256-bit number: \(hex)")
    }

    var text: String { String(decoding: hex, as: UTF8.self) }
}

extension BlockHeader {
    init(hex: String) throws {
        self = try #require(BlockHeader(bytes: try decoded(hex)), "no header: \(hex)")
    }
}

extension Extranonce2 {
    /// From its text in Stratum's form.
    init(hex: String) throws {
        let bytes = try decoded(hex)
        let value = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        self = try #require(Extranonce2(value, size: bytes.count), "no extranonce2: \(hex)")
    }

    var text: String {
        var digits: [UInt8] = []
        appendHex(to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }
}

/// Whether two figures agree to `digits` significant digits.
func agree(_ a: Double, _ b: Double, digits: Int = 15) -> Bool {
    var tolerance = b.magnitude
    for _ in 0..<digits { tolerance /= 10 }
    return (a - b).magnitude <= 5 * tolerance
}
