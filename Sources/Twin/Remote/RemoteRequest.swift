import Base
import Buses

/// What a program asks of a simulated rig in another process: one transfer on a bus, one change of a line.
///
/// On the wire: length of what follows (u16, little-endian), operation (u8), target (u16), arguments. The answer: length (u16),
/// 0 and results, or a fault's code and its two figures. Both sides belong to one release: there is no version in it.
public enum RemoteOperation: UInt8, Sendable {
    /// Target: I2C bus. Arguments: address u8, options u8, bytes to read u16, bytes to write. Result: the bytes read.
    case i2cTransfer = 1
    /// Target: SPI bus. Arguments: bytes. Result: as many bytes.
    case spiExchange
    /// Target: SPI bus. Argument: hertz u32.
    case spiSetClock
    /// Target: serial port. Argument: most bytes wanted u16. Result: bytes.
    case uartRead
    /// Target: serial port. Arguments: bytes. Result: taken u32.
    case uartWrite
    /// Target: serial port. Result: u32.
    case uartUnsent
    /// Target: serial port. Argument: baud u32. Result: the real rate u32.
    case uartSetBaud
    /// Target: serial port.
    case uartDiscardInput
    /// Target: serial port.
    case uartBreak
    /// Target: GPIO chip. Arguments: offset u32, level u8.
    case lineSet
    /// Target: GPIO chip. Argument: offset u32. Result: level u8.
    case lineGet
    /// Target: PWM chip. Arguments: channel u32, period u32, on time u32 (ns), inverted u8, enabled u8.
    case pwmApply
    /// Target: PWM chip. Argument: channel u32. Result: as the arguments of `pwmApply` from the period on.
    case pwmCurrent
    /// Target: fan. Result: revolutions a minute u32; 0 stands for a fan that gives no pulses.
    case fanSpeed
    /// Argument: milliseconds u32. Result: the timeout chosen u32.
    case watchdogArm
    case watchdogFeed
    case watchdogDisarm
    /// Arguments: a command line. Result: carried out or not u8, text.
    case command
}

/// Bytes of a message, written in order; all numbers little-endian.
public struct WireWriter {
    public private(set) var bytes: [UInt8] = []

    public init() { bytes.reserveCapacity(64) }

    /// Empties it and keeps its memory.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Appends one byte.
    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Appends two bytes, the low one first.
    public mutating func append(_ number: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: number))
        bytes.append(UInt8(truncatingIfNeeded: number >> 8))
    }

    /// Appends four bytes, the low one first.
    public mutating func append(_ number: UInt32) {
        append(UInt16(truncatingIfNeeded: number))
        append(UInt16(truncatingIfNeeded: number >> 16))
    }

    /// Appends bytes as they are.
    public mutating func append(_ span: Span<UInt8>) {
        for index in span.indices { bytes.append(span[index]) }
    }

    /// Puts the length of what follows the first two bytes into them.
    public mutating func finish() {
        let length = UInt16(clamping: bytes.count - 2)
        bytes[0] = UInt8(truncatingIfNeeded: length)
        bytes[1] = UInt8(truncatingIfNeeded: length >> 8)
    }
}

/// Bytes of a message, read in order; nil beyond the end.
public struct WireReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// What has not been read.
    public var rest: ArraySlice<UInt8> { bytes[position...] }

    /// The next byte.
    public mutating func byte() -> UInt8? {
        guard position < bytes.endIndex else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next two bytes, the low one first.
    public mutating func short() -> UInt16? {
        guard let low = byte(), let high = byte() else { return nil }
        return UInt16(high) << 8 | UInt16(low)
    }

    /// The next four bytes, the low one first.
    public mutating func word() -> UInt32? {
        guard let low = short(), let high = short() else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }
}
