import Base
import SHA256

/// How a chip family takes work.
public enum JobFormat: Hashable, Sendable {
    /// Midstates of four versions of one header, and the header's tail (BM1397).
    case midstates
    /// All header fields; the chip computes midstates and rolls the version itself (BM1362, 1366, 1368, 1370).
    case fullHeader
}

/// Work in the form of the BM1397: the part of a header that changes, and the midstates of one or four headers that
/// differ in their version.
public struct MidstateJob: Sendable {
    /// Identifies the job in results; a multiple of 4 below 128.
    public var id: UInt8
    public var startNonce: UInt32
    /// Network target in compact form.
    public var bits: UInt32
    /// Header time in seconds since 1970.
    public var time: UInt32
    /// The last four bytes of the merkle root, first byte most significant.
    public var merkleTail: UInt32
    /// How many of `midstates` the frame carries, 1 or 4.
    public var slotCount: Int
    /// SHA-256 states after the first 64 bytes of each header.
    public var midstates: InlineArray<4, SIMD8<UInt32>>

    public init(
        id: UInt8, startNonce: UInt32 = 0, bits: UInt32, time: UInt32, merkleTail: UInt32,
        midstates: InlineArray<4, SIMD8<UInt32>>, slotCount: Int = 4
    ) {
        self.id = id
        self.startNonce = startNonce
        self.bits = bits
        self.time = time
        self.merkleTail = merkleTail
        self.midstates = midstates
        self.slotCount = slotCount == 1 ? 1 : 4
    }

    /// Bytes of the longest frame.
    public static let maximumFrameLength = 152

    /// Appends the frame, preamble and checksum included.
    public func append(to buffer: inout [UInt8]) {
        JobFrame.append(lengthByte: UInt8(22 + 32 * slotCount), to: &buffer) { buffer in
            buffer.append(id)
            buffer.append(UInt8(slotCount))
            buffer.append(littleEndian: startNonce)
            buffer.append(littleEndian: bits)
            buffer.append(littleEndian: time)
            buffer.append(bigEndian: merkleTail)
            for slot in 0..<slotCount { buffer.append(reversedWords: midstates[slot]) }
        }
    }

    /// Reads one whole frame.
    public init(frame: ArraySlice<UInt8>) throws(FrameError) {
        let body = try JobFrame.body(of: frame, minimumLength: 50)
        let start = body.startIndex
        let slots = body[start + 1]
        guard slots == 1 || slots == 4 else { throw .midstateCount(slots) }
        guard body.count == 18 + 32 * Int(slots) else { throw .length(body.count, expected: 18 + 32 * Int(slots)) }
        guard Int(frame[frame.startIndex + 3]) == body.count + 4 else {
            throw .length(Int(frame[frame.startIndex + 3]), expected: body.count + 4)
        }
        var midstates = InlineArray<4, SIMD8<UInt32>>(repeating: .zero)
        for slot in 0..<Int(slots) { midstates[slot] = body.reversedWords(at: start + 18 + 32 * slot) }
        self.init(
            id: body[start], startNonce: body.bigEndianUInt32(at: start + 2).byteSwapped,
            bits: body.bigEndianUInt32(at: start + 6).byteSwapped,
            time: body.bigEndianUInt32(at: start + 10).byteSwapped,
            merkleTail: body.bigEndianUInt32(at: start + 14), midstates: midstates, slotCount: Int(slots))
    }
}

/// Work in the form of the BM1362 and later: every field of a header; the chip rolls the version.
public struct FullJob: Hashable, Sendable {
    /// Identifies the job in results (`JobIDRule`).
    public var id: UInt8
    public var startNonce: UInt32
    /// Network target in compact form.
    public var bits: UInt32
    /// Header time in seconds since 1970.
    public var time: UInt32
    public var merkleRoot: Digest
    public var previousHash: Digest
    /// Header version whose masked bits the chip replaces.
    public var version: UInt32

    public init(
        id: UInt8, startNonce: UInt32 = 0, bits: UInt32, time: UInt32, merkleRoot: Digest, previousHash: Digest,
        version: UInt32
    ) {
        self.id = id
        self.startNonce = startNonce
        self.bits = bits
        self.time = time
        self.merkleRoot = merkleRoot
        self.previousHash = previousHash
        self.version = version
    }

    public static let frameLength = 88

    /// Appends the frame, preamble and checksum included.
    public func append(to buffer: inout [UInt8]) {
        JobFrame.append(lengthByte: 0x56, to: &buffer) { buffer in
            buffer.append(id)
            buffer.append(1)
            buffer.append(littleEndian: startNonce)
            buffer.append(littleEndian: bits)
            buffer.append(littleEndian: time)
            buffer.append(reversedWords: merkleRoot.words)
            buffer.append(reversedWords: previousHash.words)
            buffer.append(littleEndian: version)
        }
    }

    /// Reads one whole frame. The length byte is not checked: chips accept 0x36 as well as the true 0x56.
    public init(frame: ArraySlice<UInt8>) throws(FrameError) {
        let body = try JobFrame.body(of: frame, minimumLength: 82)
        guard body.count == 82 else { throw .length(body.count, expected: 82) }
        let start = body.startIndex
        self.init(
            id: body[start], startNonce: body.bigEndianUInt32(at: start + 2).byteSwapped,
            bits: body.bigEndianUInt32(at: start + 6).byteSwapped,
            time: body.bigEndianUInt32(at: start + 10).byteSwapped,
            merkleRoot: Digest(words: body.reversedWords(at: start + 14)),
            previousHash: Digest(words: body.reversedWords(at: start + 46)),
            version: body.bigEndianUInt32(at: start + 78).byteSwapped)
    }
}

/// What the two job frames share: `55 AA 21`, length, body, CRC-16/CCITT-FALSE over header…body, high byte first.
enum JobFrame {
    static func append(lengthByte: UInt8, to buffer: inout [UInt8], body: (inout [UInt8]) -> Void) {
        buffer.append(FramePreamble.command.0)
        buffer.append(FramePreamble.command.1)
        let start = buffer.count
        buffer.append(CommandHeader.job)
        buffer.append(lengthByte)
        body(&buffer)
        let checksum = CRC16.ccittFalse(buffer[start...])
        buffer.append(UInt8(checksum >> 8))
        buffer.append(UInt8(truncatingIfNeeded: checksum))
    }

    /// The bytes between length and checksum of a frame whose preamble, header and checksum are right.
    static func body(of frame: ArraySlice<UInt8>, minimumLength: Int) throws(FrameError) -> ArraySlice<UInt8> {
        try FramePreamble.check(frame, FramePreamble.command, minimumLength: minimumLength + 6)
        let header = frame[frame.startIndex + 2]
        guard header == CommandHeader.job else { throw .header(header) }
        let covered = frame.dropFirst(2).dropLast(2)
        let checksum = UInt16(frame[frame.endIndex - 2]) << 8 | UInt16(frame[frame.endIndex - 1])
        guard CRC16.ccittFalse(covered) == checksum else { throw .checksum }
        return covered.dropFirst(2)
    }
}
