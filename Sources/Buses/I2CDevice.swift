import Base

/// A target on an I2C bus: transfers to registers in both byte orders, and the SMBus forms of them.
///
/// Everything is built on plain transfers, so that it works on every controller and a test sees the exact bytes.
public struct I2CDevice {
    public let bus: any I2CBus
    public let address: I2CAddress

    public init(_ bus: any I2CBus, at address: I2CAddress) {
        self.bus = bus
        self.address = address
    }

    /// Reads `count` bytes from `register` on, in the order they arrive.
    public func read<let count: Int>(
        _ register: UInt8, operation: StaticString = "read"
    ) throws(BusFault) -> InlineArray<count, UInt8> {
        var bytes = InlineArray<count, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        try read(register, into: &span, operation: operation)
        return bytes
    }

    /// Fills `bytes` from `register` on, in the order they arrive.
    public func read(
        _ register: UInt8, into bytes: inout MutableSpan<UInt8>, operation: StaticString = "read"
    ) throws(BusFault) {
        let command: InlineArray<1, UInt8> = [register]
        try transfer(write: command.span, read: &bytes, register: register, operation: operation)
    }

    /// Fills `bytes` without writing a register first.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        try transfer(write: Span(), read: &bytes, register: nil, operation: "read")
    }

    /// Reads an 8-bit register.
    public func readByte(_ register: UInt8) throws(BusFault) -> UInt8 {
        let bytes: InlineArray<1, UInt8> = try read(register, operation: "read byte")
        return bytes[0]
    }

    /// Reads a 16-bit register whose high byte comes first, as sensors and power monitors send it.
    public func readBigEndianWord(_ register: UInt8) throws(BusFault) -> UInt16 {
        let bytes: InlineArray<2, UInt8> = try read(register, operation: "read word")
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }

    /// Writes `bytes` as they are; the first is usually a register.
    public func write(
        _ bytes: Span<UInt8>, register: UInt8? = nil, options: I2COptions = [], operation: StaticString = "write"
    ) throws(BusFault) {
        var nothing = MutableSpan<UInt8>()
        try transfer(write: bytes, read: &nothing, register: register, options: options, operation: operation)
    }

    /// Writes an 8-bit register, in one message with its number.
    public func writeByte(_ value: UInt8, to register: UInt8) throws(BusFault) {
        let bytes: InlineArray<2, UInt8> = [register, value]
        try write(bytes.span, register: register, operation: "write byte")
    }

    /// Writes a 16-bit register, high byte first.
    public func writeBigEndianWord(_ value: UInt16, to register: UInt8) throws(BusFault) {
        let bytes: InlineArray<3, UInt8> = [
            register, UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value),
        ]
        try write(bytes.span, register: register, operation: "write word")
    }

    /// One transfer to this target; a fault leaves with the register and the operation filled in.
    func transfer(
        write: Span<UInt8>, read: inout MutableSpan<UInt8>, register: UInt8?, options: I2COptions = [],
        operation: StaticString
    ) throws(BusFault) {
        do throws(BusFault) {
            if write.count > bus.limits.longestWrite { throw fault(.tooLong(limit: Int32(bus.limits.longestWrite))) }
            if read.count > bus.limits.longestRead { throw fault(.tooLong(limit: Int32(bus.limits.longestRead))) }
            try bus.transfer(address, write: write, read: &read, options: options)
        } catch {
            var fault = error
            fault.register = register
            fault.operation = operation
            throw fault
        }
    }

    func fault(
        _ kind: BusFault.Kind, register: UInt8? = nil, operation: StaticString = "transfer"
    ) -> BusFault {
        BusFault(kind, bus: bus.name, address: UInt16(address.value), register: register, operation: operation)
    }
}
