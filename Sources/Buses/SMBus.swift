/// A target that speaks SMBus 3.1 or PMBus: words are little-endian, blocks carry a length byte, and every transfer may
/// end in a packet error code (PEC), the CRC-8 over all its bytes and addresses.
///
/// Byte and word forms match `i2c_smbus_*_byte_data` and `…_word_data` of Linux.
public struct SMBusDevice {
    public let device: I2CDevice
    /// Whether the target sends and expects packet error codes.
    public let usesPEC: Bool

    /// The most bytes a block carries (SMBus 2.0; version 3 allows 255, which these parts do not use).
    public static let longestBlock = 32

    public init(_ device: I2CDevice, usesPEC: Bool) {
        self.device = device
        self.usesPEC = usesPEC
    }

    /// Sends a command without data (CLEAR_FAULTS and the like).
    public func sendCommand(_ command: UInt8) throws(BusFault) {
        let bytes: InlineArray<1, UInt8> = [command]
        try write(bytes.span, command: command, operation: "send command")
    }

    /// Reads one byte of data.
    /// - Throws: `checksum` when a packet error code does not match, besides what the bus throws.
    public func readByte(_ command: UInt8) throws(BusFault) -> UInt8 {
        if usesPEC {
            let reply: InlineArray<2, UInt8> = try device.read(command, operation: "read byte")
            try checkPEC(reply.span, command: command, operation: "read byte")
            return reply[0]
        }
        return try device.readByte(command)
    }

    /// Writes one byte of data.
    public func writeByte(_ value: UInt8, to command: UInt8) throws(BusFault) {
        let bytes: InlineArray<2, UInt8> = [command, value]
        try write(bytes.span, command: command, operation: "write byte")
    }

    /// Reads a word, low byte first on the wire.
    /// - Throws: `checksum` when a packet error code does not match, besides what the bus throws.
    public func readWord(_ command: UInt8) throws(BusFault) -> UInt16 {
        if usesPEC {
            let reply: InlineArray<3, UInt8> = try device.read(command, operation: "read word")
            try checkPEC(reply.span, command: command, operation: "read word")
            return UInt16(reply[1]) << 8 | UInt16(reply[0])
        }
        let reply: InlineArray<2, UInt8> = try device.read(command, operation: "read word")
        return UInt16(reply[1]) << 8 | UInt16(reply[0])
    }

    /// Writes a word, low byte first on the wire.
    public func writeWord(_ value: UInt16, to command: UInt8) throws(BusFault) {
        let bytes: InlineArray<3, UInt8> = [
            command, UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8),
        ]
        try write(bytes.span, command: command, operation: "write word")
    }

    /// Reads a block that is known to have `count` (1–32) bytes.
    ///
    /// The length byte, the block and no more are clocked: targets may count a longer read as a communication error.
    /// - Throws: `blockLength` when the target announces another length.
    public func readBlock(_ command: UInt8, count: Int) throws(BusFault) -> [UInt8] {
        let count = min(max(count, 1), SMBusDevice.longestBlock)
        var reply = [UInt8](repeating: 0, count: 1 + count + (usesPEC ? 1 : 0))
        var span = reply.mutableSpan
        try device.read(command, into: &span, operation: "read block")
        guard Int(reply[0]) == count else {
            throw device.fault(
                .blockLength(found: reply[0], expected: UInt8(count)), register: command, operation: "read block")
        }
        if usesPEC { try checkPEC(reply.span, command: command, operation: "read block") }
        return Array(reply[1...count])
    }

    /// Writes a block of 1–32 bytes behind its length byte.
    public func writeBlock(_ block: [UInt8], to command: UInt8) throws(BusFault) {
        guard (1...SMBusDevice.longestBlock).contains(block.count) else {
            throw device.fault(
                .blockLength(found: UInt8(clamping: block.count), expected: UInt8(SMBusDevice.longestBlock)),
                register: command, operation: "write block")
        }
        var bytes = InlineArray<34, UInt8>(repeating: 0)
        bytes[0] = command
        bytes[1] = UInt8(block.count)
        for index in block.indices { bytes[2 + index] = block[index] }
        try write(bytes.span.extracting(first: 2 + block.count), command: command, operation: "write block")
    }

    private func write(_ bytes: Span<UInt8>, command: UInt8, operation: StaticString) throws(BusFault) {
        guard usesPEC else { return try device.write(bytes, register: command, operation: operation) }
        var message = InlineArray<35, UInt8>(repeating: 0)
        var code = PacketErrorCode()
        code.update(device.address.value << 1)
        for index in bytes.indices {
            message[index] = bytes[index]
            code.update(bytes[index])
        }
        message[bytes.count] = code.value
        try device.write(
            message.span.extracting(first: bytes.count + 1), register: command, operation: operation)
    }

    /// Checks the code that ends a reply to `command`.
    private func checkPEC(_ reply: Span<UInt8>, command: UInt8, operation: StaticString) throws(BusFault) {
        var code = PacketErrorCode()
        code.update(device.address.value << 1)
        code.update(command)
        code.update(device.address.value << 1 | 1)
        let last = reply.count - 1
        for index in 0..<last { code.update(reply[index]) }
        guard code.value == reply[last] else {
            throw device.fault(
                .checksum(expected: code.value, found: reply[last]), register: command, operation: operation)
        }
    }
}

/// The SMBus packet error code: CRC-8 with polynomial x⁸+x²+x+1, start value 0, not reflected (SMBus 3.1, 6.4.1.1).
public struct PacketErrorCode: Sendable {
    public private(set) var value: UInt8 = 0

    public init() {}

    /// Takes the next byte of the message, addresses with their direction bit included.
    public mutating func update(_ byte: UInt8) {
        value ^= byte
        for _ in 0..<8 { value = value & 0x80 == 0 ? value << 1 : value << 1 ^ 0x07 }
    }
}
