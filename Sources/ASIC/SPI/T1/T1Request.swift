import Base
import Mining
import SHA256

/// A command from the host to a chain of T1 chips (Docs/chips-spi.md, "T1 commands"). Chips count from 1, 0 is all.
public enum T1Request: Hashable, Sendable {
    /// Starts the self-test, which also gives the chips their addresses and counts them. Works once after a hardware
    /// reset; later the count is 0.
    case startSelfTest
    /// Collects the cores' results; vendor firmware does without.
    case collectSelfTest
    /// Switches the cores off that failed the self-test.
    case fixSelfTest
    case reset(Reset)
    case writeJob(T1Job, chip: UInt8)
    /// Asks all chips for one result.
    case readResult
    case writeRegister(T1Register, chip: UInt8)
    case readRegister(chip: UInt8)
    /// Sets the clock divider of the chips' converter.
    case writeConverterDivider(UInt8, chip: UInt8)

    /// What a reset clears.
    public enum Reset: UInt8, Hashable, Sendable {
        case all = 0x00
        /// Drops the jobs that chips have.
        case jobs = 0xED
        /// Lets the self-test be started again.
        case selfTest = 0x20
        case clean = 0xFF
    }

    /// Most chips on a chain.
    public static let maximumChipCount = 68
    /// Zero bytes that are clocked to bring a chain back in step: once through the longest chain and back.
    public static let flushLength = 4 * maximumChipCount
    /// The second register as it is written: only byte 5, the converter's divider, is known.
    private static let converterRegister: InlineArray<12, UInt8> = [
        0x02, 0x50, 0xA0, 0x06, 0x28, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00,
    ]

    /// The code of the command: the low four bits of its first byte.
    public var code: UInt8 {
        switch self {
        case .startSelfTest: 0x01
        case .fixSelfTest: 0x03
        case .reset: 0x04
        case .readResult: 0x08
        case .writeRegister: 0x09
        case .readRegister: 0x0A
        case .collectSelfTest: 0x0B
        case .writeJob: 0x0C
        case .writeConverterDivider: 0x0D
        }
    }

    public var chip: UInt8 {
        switch self {
        case .writeJob(_, let chip), .writeRegister(_, let chip), .readRegister(let chip),
            .writeConverterDivider(_, let chip):
            chip
        case .startSelfTest, .collectSelfTest, .fixSelfTest, .reset, .readResult: 0
        }
    }

    /// Bytes of the frame.
    public var frameLength: Int {
        switch self {
        case .startSelfTest, .collectSelfTest, .fixSelfTest, .reset, .readResult: 4
        case .writeRegister, .writeConverterDivider: 16
        case .readRegister: 2
        case .writeJob: T1Job.length
        }
    }

    /// Bytes of the answer, with head and checksum; 0 when there is none.
    public var answerLength: Int {
        switch self {
        case .startSelfTest, .collectSelfTest, .fixSelfTest, .reset: 4
        case .readResult: 10
        case .writeRegister: 14
        case .readRegister, .writeConverterDivider: 16
        case .writeJob: 0
        }
    }

    /// How many bytes to clock out after the frame, so that the answer has come whichever chip it is from: at most
    /// four a chip, and the answer itself.
    public func pollLength(chipCount: Int?) -> Int {
        answerLength == 0 ? 0 : 4 * (chipCount ?? Self.maximumChipCount) + answerLength
    }

    /// Appends the frame to `buffer`.
    public func append(to buffer: inout [UInt8]) {
        if case .writeJob(let job, let chip) = self { return job.append(chip: chip, to: &buffer) }
        let start = buffer.count
        buffer.append(code)
        buffer.append(chip)
        switch self {
        case .startSelfTest, .collectSelfTest, .fixSelfTest, .readResult:
            buffer.append(0)
            buffer.append(0)
        case .reset(let reset):
            buffer.append(reset.rawValue)
            buffer.append(reset.rawValue)
        case .writeRegister(let register, _):
            register.append(to: &buffer)
            T1Checksum.append(over: start, to: &buffer)
        case .writeConverterDivider(let divider, _):
            for index in 0..<12 { buffer.append(index == 5 ? divider : Self.converterRegister[index]) }
            T1Checksum.append(over: start, to: &buffer)
        case .readRegister, .writeJob: break
        }
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
        let (head, chip) = (frame[frame.startIndex], frame[frame.startIndex + 1])
        let payload = frame.dropFirst(2)
        let request: T1Request
        switch head & 0x0F {
        case 0x01: request = .startSelfTest
        case 0x03: request = .fixSelfTest
        case 0x04:
            guard let strategy = payload.first else { throw .tooShort(frame.count) }
            guard let reset = Reset(rawValue: strategy) else { throw .header(strategy) }
            request = .reset(reset)
        case 0x08: request = .readResult
        case 0x09:
            guard let register = T1Register(bytes: payload) else { throw .tooShort(frame.count) }
            request = .writeRegister(register, chip: chip)
        case 0x0A: request = .readRegister(chip: chip)
        case 0x0B: request = .collectSelfTest
        case 0x0C: request = .writeJob(try T1Job(frame: frame), chip: chip)
        case 0x0D:
            guard payload.count >= 12 else { throw .tooShort(frame.count) }
            request = .writeConverterDivider(payload[payload.startIndex + 5], chip: chip)
        default: throw .header(head)
        }
        // Only jobs use the upper half of the first byte.
        guard head == request.code || request.code == 0x0C else { throw .header(head) }
        guard request.chip == chip else { throw .header(chip) }
        guard frame.count >= request.frameLength else { throw .tooShort(frame.count) }
        if request.frameLength == 16, !T1Checksum.isValid(frame.prefix(16)) { throw .checksum }
        self = request
    }
}

/// Work for one T1 chip: four versions of a header that have the tail in common, each to be searched from nonce 0 to
/// 2³² − 1.
public struct T1Job: Hashable, Sendable {
    /// 1–4.
    public var id: UInt8
    /// SHA-256 states after the first 64 bytes of the four headers.
    public var midstates: (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
        (first, second, third, fourth)
    }
    private var first, second, third, fourth: SIMD8<UInt32>
    /// The last four bytes of the merkle root, first byte most significant.
    public var merkleTail: UInt32
    /// Header time in seconds since 1970.
    public var time: UInt32
    /// Network target in compact form.
    public var bits: UInt32
    /// The largest hash that the chip reports, in compact form.
    public var reportBits: UInt32

    public init(
        id: UInt8, midstates: (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>), merkleTail: UInt32,
        time: UInt32, bits: UInt32, reportBits: UInt32
    ) {
        self.id = id
        (first, second, third, fourth) = midstates
        self.merkleTail = merkleTail
        self.time = time
        self.bits = bits
        self.reportBits = reportBits
    }

    /// Versions that the work lacks are given as copies of the first: the chip cannot leave one out.
    init(id: UInt8, work: Work, target: ReportingTarget) {
        let header = work.header
        let midstate = header.midstate
        func state(_ slot: Int) -> SIMD8<UInt32> { work.header(slot: slot)?.midstate ?? midstate }
        self.init(
            id: id, midstates: (midstate, state(1), state(2), state(3)), merkleTail: header.merkleRoot.words[7],
            time: header.time, bits: header.bits, reportBits: target.bits)
    }

    /// How many versions of a header a chip takes.
    public static let slotCount = 4

    /// The micro job id that a chip reports for slot 0–3: 0, 2, 4, 8.
    public static func microID(ofSlot slot: Int) -> UInt8 { slot == 0 ? 0 : 1 << UInt8(clamping: slot) }

    /// The slot of a micro job id; nil for ids that stand for none.
    public static func slot(ofMicroID id: UInt8) -> Int? {
        switch id {
        case 0: 0
        case 2: 1
        case 4: 2
        case 8: 3
        default: nil
        }
    }

    static let length = 162
    /// Where the checksum stands.
    private static let checkedLength = 158

    func append(chip: UInt8, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(id << 4 | 0x0C)
        buffer.append(chip)
        buffer.append(reversedWords: fourth)
        buffer.append(reversedWords: third)
        buffer.append(reversedWords: second)
        buffer.append(reversedWords: first)
        buffer.append(bigEndian: merkleTail)
        buffer.append(littleEndian: time)
        buffer.append(littleEndian: bits)
        buffer.append(bigEndian: 0)
        buffer.append(littleEndian: reportBits)
        buffer.append(bigEndian: .max)
        buffer.append(bigEndian: 0)
        T1Checksum.append(over: start, to: &buffer)
        buffer.append(0)
        buffer.append(0)
    }

    init(frame: ArraySlice<UInt8>) throws(FrameError) {
        guard frame.count >= Self.length else { throw .tooShort(frame.count) }
        guard T1Checksum.isValid(frame.prefix(Self.checkedLength + 2)) else { throw .checksum }
        let start = frame.startIndex
        self.init(
            id: frame[start] >> 4,
            midstates: (
                frame.reversedWords(at: start + 98), frame.reversedWords(at: start + 66),
                frame.reversedWords(at: start + 34), frame.reversedWords(at: start + 2)
            ),
            merkleTail: frame.bigEndianUInt32(at: start + 130),
            time: frame.bigEndianUInt32(at: start + 134).byteSwapped,
            bits: frame.bigEndianUInt32(at: start + 138).byteSwapped,
            reportBits: frame.bigEndianUInt32(at: start + 146).byteSwapped)
    }
}
