import Base

/// What went wrong on a bus or line, and where.
///
/// A fault is a plain value of fixed size: making, throwing and storing one allocates nothing.
public struct BusFault: Error, Sendable {
    /// The outcomes that lead to different decisions.
    public enum Kind: Equatable, Sendable {
        /// The bus, port or chip does not exist on this board.
        case noBus
        /// The address or a data byte was not acknowledged: nothing there, unpowered, or busy inside.
        case noAcknowledge
        /// SDA or SCL is held low and recovery clocks did not free it.
        case busStuck
        /// Another controller won the bus.
        case arbitrationLost
        /// The transfer did not end in time.
        case timeout
        /// Fewer bytes moved than asked for.
        case shortTransfer(expected: Int32, actual: Int32)
        /// The transfer's own check (SMBus PEC, parity) failed.
        case checksum(expected: UInt8, found: UInt8)
        /// A block's length is not the expected one, or not 1–32.
        case blockLength(found: UInt8, expected: UInt8)
        /// A kernel driver owns the address or line.
        case ownedByKernelDriver
        /// The controller or line is in use by somebody else.
        case busy
        /// The device answers but has lost its settings.
        case deviceReset
        /// The controller cannot do this (speed, mode, length byte, ignore-NAK).
        case unsupported
        /// The request is longer than the controller moves at once.
        case tooLong(limit: Int32)
        /// The address guard refused a write.
        case writeRefused
        /// The agent may not open or use it.
        case permission
        /// It was there and is gone.
        case unplugged
        /// Received bytes or edges were lost before they could be read.
        case overrun
        /// Any other system error.
        case other(errno: Int32)
    }

    /// When trying again makes sense.
    public enum RetryHint: Equatable, Sendable {
        /// At once: the fault was of the moment.
        case now
        /// After a pause: the other side is busy or starting.
        case afterDelay
        /// Once the bus was recovered (clock pulses, controller reset): the fault is not this device's.
        case afterBusRecovery
        /// Not without a change of configuration, wiring or hardware.
        case never
    }

    public var kind: Kind
    public var bus: BusName
    /// 7-bit I2C address, SPI chip select, GPIO line or PWM channel; nil where there is none.
    public var address: UInt16?
    /// Register or command code, where the transfer had one.
    public var register: UInt8?
    /// What was being done, for people: "read word".
    public var operation: StaticString

    public init(
        _ kind: Kind, bus: BusName, address: UInt16? = nil, register: UInt8? = nil, operation: StaticString
    ) {
        self.kind = kind
        self.bus = bus
        self.address = address
        self.register = register
        self.operation = operation
    }

    public var retryHint: RetryHint {
        switch kind {
        case .arbitrationLost, .shortTransfer, .checksum, .blockLength, .overrun: .now
        case .noAcknowledge, .busy, .deviceReset, .other: .afterDelay
        case .busStuck, .timeout: .afterBusRecovery
        case .noBus, .ownedByKernelDriver, .unsupported, .tooLong, .writeRefused, .permission, .unplugged: .never
        }
    }
}

/// Faults are equal when kind and place are; the wording of the operation does not count.
extension BusFault: Equatable {
    public static func == (a: BusFault, b: BusFault) -> Bool {
        a.kind == b.kind && a.bus == b.bus && a.address == b.address && a.register == b.register
    }
}

extension BusFault.Kind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noBus: "no such bus"
        case .noAcknowledge: "no acknowledge"
        case .busStuck: "bus stuck low"
        case .arbitrationLost: "arbitration lost"
        case .timeout: "timeout"
        case .shortTransfer(let expected, let actual): "short transfer, \(actual) of \(expected) bytes"
        case .checksum(let expected, let found): "checksum 0x\(Hex.text(found)), expected 0x\(Hex.text(expected))"
        case .blockLength(let found, let expected): "block length \(found), expected \(expected)"
        case .ownedByKernelDriver: "owned by a kernel driver"
        case .busy: "busy"
        case .deviceReset: "device lost its settings"
        case .unsupported: "not supported by the controller"
        case .tooLong(let limit): "longer than the controller's limit of \(limit) bytes"
        case .writeRefused: "write refused by the address guard"
        case .permission: "permission denied"
        case .unplugged: "unplugged"
        case .overrun: "overrun"
        case .other(let errno): "system error \(errno)"
        }
    }
}

extension BusFault: CustomStringConvertible {
    /// One line for logs, for example "i2c-0 0x4c register 0x01 read word: no acknowledge".
    public var description: String {
        var place = bus.description
        if let address { place += bus.medium == .i2c ? " 0x" + Hex.text(UInt8(clamping: address)) : ".\(address)" }
        if let register { place += " register 0x" + Hex.text(register) }
        return "\(place) \(operation): \(kind)"
    }
}
