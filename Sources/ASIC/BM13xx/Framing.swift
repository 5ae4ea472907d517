/// Why bytes are not the frame they were taken for.
public enum FrameError: Error, Equatable {
    case tooShort(Int)
    case preamble
    /// The length byte, and what it should have been.
    case length(Int, expected: Int)
    case checksum
    /// A header byte that names no known frame.
    case header(UInt8)
    /// A count of midstates that is neither 1 nor 4.
    case midstateCount(UInt8)
}

/// The two bytes that open a frame; one order from the host, the other from the chips.
enum FramePreamble {
    static let command: (UInt8, UInt8) = (0x55, 0xAA)
    static let response: (UInt8, UInt8) = (0xAA, 0x55)

    static func check(
        _ frame: ArraySlice<UInt8>, _ preamble: (UInt8, UInt8), minimumLength: Int
    ) throws(FrameError) {
        guard frame.count >= minimumLength else { throw .tooShort(frame.count) }
        guard frame[frame.startIndex] == preamble.0, frame[frame.startIndex + 1] == preamble.1 else {
            throw .preamble
        }
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: UInt32) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func append(littleEndian value: UInt32) {
        append(bigEndian: value.byteSwapped)
    }

    /// Appends eight words last word first, each most significant byte first: the order in which the chips take
    /// midstates, merkle roots and previous hashes.
    mutating func append(reversedWords words: SIMD8<UInt32>) {
        for index in stride(from: 7, through: 0, by: -1) { append(bigEndian: words[index]) }
    }
}

extension ArraySlice<UInt8> {
    /// The four bytes from `index` on, most significant first. The caller has checked the length.
    func bigEndianUInt32(at index: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 0..<4 { value = value << 8 | UInt32(self[index + offset]) }
        return value
    }

    /// Eight words written by `append(reversedWords:)`.
    func reversedWords(at index: Int) -> SIMD8<UInt32> {
        var words = SIMD8<UInt32>()
        for word in 0..<8 { words[7 - word] = bigEndianUInt32(at: index + 4 * word) }
        return words
    }
}
