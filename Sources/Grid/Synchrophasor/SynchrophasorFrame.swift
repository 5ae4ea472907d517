import Base

/// A frame of IEEE C37.118.2, checked but not interpreted. Numbers on the wire are big-endian.
public struct SynchrophasorFrame: Equatable, Sendable {
    /// What a frame carries; the number is that of the SYNC word's bits 6–4.
    public enum Kind: UInt8, Sendable {
        case data, header, configuration1, configuration2, command, configuration3
    }

    /// What is wrong with bytes that were to be a frame.
    public enum Fault: Error, Equatable, Sendable {
        /// Does not begin with 0xAA and a known type.
        case notAFrame
        /// The size in the frame is not that of the bytes, or less than any frame has.
        case size(UInt16)
        /// The check word does not fit.
        case checksum(found: UInt16, expected: UInt16)
        /// The frame ends within what it announces.
        case truncated
        /// Not of the kind that is to be read.
        case kind(Kind)
        /// More units or channels than fit a frame.
        case tooMany
        /// The configuration has no such unit.
        case noSuchUnit(UInt16)
    }

    /// What can be asked of a unit: the number is that of the CMD word.
    public enum Command: UInt16, Sendable {
        case stop = 1
        case start = 2
        case sendConfiguration2 = 5
    }

    static let sync: UInt8 = 0xAA
    /// SYNC, FRAMESIZE, IDCODE, SOC, FRACSEC.
    static let headLength = 14
    static let shortest = headLength + 2

    public var kind: Kind
    /// Of the stream.
    public var idCode: UInt16
    /// Seconds since 1970, UTC.
    public var second: UInt32
    /// The message time quality byte: leap second flags and, in bits 3–0, the quality of the time.
    public var quality: UInt8
    /// Parts of a second in units of 1 / TIME_BASE.
    public var fraction: UInt32
    /// What stands between head and check word.
    public var payload: [UInt8]

    /// Reads a frame that the bytes are exactly.
    public static func read(_ bytes: [UInt8]) throws(Fault) -> SynchrophasorFrame {
        guard bytes.count >= shortest, bytes[0] == sync, let kind = Kind(rawValue: bytes[1] >> 4 & 0x7) else {
            throw .notAFrame
        }
        let size = word(bytes, 2)
        guard Int(size) == bytes.count else { throw .size(size) }
        let found = word(bytes, bytes.count - 2)
        let expected = CRC16.ccittFalse(bytes[..<(bytes.count - 2)])
        guard found == expected else { throw .checksum(found: found, expected: expected) }
        return SynchrophasorFrame(
            kind: kind, idCode: word(bytes, 4), second: UInt32(word(bytes, 6)) << 16 | UInt32(word(bytes, 8)),
            quality: bytes[10], fraction: UInt32(bytes[11]) << 16 | UInt32(word(bytes, 12)),
            payload: Array(bytes[headLength..<(bytes.count - 2)]))
    }

    /// A command frame, 18 bytes. Its time is marked as unreliable (15): no unit needs it.
    public static func command(_ command: Command, idCode: UInt16, second: UInt32, fraction: UInt32 = 0) -> [UInt8] {
        // Type 4, version 1: the edition of 2005, which every unit understands.
        var bytes: [UInt8] = [sync, Kind.command.rawValue << 4 | 1, 0, 18]
        for value in [
            UInt32(idCode), second >> 16, second, 0x0F00 | fraction >> 16 & 0xFF, fraction, UInt32(command.rawValue),
        ] {
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value))
        }
        let check = CRC16.ccittFalse(bytes)
        return bytes + [UInt8(check >> 8), UInt8(truncatingIfNeeded: check)]
    }

    static func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }
}

/// Walks through a frame's payload; reading past its end throws.
struct SynchrophasorCursor {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func skip(_ count: Int) throws(SynchrophasorFrame.Fault) {
        guard count >= 0, count <= bytes.count - offset else { throw .truncated }
        offset += count
    }

    mutating func bytes(_ count: Int) throws(SynchrophasorFrame.Fault) -> ArraySlice<UInt8> {
        let start = offset
        try skip(count)
        return bytes[start..<offset]
    }

    mutating func word() throws(SynchrophasorFrame.Fault) -> UInt16 {
        let start = offset
        try skip(2)
        return SynchrophasorFrame.word(bytes, start)
    }

    mutating func signed() throws(SynchrophasorFrame.Fault) -> Int16 { Int16(bitPattern: try word()) }

    mutating func long() throws(SynchrophasorFrame.Fault) -> UInt32 {
        let high = try word()
        return UInt32(high) << 16 | UInt32(try word())
    }

    mutating func float() throws(SynchrophasorFrame.Fault) -> Float { Float(bitPattern: try long()) }
}

/// Cuts a stream of bytes into frames: TCP has no bounds of its own, a datagram must not run into the next.
public struct SynchrophasorStream: Sendable {
    /// No frame that this client needs is longer; a longer size is taken for a lost beat.
    public static let longest = 16384

    private var buffer: [UInt8] = []
    /// Bytes left out to find a frame again.
    public private(set) var skipped: UInt64 = 0
    /// Frames whose check word did not fit.
    public private(set) var damaged: UInt64 = 0

    public init() { buffer.reserveCapacity(1024) }

    /// Takes the next bytes of a connection and gives each good frame to `body`.
    public mutating func take(_ bytes: some Sequence<UInt8>, _ body: (SynchrophasorFrame) -> Void) {
        for byte in bytes {
            buffer.append(byte)
            if buffer.count >= 4 { cut(body) }
        }
    }

    /// Takes one datagram. What does not end with it is dropped.
    public mutating func takeDatagram(_ bytes: some Sequence<UInt8>, _ body: (SynchrophasorFrame) -> Void) {
        buffer.removeAll(keepingCapacity: true)
        take(bytes, body)
        skipped += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Forgets what was not a whole frame yet: the connection is a new one.
    public mutating func reset() { buffer.removeAll(keepingCapacity: true) }

    private mutating func cut(_ body: (SynchrophasorFrame) -> Void) {
        // Bounded: each round takes at least one byte off.
        while buffer.count >= 4 {
            let size = Int(SynchrophasorFrame.word(buffer, 2))
            // Versions so far: 1 (2005), 2 (2011).
            let isHead =
                buffer[0] == SynchrophasorFrame.sync && buffer[1] >> 4 <= 5 && (1...3).contains(buffer[1] & 0xF)
            guard isHead, (SynchrophasorFrame.shortest...Self.longest).contains(size)
            else {
                resynchronise()
                continue
            }
            guard buffer.count >= size else { return }
            do throws(SynchrophasorFrame.Fault) {
                body(try SynchrophasorFrame.read(Array(buffer[..<size])))
                buffer.removeFirst(size)
            } catch {
                damaged += 1
                resynchronise()
            }
        }
    }

    /// Goes on to the next byte that may begin a frame.
    private mutating func resynchronise() {
        let next = buffer.dropFirst().firstIndex(of: SynchrophasorFrame.sync) ?? buffer.count
        skipped += UInt64(next)
        buffer.removeFirst(next)
    }
}
