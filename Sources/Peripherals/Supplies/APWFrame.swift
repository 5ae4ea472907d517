/// The frames of Bitmain's APW9 and APW12 supplies: `55 AA LEN CMD payload… SUM SUM`.
///
/// LEN counts everything behind the preamble, itself and the sum included; SUM is the 16-bit sum of LEN to the end of
/// the payload, low byte first. Requests and replies have the same shape (Docs/peripherals.md).
public enum APWFrame {
    /// What every frame adds to its payload behind the preamble: LEN, CMD and the sum.
    static let overhead = 4
    /// The most LEN may say.
    static let longest = 41
    /// What a read gives when no reply is queued.
    public static let nothingQueued: UInt8 = 0xF5

    /// The bytes of a request; the payload is cut at 37 bytes, which no command comes near.
    public static func request(_ command: UInt8, payload: [UInt8] = []) -> [UInt8] {
        let payload = payload.prefix(longest - overhead)
        var frame: [UInt8] = [0x55, 0xAA, UInt8(payload.count + overhead), command]
        frame.append(contentsOf: payload)
        let sum = APWFrame.sum(frame[2...])
        frame.append(UInt8(truncatingIfNeeded: sum))
        frame.append(UInt8(truncatingIfNeeded: sum >> 8))
        return frame
    }

    /// The payload of the reply to `command`, which is known to carry `payloadCount` bytes.
    public static func payload(
        of reply: [UInt8], to command: UInt8, payloadCount: Int
    ) throws(ReplyFault) -> [UInt8] {
        let length = payloadCount + overhead
        guard let first = reply.first, first != nothingQueued else { throw .none }
        guard reply.count == length + 2 else {
            throw .length(found: UInt8(clamping: reply.count), expected: UInt8(clamping: length + 2))
        }
        guard first == 0x55, reply[1] == 0xAA else { throw .preamble(found: UInt16(first) << 8 | UInt16(reply[1])) }
        guard reply[2] == length else { throw .length(found: reply[2], expected: UInt8(clamping: length)) }
        let found = UInt16(reply[length]) | UInt16(reply[length + 1]) << 8
        let expected = sum(reply[2..<length])
        guard found == expected else { throw .checksum(found: found, expected: expected) }
        guard reply[3] == command else { throw .command(found: reply[3], expected: command) }
        return Array(reply[4..<length])
    }

    static func sum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(0) { $0 &+ UInt16($1) }
    }
}
