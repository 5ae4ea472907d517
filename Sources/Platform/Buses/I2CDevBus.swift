import Base
import Buses
import CI2C
import CLinux

/// An I2C controller through the kernel's i2c-dev (kernel documentation, `i2c/dev-interface`).
///
/// Controllers that only speak SMBus serve the transfers that have the shape of an SMBus call. Clocking a stuck target free
/// is the controller driver's work, which it does before the next transfer; nothing of it can be asked for from here.
public final class I2CDevBus: I2CBus {
    public let name: BusName
    public let limits: I2CLimits
    let functions: UInt
    let file: FileDescriptor

    /// The most bytes that i2c-dev takes in one message.
    private static let longestMessage = 8192
    /// The command and the most bytes of an SMBus block.
    private static let longestCall = I2CLimits(longestWrite: 33, longestRead: 32)

    /// Opens `/dev/i2c-<number>`.
    ///
    /// - Parameter timeout: what one transfer may take before it throws `timeout`, in steps of 10 ms; drivers of some
    ///   controllers have a limit of their own. It is the adapter's, so it concerns the kernel's own drivers on it too.
    /// - Throws: `noBus`, `permission`, `busy`; `unsupported` when it is no I2C controller.
    public convenience init(number: UInt16, timeout: Duration = .milliseconds(200)) throws(BusFault) {
        let name = BusName(.i2c, number)
        let file = try BusFault.opening(name) { () throws(SystemError) in try File.open("/dev/i2c-\(number)", O_RDWR) }
        var functions: UInt = 0
        try BusFault.opening(name) { () throws(SystemError) in
            _ = try valueOrErrno("I2C_FUNCS") { ci2c_functions(file.rawValue, &functions) }
            let milliseconds = UInt(clamping: timeout.nanoseconds / 1_000_000)
            _ = try valueOrErrno("I2C_TIMEOUT") { ci2c_set_timeout(file.rawValue, max(milliseconds, 1)) }
            // After a lost arbitration, and only then, the kernel tries again by itself, within the time limit.
            _ = try valueOrErrno("I2C_RETRIES") { ci2c_set_retries(file.rawValue, 1) }
        }
        self.init(file, name, functions: functions)
    }

    /// Takes a bus that is open, whose adapter has these functions (`I2C_FUNC_…`).
    init(_ file: consuming FileDescriptor, _ name: BusName, functions: UInt) {
        self.file = file
        self.name = name
        self.functions = functions
        limits =
            ci2c_has(functions, UInt(I2C_FUNC_I2C))
            ? I2CLimits(longestWrite: Self.longestMessage, longestRead: Self.longestMessage) : Self.longestCall
    }

    /// Selects the target and moves the bytes. Throws `unsupported` for what an SMBus-only adapter has no call for.
    public func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        guard write.count <= limits.longestWrite else { throw tooLong(limits.longestWrite, address) }
        guard read.count <= limits.longestRead else { throw tooLong(limits.longestRead, address) }
        let ignoresNAK = options.contains(.ignoreNAK)
        guard !ignoresNAK || ci2c_has(functions, UInt(I2C_FUNC_PROTOCOL_MANGLING)) else {
            throw fault(.unsupported, address)
        }
        try select(address)
        do throws(SystemError) {
            if ci2c_has(functions, UInt(I2C_FUNC_I2C)) {
                try combined(address, write, &read, ignoresNAK)
            } else {
                guard try smbusCall(write, &read) else {
                    throw SystemError(call: "I2C_SMBUS", errno: .operationNotSupported)
                }
            }
        } catch {
            throw fault(BusFault.Kind(error.errno, on: .i2c), address)
        }
    }

    /// I2C_RDWR would not notice that a driver of the kernel has the target: selecting does. It costs no bus traffic.
    private func select(_ address: I2CAddress) throws(BusFault) {
        do throws(SystemError) {
            _ = try valueOrErrno("I2C_SLAVE") { ci2c_select(file.rawValue, address.value) }
        } catch {
            let kind = error.errno == .busy ? .ownedByKernelDriver : BusFault.Kind(error.errno, on: .i2c)
            throw fault(kind, address, "select")
        }
    }

    private func combined(
        _ address: I2CAddress, _ write: Span<UInt8>, _ read: inout MutableSpan<UInt8>, _ ignoresNAK: Bool
    ) throws(SystemError) {
        guard write.count + read.count > 0 else { return }
        try write.withUnsafeBufferPointer { (sent) throws(SystemError) in
            try read.withUnsafeMutableBufferPointer { (received) throws(SystemError) in
                _ = try valueOrErrno("I2C_RDWR") {
                    ci2c_transfer(
                        file.rawValue, address.value, sent.baseAddress, UInt16(sent.count), received.baseAddress,
                        UInt16(received.count), ignoresNAK)
                }
            }
        }
    }

    private func tooLong(_ limit: Int, _ address: I2CAddress) -> BusFault {
        fault(.tooLong(limit: Int32(clamping: limit)), address)
    }

    private func fault(
        _ kind: BusFault.Kind, _ address: I2CAddress, _ operation: StaticString = "transfer"
    ) -> BusFault {
        BusFault(kind, bus: name, address: UInt16(address.value), operation: operation)
    }
}
