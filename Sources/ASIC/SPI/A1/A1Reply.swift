/// What an A1 chip says of itself when its register is read.
public struct A1Status: Hashable, Sendable {
    /// What the chip's queue of two jobs holds.
    public enum Queue: UInt8, Hashable, Sendable {
        case empty = 0
        case oneFree = 1
        /// A state that the chip should never be in.
        case invalid = 2
        case full = 3
    }

    /// The clock's bytes as they were written.
    public var clockBytes: SIMD2<UInt8>
    public var isLocked: Bool
    public var queue: Queue
    /// The ids of the two jobs in the queue, 0 where there is none.
    public var queuedJobs: (UInt8, UInt8) { (queuedIDs >> 4, queuedIDs & 0x0F) }
    /// Cores that passed the self-test.
    public var cores: UInt8
    private var queuedIDs: UInt8

    public init(clockBytes: SIMD2<UInt8>, isLocked: Bool, queue: Queue, queuedJobs: (UInt8, UInt8), cores: UInt8) {
        self.clockBytes = clockBytes
        self.isLocked = isLocked
        self.queue = queue
        queuedIDs = queuedJobs.0 << 4 | queuedJobs.1 & 0x0F
        self.cores = cores
    }

    /// Reads an answer, `1A chip r0…r5`, that `A1Request.acknowledgement` has found.
    public init?(answer: ArraySlice<UInt8>) {
        guard answer.count >= 8 else { return nil }
        let start = answer.startIndex
        guard let queue = Queue(rawValue: answer[start + 5] & 3) else { return nil }
        self.init(
            clockBytes: SIMD2(answer[start + 2], answer[start + 3]), isLocked: answer[start + 4] & 1 == 1,
            queue: queue, queuedJobs: (answer[start + 6] >> 4, answer[start + 6] & 0x0F), cores: answer[start + 7])
    }

    /// The answer of the chip at `chip`, counted from 1.
    public func answer(chip: UInt8) -> [UInt8] {
        [0x1A, chip, clockBytes.x, clockBytes.y, isLocked ? 1 : 0, queue.rawValue, queuedIDs, cores]
    }

    /// Whether the clock runs as it was told to.
    func runs(at clock: A1Clock) -> Bool { isLocked && clockBytes == SIMD2(clock.bytes.0, clock.bytes.1) }

    /// Whether a job of this id waits or is being hashed.
    func holds(jobID: UInt8) -> Bool { queuedJobs.0 == jobID || queuedJobs.1 == jobID }
}

/// What a chain of A1 chips says when it is asked for a result.
public enum A1ResultAnswer: Hashable, Sendable {
    case empty
    /// A nonce that met the reporting target. Job ids are 1–4, chips count from 1; neither has been checked.
    case result(jobID: UInt8, chip: UInt8, nonce: UInt32)

    /// Looks for the answer among received bytes; nil when there is none.
    public init?(in received: ArraySlice<UInt8>) {
        for offset in stride(from: received.startIndex, to: received.endIndex - 5, by: 2) {
            guard received[offset] & 0x0F == 0x08 else { continue }
            guard received[offset + 1] != 0 else {
                self = .empty
                return
            }
            self = .result(
                jobID: received[offset] >> 4, chip: received[offset + 1],
                nonce: received.bigEndianUInt32(at: offset + 2).byteSwapped)
            return
        }
        return nil
    }

    /// The bytes that the chips put on the bus.
    public var bytes: [UInt8] {
        switch self {
        case .empty: return [0x08, 0, 0, 0, 0, 0]
        case .result(let jobID, let chip, let nonce):
            var bytes = [jobID << 4 | 0x08, chip]
            bytes.append(littleEndian: nonce)
            return bytes
        }
    }
}

/// What a chain of A1 chips says when its self-test is started.
public struct A1Enumeration: Hashable, Sendable {
    /// Chips by the chips' own count; 0 when the self-test had been started before.
    public let reported: Int
    /// Chips by the time that the command took to come back.
    public let estimated: Int

    /// The chips' own count, unless they give none.
    public var chipCount: Int { reported == 0 ? estimated : reported }

    /// Looks for the command's echo among received bytes; nil when it has not come back.
    public init?(in received: ArraySlice<UInt8>) {
        // The first word cannot be an echo: it is received while the command itself is being sent.
        for offset in stride(from: received.startIndex + 2, to: received.endIndex - 3, by: 2)
        where received[offset] == 0x01 && received[offset + 1] == 0x00 {
            reported = Int(received[offset + 3])
            estimated = ((offset - received.startIndex) / 2 + 1) / 2
            return
        }
        return nil
    }
}

extension A1Request {
    /// The answer to this request among received bytes, from its first byte on; nil when what stands in its place is
    /// no answer. Results and counts have no fixed place: `A1ResultAnswer` and `A1Enumeration` find them.
    public func acknowledgement(in received: ArraySlice<UInt8>, chipCount: Int?) -> ArraySlice<UInt8>? {
        let offset = replyOffset(chipCount: chipCount)
        guard offset >= 0, received.count >= offset + 2 else { return nil }
        let answer = received.dropFirst(offset)
        let (first, second) = (answer[answer.startIndex], answer[answer.startIndex + 1])
        switch self {
        case .readRegister(let chip): return first == 0x1A && second == chip ? answer : nil
        case .writeJob(let job, let chip): return first == job.id << 4 | code && second == chip ? answer : nil
        case .startSelfTest, .fixSelfTest, .reset, .readResult, .writeClock: return first == code ? answer : nil
        }
    }
}
