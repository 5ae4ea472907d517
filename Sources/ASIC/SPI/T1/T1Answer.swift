import Base

/// The CRC-16/MODBUS of T1 frames, taken over their bytes with each 16-bit word's two bytes swapped, and put behind
/// them high byte first (Docs/chips-spi.md, "T1 checksum").
public enum T1Checksum {
    /// The checksum of an even number of bytes.
    public static func checksum(of bytes: ArraySlice<UInt8>) -> UInt16 {
        let start = bytes.startIndex
        return CRC16.modbus((0..<bytes.count & ~1).lazy.map { bytes[start + ($0 ^ 1)] })
    }

    static func append(over start: Int, to buffer: inout [UInt8]) {
        let checksum = checksum(of: buffer[start...])
        buffer.append(UInt8(checksum >> 8))
        buffer.append(UInt8(truncatingIfNeeded: checksum))
    }

    /// Whether the last two bytes are the checksum of those before.
    static func isValid(_ frame: ArraySlice<UInt8>) -> Bool {
        guard frame.count >= 2 else { return false }
        let expected = UInt16(frame[frame.endIndex - 2]) << 8 | UInt16(frame[frame.endIndex - 1])
        return checksum(of: frame.dropLast(2)) == expected
    }
}

/// Why there is no answer to a request.
public enum T1AnswerError: Error, Hashable, Sendable {
    /// Nothing among the received bytes begins like the answer.
    case missing
    /// The answer was damaged.
    case checksum
}

extension T1Request {
    /// Finds the answer among received bytes: the first 16-bit word that begins one.
    /// - Returns: the answer from its head on, without checksum.
    public func answer(in received: ArraySlice<UInt8>) throws(T1AnswerError) -> ArraySlice<UInt8> {
        let last = received.endIndex - answerLength
        guard answerLength > 0, last >= received.startIndex else { throw .missing }
        for offset in stride(from: received.startIndex, through: last, by: 2)
        where begins(received[offset], received[offset + 1]) {
            let answer = received[offset..<offset + answerLength]
            guard isAnswerChecked else { return answer }
            guard T1Checksum.isValid(answer) else { throw .checksum }
            return answer.dropLast(2)
        }
        throw .missing
    }

    private var isAnswerChecked: Bool {
        switch self {
        case .readResult, .readRegister, .writeConverterDivider: true
        default: false
        }
    }

    private func begins(_ first: UInt8, _ second: UInt8) -> Bool {
        switch self {
        case .readRegister(let chip): first == 0x1A && second == chip
        // Chips without a result pass the command on with chip 0.
        case .readResult: first & 0x0F == code && second != 0
        default: first & 0x0F == code
        }
    }

    /// The bytes of an answer to this request, as chips send it: head, payload and, where there is one, checksum.
    public func answer(head: (UInt8, UInt8), payload: [UInt8]) -> [UInt8] {
        var bytes = [head.0, head.1] + payload
        if isAnswerChecked { T1Checksum.append(over: 0, to: &bytes) }
        return bytes
    }
}

/// A nonce that met the reporting target, as a chip sends it. Nothing of it has been checked.
public struct T1Result: Hashable, Sendable {
    /// 1–4.
    public var jobID: UInt8
    /// From 1.
    public var chip: UInt8
    /// Which of the job's four midstates (`T1Job.slot(ofMicroID:)`).
    public var microID: UInt8
    public var nonce: UInt32

    public init(jobID: UInt8, chip: UInt8, microID: UInt8, nonce: UInt32) {
        self.jobID = jobID
        self.chip = chip
        self.microID = microID
        self.nonce = nonce
    }

    /// Reads an answer to `readResult`.
    public init?(answer: ArraySlice<UInt8>) {
        guard answer.count >= 8 else { return nil }
        let start = answer.startIndex
        self.init(
            jobID: answer[start] >> 4, chip: answer[start + 1], microID: answer[start + 3],
            nonce: answer.bigEndianUInt32(at: start + 4).byteSwapped)
    }

    /// The answer's bytes, checksum included.
    public var bytes: [UInt8] {
        var payload: [UInt8] = [0, microID]
        payload.append(littleEndian: nonce)
        return T1Request.readResult.answer(head: (jobID << 4 | 0x08, chip), payload: payload)
    }
}
