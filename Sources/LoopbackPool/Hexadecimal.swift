/// Hexadecimal text, on the pool's own code path.
enum Hexadecimal {
    /// The bytes that an even number of digits of either case stands for; nil for anything else.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.unicodeScalars.map { scalar in
            scalar.isASCII ? Character(scalar).hexDigitValue : nil
        }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high * 16 + low))
        }
        return bytes
    }

    /// The number that exactly eight digits stand for, most significant first; nil for anything else.
    static func word(_ text: String) -> UInt32? {
        guard let bytes = bytes(text), bytes.count == 4 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Two lower-case digits a byte.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Eight lower-case digits, most significant first.
    static func text(_ word: UInt32) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
