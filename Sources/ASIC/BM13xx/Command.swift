import Base

/// A register command from the host to the chips of a chain.
///
/// On the wire: `55 AA`, header, length (of everything after the preamble), body, CRC5 over header…body
/// (Docs/chips-uart.md, "Command frames").
public enum Command: Hashable, Sendable {
    /// Gives the first chip without an address this one; it then passes later commands on.
    case setAddress(UInt8)
    case write(RegisterWrite, to: Recipient)
    case read(Register, from: Recipient)
    /// Takes every chip's address away and stops commands at the first chip, so that addresses can be given one by one.
    case chainInactive

    /// Which chips a command is for.
    public enum Recipient: Hashable, Sendable {
        case all
        /// The chip with this address.
        case chip(UInt8)

        var broadcastBit: UInt8 { self == .all ? CommandHeader.broadcast : 0 }

        var address: UInt8 {
            switch self {
            case .all: 0
            case .chip(let address): address
            }
        }
    }

    /// Bytes of the longest command frame.
    public static let maximumFrameLength = 11

    /// Appends the frame to `buffer`.
    public func append(to buffer: inout [UInt8]) {
        buffer.append(FramePreamble.command.0)
        buffer.append(FramePreamble.command.1)
        let start = buffer.count
        switch self {
        case .setAddress(let address):
            Self.append(CommandHeader.command | CommandHeader.setAddress, 5, address, 0, to: &buffer)
        case .write(let write, let recipient):
            let header = CommandHeader.command | CommandHeader.write | recipient.broadcastBit
            Self.append(header, 9, recipient.address, write.register.rawValue, to: &buffer)
            buffer.append(bigEndian: write.value)
        case .read(let register, let recipient):
            let header = CommandHeader.command | CommandHeader.read | recipient.broadcastBit
            Self.append(header, 5, recipient.address, register.rawValue, to: &buffer)
        case .chainInactive:
            let header = CommandHeader.command | CommandHeader.inactive | CommandHeader.broadcast
            Self.append(header, 5, 0, 0, to: &buffer)
        }
        buffer.append(CRC5.checksum(of: buffer[start...]))
    }

    /// The frame, preamble included.
    public var frame: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// Reads one whole frame.
    public init(frame: ArraySlice<UInt8>) throws(FrameError) {
        try FramePreamble.check(frame, FramePreamble.command, minimumLength: 7)
        let body = frame.dropFirst(2)
        let start = body.startIndex
        guard Int(body[start + 1]) == body.count else { throw .length(Int(body[start + 1]), expected: body.count) }
        guard CRC5.checksum(of: body.dropLast()) == body[body.endIndex - 1] else { throw .checksum }
        let (header, address, register) = (body[start], body[start + 2], Register(rawValue: body[start + 3]))
        guard header & ~(CommandHeader.broadcast | 0x0F) == CommandHeader.command else { throw .header(header) }
        let recipient: Recipient = header & CommandHeader.broadcast == 0 ? .chip(address) : .all
        switch (header & 0x0F, body.count) {
        case (CommandHeader.setAddress, 5): self = .setAddress(address)
        case (CommandHeader.write, 9):
            self = .write(RegisterWrite(register, body.bigEndianUInt32(at: start + 4)), to: recipient)
        case (CommandHeader.read, 5): self = .read(register, from: recipient)
        case (CommandHeader.inactive, 5): self = .chainInactive
        default: throw .header(header)
        }
    }

    private static func append(
        _ header: UInt8, _ length: UInt8, _ address: UInt8, _ register: UInt8, to buffer: inout [UInt8]
    ) {
        buffer.append(header)
        buffer.append(length)
        buffer.append(address)
        buffer.append(register)
    }
}

/// The bits of the first byte after a command's preamble.
enum CommandHeader {
    static let job: UInt8 = 0x21
    static let command: UInt8 = 0x40
    static let broadcast: UInt8 = 0x10
    static let setAddress: UInt8 = 0
    static let write: UInt8 = 1
    static let read: UInt8 = 2
    static let inactive: UInt8 = 3
}
