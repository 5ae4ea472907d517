import Base

/// One access to an I2C device behind a mining chip: BM1387 (register 0x20) and BM1397 (register 0x1C) can act as I2C
/// controller for the temperature sensors on their hash board.
///
/// The dialogue: read the register until it is not busy, write a request, read until not busy again, and for a read
/// take the data from that reply, if it belongs to the request. A BM1387 must first route the bus to its pins.
public struct ChainI2CWord: Equatable, Sendable {
    /// The register's value, most significant byte first on the wire.
    public let bits: UInt32

    public init(bits: UInt32) {
        self.bits = bits
    }

    /// The request to read a device's register.
    public static func read(_ register: UInt8, of device: UInt8) -> ChainI2CWord {
        ChainI2CWord(bits: start | UInt32(device & 0x7F) << 17 | UInt32(register) << 8)
    }

    /// The request to write a device's register.
    public static func write(_ value: UInt8, to register: UInt8, of device: UInt8) -> ChainI2CWord {
        ChainI2CWord(bits: start | UInt32(device & 0x7F) << 17 | writes | UInt32(register) << 8 | UInt32(value))
    }

    private static let busy: UInt32 = 1 << 31
    private static let start: UInt32 = 1 << 24
    private static let writes: UInt32 = 1 << 16

    public var isBusy: Bool { bits & ChainI2CWord.busy != 0 }

    /// The device's 7-bit address.
    public var device: UInt8 { UInt8(truncatingIfNeeded: bits >> 17 & 0x7F) }

    public var isWrite: Bool { bits & ChainI2CWord.writes != 0 }

    public var register: UInt8 { UInt8(truncatingIfNeeded: bits >> 8) }

    public var data: UInt8 { UInt8(truncatingIfNeeded: bits) }

    /// The data this word brings for a read request; nil while busy, and when it answers something else.
    public func data(answering request: ChainI2CWord) -> UInt8? {
        !isBusy && !isWrite && !request.isWrite && device == request.device && register == request.register
            ? data : nil
    }
}
