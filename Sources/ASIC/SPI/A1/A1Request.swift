import Base
import Mining
import SHA256

/// A command from the host to a chain of A1 chips, and where its answer is to be found
/// (Docs/chips-spi.md, "A1 commands").
///
/// Chips count from 1 on the wire. Every chip delays what passes through it by two 16-bit words, so the place of an
/// answer among the received bytes follows from the chip's position.
public enum A1Request: Hashable, Sendable {
    /// Starts the self-test, which also gives the chips their addresses and counts them. Works once after a hardware
    /// reset; later the count is 0.
    case startSelfTest
    /// Switches the cores off that failed the self-test.
    case fixSelfTest
    /// Resets what the strategy byte says (`dropJobs`).
    case reset(strategy: UInt8)
    case writeJob(A1Job, chip: UInt8)
    /// Asks all chips for one result.
    case readResult
    /// Sets the clock of one chip, or with chip 0 of all.
    case writeClock(A1Clock, chip: UInt8)
    case readRegister(chip: UInt8)

    /// The strategy of a reset that drops all jobs that chips have.
    public static let dropJobs: UInt8 = 0xED
    /// Most chips on a chain.
    public static let maximumChipCount = 64
    /// Zero bytes that are clocked to bring a chain back in step.
    public static let flushLength = 64
    /// What follows the clock's dividers in the register; the meaning of these bits is not known.
    static let clockTail: [UInt8] = [0x21, 0x84, 0x00, 0x00]

    /// The code of the command: the low four bits of its first byte.
    public var code: UInt8 {
        switch self {
        case .startSelfTest: 0x01
        case .fixSelfTest: 0x03
        case .reset: 0x04
        case .writeJob: 0x07
        case .readResult: 0x08
        case .writeClock: 0x09
        case .readRegister: 0x0A
        }
    }

    /// The chip that is meant, from 1; 0 for all.
    public var chip: UInt8 {
        switch self {
        case .writeJob(_, let chip), .writeClock(_, let chip), .readRegister(let chip): chip
        case .startSelfTest, .fixSelfTest, .reset, .readResult: 0
        }
    }

    /// Bytes of the frame, trailing zeros included.
    public var frameLength: Int {
        switch self {
        case .startSelfTest, .reset: 6
        case .fixSelfTest, .readRegister: 4
        case .writeJob: 60
        case .readResult: 8
        case .writeClock: 10
        }
    }

    /// How many bytes to clock out after the frame.
    /// - Parameter chipCount: chips on the chain; nil while that is not known.
    public func pollLength(chipCount: Int?) -> Int {
        switch self {
        // The count may come behind the longest chain.
        case .startSelfTest: 4 * Self.maximumChipCount + 4 - frameLength
        case .readResult: frameLength + replyOffset(chipCount: chipCount)
        case .readRegister: 6 + replyOffset(chipCount: chipCount)
        case .fixSelfTest, .reset, .writeJob, .writeClock: replyOffset(chipCount: chipCount)
        }
    }

    /// Where the answer stands among the received bytes, those of the frame and those polled taken together.
    ///
    /// The whole chain delays a broadcast by four bytes a chip; a single chip answers without its own second word.
    public func replyOffset(chipCount: Int?) -> Int {
        // Before the chips have been counted there are assumed to be eight.
        chip == 0 ? 4 * (chipCount ?? 8) : 4 * Int(chip) - 2
    }

    /// Appends the frame to `buffer`.
    public func append(to buffer: inout [UInt8]) {
        let start = buffer.count
        switch self {
        case .writeJob(let job, let chip): job.append(chip: chip, to: &buffer)
        default:
            buffer.append(code)
            buffer.append(chip)
        }
        if case .reset(let strategy) = self {
            buffer.append(strategy)
            buffer.append(strategy)
        }
        if case .writeClock(let clock, _) = self {
            buffer.append(clock.bytes.0)
            buffer.append(clock.bytes.1)
            buffer.append(contentsOf: Self.clockTail)
        }
        while buffer.count < start + frameLength { buffer.append(0) }
    }

    /// The frame.
    public var frame: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Reads one frame, as a chip does; bytes behind it are not looked at.
    public init(frame: ArraySlice<UInt8>) throws(FrameError) {
        guard frame.count >= 2 else { throw .tooShort(frame.count) }
        let start = frame.startIndex
        let chip = frame[start + 1]
        let request: A1Request
        switch frame[start] & 0x0F {
        case 0x01: request = .startSelfTest
        case 0x03: request = .fixSelfTest
        case 0x04:
            guard frame.count >= 4 else { throw .tooShort(frame.count) }
            request = .reset(strategy: frame[start + 2])
        case 0x07: request = .writeJob(try A1Job(frame: frame), chip: chip)
        case 0x08: request = .readResult
        case 0x09:
            guard frame.count >= 4 else { throw .tooShort(frame.count) }
            guard let clock = A1Clock(bytes: (frame[start + 2], frame[start + 3])) else {
                throw .header(frame[start + 2])
            }
            request = .writeClock(clock, chip: chip)
        case 0x0A: request = .readRegister(chip: chip)
        default: throw .header(frame[start])
        }
        // Only jobs use the upper half of the first byte.
        guard frame[start] == request.code || request.code == 0x07 else { throw .header(frame[start]) }
        guard request.chip == chip else { throw .header(chip) }
        self = request
    }
}

/// Work for one A1 chip: a header's midstate and tail, to be searched from nonce 0 to 2³² − 1.
public struct A1Job: Hashable, Sendable {
    /// 1–4.
    public var id: UInt8
    /// SHA-256 state after the first 64 bytes of the header.
    public var midstate: SIMD8<UInt32>
    /// The last four bytes of the merkle root, first byte most significant.
    public var merkleTail: UInt32
    /// Header time in seconds since 1970.
    public var time: UInt32
    /// Network target in compact form.
    public var bits: UInt32
    /// The largest hash that the chip reports, in compact form.
    public var reportBits: UInt32

    public init(
        id: UInt8, midstate: SIMD8<UInt32>, merkleTail: UInt32, time: UInt32, bits: UInt32, reportBits: UInt32
    ) {
        self.id = id
        self.midstate = midstate
        self.merkleTail = merkleTail
        self.time = time
        self.bits = bits
        self.reportBits = reportBits
    }

    init(id: UInt8, header: BlockHeader, target: ReportingTarget) {
        self.init(
            id: id, midstate: header.midstate, merkleTail: header.merkleRoot.words[7], time: header.time,
            bits: header.bits, reportBits: target.bits)
    }

    static let length = 58

    func append(chip: UInt8, to buffer: inout [UInt8]) {
        buffer.append(id << 4 | 0x07)
        buffer.append(chip)
        buffer.append(reversedWords: midstate)
        buffer.append(bigEndian: merkleTail)
        buffer.append(littleEndian: time)
        buffer.append(littleEndian: bits)
        buffer.append(bigEndian: 0)
        buffer.append(littleEndian: reportBits)
        buffer.append(bigEndian: .max)
    }

    init(frame: ArraySlice<UInt8>) throws(FrameError) {
        guard frame.count >= Self.length else { throw .tooShort(frame.count) }
        let start = frame.startIndex
        self.init(
            id: frame[start] >> 4, midstate: frame.reversedWords(at: start + 2),
            merkleTail: frame.bigEndianUInt32(at: start + 34),
            time: frame.bigEndianUInt32(at: start + 38).byteSwapped,
            bits: frame.bigEndianUInt32(at: start + 42).byteSwapped,
            reportBits: frame.bigEndianUInt32(at: start + 50).byteSwapped)
    }
}
