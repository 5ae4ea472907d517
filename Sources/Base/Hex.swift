/// Hexadecimal text as ASCII bytes, the form in which pools, board files and logs carry binary data.
public enum Hex {
    /// The value 0–15 of an ASCII hexadecimal digit of either case, or nil for any other byte.
    @inlinable
    public static func value(ofDigit byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// The ASCII digit, lower case, of a value 0–15; only the low four bits are used.
    @inlinable
    public static func digit(_ value: UInt8) -> UInt8 {
        let nibble = value & 15
        return nibble < 10 ? 0x30 + nibble : 0x61 + nibble - 10
    }

    /// Decodes an even number of hexadecimal digits; nil when the length is odd or a byte is no digit.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let nibble = value(ofDigit: character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        return bytes
    }

    /// Decodes 1–8 hexadecimal digits, most significant first, with an optional `0x` in front.
    public static func decodeUInt32(_ text: some Collection<UInt8>) -> UInt32? {
        var digits = text[...]
        if digits.count > 2, digits.first == 0x30, digits.dropFirst().first.map({ $0 | 0x20 }) == 0x78 {
            digits = digits.dropFirst(2)
        }
        guard (1...8).contains(digits.count) else { return nil }
        var result: UInt32 = 0
        for character in digits {
            guard let nibble = value(ofDigit: character) else { return nil }
            result = result << 4 | UInt32(nibble)
        }
        return result
    }

    /// Appends the digits of `bytes`, lower case, to `text`.
    public static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte))
        }
    }

    /// Appends the eight digits of `value`, most significant first, to `text`.
    public static func append(_ value: UInt32, to text: inout [UInt8]) {
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            text.append(digit(UInt8(truncatingIfNeeded: value >> shift)))
        }
    }

    /// The digits of `bytes`, lower case.
    public static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return text
    }

    /// The two digits of `byte`, lower case.
    public static func text(_ byte: UInt8) -> String {
        String(decoding: [digit(byte >> 4), digit(byte)], as: UTF8.self)
    }
}
