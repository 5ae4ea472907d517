/// What a chip finds in the bytes that the host sends.
public enum HostFrame: Sendable {
    case command(Command)
    case midstateJob(MidstateJob)
    case fullJob(FullJob)
}

/// Finds the host's frames in a stream of bytes, the way a chip does: damaged bytes are skipped one at a time.
///
/// This is the far end of the wire, for chip models.
public struct CommandReceiver: Sendable {
    private let jobFormat: JobFormat
    private var pending: [UInt8] = []
    /// Bytes that belonged to no frame.
    public private(set) var skippedBytes = 0

    public init(jobFormat: JobFormat) {
        self.jobFormat = jobFormat
        pending.reserveCapacity(MidstateJob.maximumFrameLength)
    }

    /// Takes one byte and returns the frame that it completes, if any.
    public mutating func receive(_ byte: UInt8) -> HostFrame? {
        pending.append(byte)
        while let length = frameLength() {
            guard pending.count >= length else { return nil }
            if length > 0, let frame = decode(pending[..<length]) {
                pending.removeFirst(length)
                return frame
            }
            pending.removeFirst()
            skippedBytes += 1
        }
        return nil
    }

    /// The length of the frame that `pending` opens with, 0 when it cannot open one, nil when it is too early to tell.
    private func frameLength() -> Int? {
        if let first = pending.first, first != FramePreamble.command.0 { return 0 }
        if pending.count > 1, pending[1] != FramePreamble.command.1 { return 0 }
        guard pending.count >= 4 else { return nil }
        guard pending[2] == CommandHeader.job else {
            return pending[3] == 5 || pending[3] == 9 ? Int(pending[3]) + 2 : 0
        }
        switch (jobFormat, pending[3]) {
        case (.fullHeader, 0x36), (.fullHeader, 0x56): return FullJob.frameLength
        case (.midstates, 0x36), (.midstates, 0x96): return Int(pending[3]) + 2
        default: return 0
        }
    }

    private func decode(_ frame: ArraySlice<UInt8>) -> HostFrame? {
        do throws(FrameError) {
            guard frame[2] == CommandHeader.job else { return .command(try Command(frame: frame)) }
            switch jobFormat {
            case .midstates: return .midstateJob(try MidstateJob(frame: frame))
            case .fullHeader: return .fullJob(try FullJob(frame: frame))
            }
        } catch {
            return nil
        }
    }
}
