import Base
import Buses
import CLinux

/// How an SPI device samples: clock polarity in bit 1, clock phase in bit 0, as in Linux's `SPI_MODE_0` to `SPI_MODE_3`.
public enum SPIMode: UInt8, Sendable {
    case mode0, mode1, mode2, mode3
}

/// A device on an SPI bus through the kernel's spidev (kernel documentation, `spi/spidev`).
public final class SpidevBus: SPIBus {
    public let name: BusName
    public let longestTransfer: Int
    public private(set) var clock: Hertz
    private let chipSelect: UInt16
    private let file: FileDescriptor

    /// spidev's limit where the module's parameter cannot be read: its built-in default.
    static let usualLimit = 4096

    /// Opens `/dev/spidev<bus>.<chipSelect>` with words of 8 bits.
    /// - Throws: `noBus`, `permission`, `busy`; `unsupported` when the controller does not take the mode or the clock.
    public convenience init(bus: UInt16, chipSelect: UInt16, mode: SPIMode, clock: Hertz) throws(BusFault) {
        let name = BusName(.spi, bus)
        let file = try BusFault.opening(name, chipSelect) { () throws(SystemError) in
            try File.open("/dev/spidev\(bus).\(chipSelect)", O_RDWR)
        }
        self.init(file, name, chipSelect, longestTransfer: Self.configuredLimit())
        try set(mode)
        try setClock(clock)
    }

    /// Takes a device that is open and set up.
    init(_ file: consuming FileDescriptor, _ name: BusName, _ chipSelect: UInt16, longestTransfer: Int) {
        self.file = file
        self.name = name
        self.chipSelect = chipSelect
        self.longestTransfer = longestTransfer
        clock = Hertz(0)
    }

    private func set(_ mode: SPIMode) throws(BusFault) {
        var accepted: UInt8 = 0
        try BusFault.naming("set the mode", on: name, chipSelect) { () throws(SystemError) in
            _ = try valueOrErrno("SPI_IOC_WR_MODE") { clinux_spi_set_mode(file.rawValue, mode.rawValue) }
            _ = try valueOrErrno("SPI_IOC_WR_BITS_PER_WORD") { clinux_spi_set_word_size(file.rawValue, 8) }
            _ = try valueOrErrno("SPI_IOC_RD_MODE") { clinux_spi_get_mode(file.rawValue, &accepted) }
        }
        // Some drivers drop what they cannot do without a word.
        guard accepted & 3 == mode.rawValue else { throw fault(.unsupported, "set the mode") }
    }

    /// Takes effect with the next transfer; the controller may round it down.
    public func setClock(_ clock: Hertz) throws(BusFault) {
        guard clock > .zero else { throw fault(.unsupported, "set the clock") }
        try BusFault.naming("set the clock", on: name, chipSelect) { () throws(SystemError) in
            _ = try valueOrErrno("SPI_IOC_WR_MAX_SPEED_HZ") {
                clinux_spi_set_clock(file.rawValue, UInt32(clock.value))
            }
        }
        self.clock = clock
    }

    /// One message in which every byte is replaced by the one that came in.
    public func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        try bytes.withUnsafeMutableBytes { (buffer) throws(BusFault) in
            try transfer("exchange", sent: buffer.baseAddress, received: buffer.baseAddress, count: buffer.count)
        }
    }

    /// One message; what comes in is dropped.
    public func write(_ bytes: Span<UInt8>) throws(BusFault) {
        try bytes.withUnsafeBytes { (buffer) throws(BusFault) in
            try transfer("write", sent: buffer.baseAddress, received: nil, count: buffer.count)
        }
    }

    /// One message that sends zeros.
    public func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        try bytes.withUnsafeMutableBytes { (buffer) throws(BusFault) in
            try transfer("read", sent: nil, received: buffer.baseAddress, count: buffer.count)
        }
    }

    private func transfer(
        _ operation: StaticString, sent: UnsafeRawPointer?, received: UnsafeMutableRawPointer?, count: Int
    ) throws(BusFault) {
        guard count > 0 else { return }
        guard count <= longestTransfer else {
            throw fault(.tooLong(limit: Int32(clamping: longestTransfer)), operation)
        }
        let moved = try BusFault.naming(operation, on: name, chipSelect) { () throws(SystemError) in
            try valueOrErrno("SPI_IOC_MESSAGE") {
                clinux_spi_transfer(file.rawValue, sent, received, UInt32(count), UInt32(clock.value))
            }
        }
        guard Int(moved) == count else {
            throw fault(.shortTransfer(expected: Int32(clamping: count), actual: moved), operation)
        }
    }

    private func fault(_ kind: BusFault.Kind, _ operation: StaticString) -> BusFault {
        BusFault(kind, bus: name, address: chipSelect, operation: operation)
    }

    /// The module's `bufsiz`, in bytes.
    private static func configuredLimit() -> Int {
        do throws(FileError) {
            let text = try File.read("/sys/module/spidev/parameters/bufsiz", limit: 32)
            return Process.decimal(text).map { max($0, 1) } ?? usualLimit
        } catch {
            return usualLimit
        }
    }
}
