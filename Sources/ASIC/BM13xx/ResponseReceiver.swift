import Base

/// Finds the chips' frames in a stream of bytes. Holds at most one frame and allocates nothing.
///
/// A frame that fails its checksum gives up one byte and the rest is scanned again, so one lost or added byte costs one
/// frame. The checksum has five bits: one damaged frame in 32 passes it, which is why register replies are checked for
/// plausibility and nonces are hashed again.
public struct ResponseReceiver: Sendable {
    /// The frame length to expect; nil tries nine and then eleven bytes, for chips that may not have taken the switch
    /// to version rolling.
    public var length: Response.Length?
    /// Frames that were right.
    public private(set) var frameCount: UInt32 = 0
    /// Candidates with a preamble but a wrong checksum or type.
    public private(set) var checksumErrorCount: UInt32 = 0
    /// Bytes that belonged to no frame.
    public private(set) var skippedByteCount: UInt32 = 0
    /// The length of the latest right frame.
    public private(set) var latestLength: Response.Length?

    private var pending = InlineArray<11, UInt8>(repeating: 0)
    private var count = 0

    public init(length: Response.Length?) {
        self.length = length
    }

    /// Takes one byte and returns the response that it completes, if any.
    public mutating func receive(_ byte: UInt8) -> Response? {
        pending[count] = byte
        count += 1
        while count > 0 {
            guard hasPreamble else {
                skip()
                continue
            }
            if length != .eleven, count == 9, let response = decode(.nine) { return response }
            if count < (length ?? .eleven).rawValue { return nil }
            if length != .nine, let response = decode(.eleven) { return response }
            checksumErrorCount &+= 1
            skip()
            // After a skip the tail may open with a nine-byte frame that is already whole.
            if length == nil, count == 10, hasPreamble, let response = decode(.nine) { return response }
        }
        return nil
    }

    /// Forgets a partial frame; the counters stay.
    public mutating func discard() {
        skippedByteCount &+= UInt32(count)
        count = 0
    }

    private var hasPreamble: Bool {
        pending[0] == FramePreamble.response.0 && (count < 2 || pending[1] == FramePreamble.response.1)
    }

    private mutating func skip() {
        remove(1)
        skippedByteCount &+= 1
    }

    private mutating func remove(_ bytes: Int) {
        for index in bytes..<max(bytes, count) { pending[index - bytes] = pending[index] }
        count -= bytes
    }

    private mutating func decode(_ length: Response.Length) -> Response? {
        var checksum = CRC5.initialValue
        for index in 2..<length.rawValue { checksum = CRC5.update(checksum, with: pending[index], bits: 8) }
        let type = pending[length.rawValue - 1] & ResponseType.mask
        guard checksum == 0, type == ResponseType.nonce || type == ResponseType.register else { return nil }
        var value: UInt32 = 0
        for index in 2..<6 { value = value << 8 | UInt32(pending[index]) }
        let roll = length == .eleven ? UInt16(pending[8]) << 8 | UInt16(pending[9]) : 0
        let response: Response =
            type == ResponseType.nonce
            ? .nonce(.init(wireNonce: value, excess: pending[6], result: pending[7], roll: roll))
            : .register(.init(value: value, chip: pending[6], register: Register(rawValue: pending[7])))
        remove(length.rawValue)
        frameCount &+= 1
        latestLength = length
        return response
    }
}
