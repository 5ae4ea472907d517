import Base
import Buses

/// An I2C bus of a simulated rig in another process.
public final class RemoteI2CBus: I2CBus {
    public let name: BusName
    public let limits: I2CLimits
    private let call: RemoteCall

    public init(_ number: UInt16, over link: any RemoteLink) {
        name = BusName(.i2c, number)
        limits = I2CLimits(longestWrite: 8192, longestRead: 8192)
        call = RemoteCall(link: link, name: name)
    }

    /// One transfer in the other process.
    public func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        let wanted = UInt16(clamping: read.count)
        let answer = try call(.i2cTransfer, name.number, address: UInt16(address.value), what: "transfer") {
            $0.append(address.value)
            $0.append(options.rawValue)
            $0.append(wanted)
            $0.append(write)
        }
        try answer.copy(all: &read, or: call.short("transfer"))
    }
}

/// An SPI bus of a simulated rig in another process.
public final class RemoteSPIBus: SPIBus {
    public let name: BusName
    public let longestTransfer = 4096
    public private(set) var clock: Hertz
    private let call: RemoteCall

    public init(_ number: UInt16, clock: Hertz, over link: any RemoteLink) {
        name = BusName(.spi, number)
        self.clock = clock
        call = RemoteCall(link: link, name: name)
    }

    /// Sets the clock in the other process.
    public func setClock(_ clock: Hertz) throws(BusFault) {
        _ = try call(.spiSetClock, name.number, what: "set the clock") {
            $0.append(UInt32(clamping: clock.value))
        }
        self.clock = clock
    }

    /// Exchanges bytes in the other process.
    public func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        var sent: [UInt8] = []
        for index in bytes.indices { sent.append(bytes[index]) }
        let answer = try call(.spiExchange, name.number, what: "exchange") { $0.append(sent.span) }
        try answer.copy(all: &bytes, or: call.short("exchange"))
    }

    /// Hands bytes to the other process.
    public func write(_ bytes: Span<UInt8>) throws(BusFault) {
        _ = try call(.spiExchange, name.number, what: "write") { $0.append(bytes) }
    }

    /// Takes bytes from the other process.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        for index in bytes.indices { bytes[index] = 0 }
        try exchange(&bytes)
    }
}

/// A serial port of a simulated rig in another process.
public final class RemoteUART: UARTPort {
    public let name: BusName
    private let call: RemoteCall

    public init(_ number: UInt16, over link: any RemoteLink) {
        name = BusName(.uart, number)
        call = RemoteCall(link: link, name: name)
    }

    /// Takes bytes from the other process.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        let wanted = UInt16(clamping: bytes.count)
        let answer = try call(.uartRead, name.number, what: "read") { $0.append(wanted) }
        return answer.copy(some: &bytes)
    }

    /// Hands bytes to the other process.
    public func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int {
        Int(try number(.uartWrite, "write") { $0.append(bytes) })
    }

    /// Asks the other process what waits.
    public func unsent() throws(BusFault) -> Int { Int(try number(.uartUnsent, "ask what waits")) }

    /// Sets the rate in the other process.
    public func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 {
        try number(.uartSetBaud, "set the line rate") { $0.append(baud) }
    }

    /// Drops what waits in the other process.
    public func discardInput() throws(BusFault) { _ = try call(.uartDiscardInput, name.number, what: "discard input") }

    /// Sends a break in the other process.
    public func sendBreak() throws(BusFault) { _ = try call(.uartBreak, name.number, what: "send a break") }

    private func number(
        _ operation: RemoteOperation, _ what: StaticString, _ arguments: (inout WireWriter) -> Void = { _ in }
    ) throws(BusFault) -> UInt32 {
        var answer = try call(operation, name.number, what: what, arguments)
        guard let number = answer.word() else { throw call.short(what) }
        return number
    }
}

extension WireReader {
    /// Copies what is left into the whole of `bytes`, and throws `fault` when it is not exactly that much.
    func copy(all bytes: inout MutableSpan<UInt8>, or fault: BusFault) throws(BusFault) {
        guard rest.count == bytes.count else { throw fault }
        _ = copy(some: &bytes)
    }

    /// Copies what is left into the front of `bytes` and returns how much that was.
    func copy(some bytes: inout MutableSpan<UInt8>) -> Int {
        let source = rest
        let count = min(source.count, bytes.count)
        for index in 0..<count { bytes[index] = source[source.startIndex + index] }
        return count
    }
}
