import Base

/// What a chip sends: the value of a register, or a nonce that passed its ticket mask.
///
/// On the wire: `AA 55`, four bytes, two bytes, with version rolling two more, and a byte with the type in its upper
/// three bits and a CRC5 in the lower five (Docs/chips-uart.md, "Response frames").
public enum Response: Hashable, Sendable {
    case register(RegisterReply)
    case nonce(NonceReply)

    /// The value of a register.
    public struct RegisterReply: Hashable, Sendable {
        public var value: UInt32
        /// Address of the chip that answers, 0 while it has none.
        public var chip: UInt8
        public var register: Register

        public init(value: UInt32, chip: UInt8, register: Register) {
            self.value = value
            self.chip = chip
            self.register = register
        }
    }

    /// A nonce as it came, before the family's rules take it apart (`ChipFamily.decode`).
    public struct NonceReply: Hashable, Sendable {
        /// The four nonce bytes, first byte most significant: the order in which core and chip are read from it.
        /// The header's nonce is `wireNonce.byteSwapped`.
        public var wireNonce: UInt32
        /// Twice the number of zero bits beyond the ticket mask on newer chips; unused.
        public var excess: UInt8
        /// Job id and sub-core, packed by the family's rule.
        public var result: UInt8
        /// The rolled version bits shifted right by 13; 0 from chips that do not roll.
        public var roll: UInt16

        public init(wireNonce: UInt32, excess: UInt8, result: UInt8, roll: UInt16) {
            self.wireNonce = wireNonce
            self.excess = excess
            self.result = result
            self.roll = roll
        }
    }

    /// Bytes of a frame.
    public enum Length: Int, Hashable, Sendable {
        /// Every BM1397, and newer chips until version rolling is switched on.
        case nine = 9
        /// Newer chips once register A4 has been written.
        case eleven = 11
    }

    public static let maximumLength = 11

    /// Appends the frame, as a chip would send it.
    public func append(to buffer: inout [UInt8], length: Length) {
        buffer.append(FramePreamble.response.0)
        buffer.append(FramePreamble.response.1)
        let start = buffer.count
        let type: UInt8
        let extra: UInt16
        switch self {
        case .register(let reply):
            (type, extra) = (0, 0)
            buffer.append(bigEndian: reply.value)
            buffer.append(reply.chip)
            buffer.append(reply.register.rawValue)
        case .nonce(let reply):
            (type, extra) = (ResponseType.nonce, reply.roll)
            buffer.append(bigEndian: reply.wireNonce)
            buffer.append(reply.excess)
            buffer.append(reply.result)
        }
        if length == .eleven {
            buffer.append(UInt8(extra >> 8))
            buffer.append(UInt8(truncatingIfNeeded: extra))
        }
        let checksum = buffer[start...].reduce(CRC5.initialValue) { CRC5.update($0, with: $1, bits: 8) }
        buffer.append(type | CRC5.update(checksum, with: type, bits: 3))
    }
}

/// The upper three bits of a response's last byte.
enum ResponseType {
    static let mask: UInt8 = 0xE0
    static let register: UInt8 = 0x00
    static let nonce: UInt8 = 0x80
}
