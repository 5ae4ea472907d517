/// One Unicode scalar in a run of bytes (RFC 3629, section 4).
enum UTF8Scalar {
    /// How many bytes the well-formed scalar at `start` takes, nil when the bytes there are not UTF-8.
    static func length(at start: Int, in bytes: [UInt8], end: Int) -> Int? {
        let lead = bytes[start]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard end - start >= length, second.contains(bytes[start + 1]) else { return nil }
        for index in start + 2..<start + max(length, 2) where !(0x80...0xBF).contains(bytes[index]) { return nil }
        return length
    }

    /// Appends the UTF-8 of a scalar value, which must not be a surrogate.
    static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        func byte(_ shift: UInt32, _ tag: UInt8, _ mask: UInt32) -> UInt8 {
            tag | UInt8(truncatingIfNeeded: scalar >> shift & mask)
        }
        switch scalar {
        case ..<0x80: text.append(byte(0, 0, 0x7F))
        case ..<0x800: text.append(contentsOf: [byte(6, 0xC0, 0x1F), byte(0, 0x80, 0x3F)])
        case ..<0x1_0000: text.append(contentsOf: [byte(12, 0xE0, 0x0F), byte(6, 0x80, 0x3F), byte(0, 0x80, 0x3F)])
        default:
            text.append(contentsOf: [
                byte(18, 0xF0, 0x07), byte(12, 0x80, 0x3F), byte(6, 0x80, 0x3F), byte(0, 0x80, 0x3F),
            ])
        }
    }
}
