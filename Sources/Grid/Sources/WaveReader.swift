import Base

/// Reads a recorded waveform of the mains from a WAV file: PCM, 16 bit, the first channel.
public struct WaveReader: Sendable {
    /// Why a file cannot be read.
    public enum Fault: Error, Equatable, Sendable {
        /// Not RIFF/WAVE.
        case notWave
        /// Another format than PCM of 16 bit.
        case unsupported(format: UInt16, bits: UInt16)
        /// Sound begins before its format is told, or the file has an impossible rate.
        case malformed
    }

    private enum Stage: Equatable {
        case header, chunk
        case format(UInt32)
        case skip(UInt32)
        case samples(UInt32)
        case over
    }

    private var stage = Stage.header
    private var pending: [UInt8] = []
    private var channels = 0
    /// Samples a second; 0 until the format is known.
    public private(set) var sampleRate: UInt32 = 0
    public private(set) var fault: Fault?

    /// Of one sample of all channels; 0 until the format is known.
    public var bytesPerSample: Int { 2 * channels }
    /// Whether all samples have been read.
    public var isOver: Bool { stage == .over }

    public init() { pending.reserveCapacity(64) }

    /// Takes the next bytes and gives every sample of the first channel to `body`.
    public mutating func take(_ bytes: some Sequence<UInt8>, _ body: (Int16) -> Void) {
        for byte in bytes {
            guard fault == nil, stage != .over else { return }
            if case .skip(let left) = stage {
                stage = left > 1 ? .skip(left - 1) : .chunk
                continue
            }
            pending.append(byte)
            advance(body)
        }
    }

    private mutating func advance(_ body: (Int16) -> Void) {
        switch stage {
        case .header:
            guard pending.count == 12 else { return }
            let isWave = pending[0..<4].elementsEqual("RIFF".utf8) && pending[8..<12].elementsEqual("WAVE".utf8)
            if isWave { stage = .chunk } else { fault = .notWave }
            pending.removeAll(keepingCapacity: true)
        case .chunk:
            guard pending.count == 8 else { return }
            let size = UInt32(word(4)) | UInt32(word(6)) << 16
            if pending[0..<4].elementsEqual("fmt ".utf8) {
                if (16...40).contains(size) { stage = .format(size) } else { fault = .malformed }
            } else if pending[0..<4].elementsEqual("data".utf8) {
                if sampleRate > 0 { stage = size > 0 ? .samples(size) : .over } else { fault = .malformed }
            } else {
                // Chunks are padded to an even length.
                stage = size > 0 ? .skip(size + size % 2) : .chunk
            }
            pending.removeAll(keepingCapacity: true)
        case .format(let size):
            guard pending.count == Int(size) else { return }
            let (format, bits) = (word(0), word(14))
            channels = Int(word(2))
            sampleRate = UInt32(word(4)) | UInt32(word(6)) << 16
            if format != 1 || bits != 16 { fault = .unsupported(format: format, bits: bits) }
            if fault == nil, !(1...8).contains(channels) || !(100...1_000_000).contains(sampleRate) {
                fault = .malformed
            }
            stage = .chunk
            pending.removeAll(keepingCapacity: true)
        case .samples(let left):
            guard pending.count == 2 * channels else { return }
            body(Int16(bitPattern: word(0)))
            let used = UInt32(2 * channels)
            stage = left > used ? .samples(left - used) : .over
            pending.removeAll(keepingCapacity: true)
        case .skip, .over: break
        }
    }

    private func word(_ offset: Int) -> UInt16 { UInt16(pending[offset]) | UInt16(pending[offset + 1]) << 8 }
}
