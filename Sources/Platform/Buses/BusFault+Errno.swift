import Buses

extension BusFault.Kind {
    /// What an error of the kernel means for somebody who opens a bus, port or chip.
    init(opening errno: Errno) {
        switch errno {
        case .noEntry, .notADirectory, .noDevice, .noSuchDeviceOrAddress: self = .noBus
        case .accessDenied, .notPermitted: self = .permission
        case .busy, .wouldBlock: self = .busy
        case .invalidArgument, .notATerminal, .operationNotSupported, .notImplemented: self = .unsupported
        default: self = .other(errno: errno.rawValue)
        }
    }

    /// What an error of the kernel means in the use of something open (kernel documentation, `i2c/fault-codes`, for I2C).
    init(_ errno: Errno, on medium: BusName.Medium) {
        switch (errno, medium) {
        // Which of the two depends on the controller's driver.
        case (.noSuchDeviceOrAddress, .i2c), (.remoteIO, .i2c): self = .noAcknowledge
        case (.wouldBlock, .i2c): self = .arbitrationLost
        // The controller gave up waiting for the lines to rise.
        case (.busy, .i2c): self = .busStuck
        // A terminal that was hung up.
        case (.inputOutput, .uart): self = .unplugged
        case (.noDevice, _), (.noSuchDeviceOrAddress, _), (.transportShutDown, _), (.noEntry, _): self = .unplugged
        case (.timedOut, _): self = .timeout
        case (.busy, _), (.wouldBlock, _): self = .busy
        case (.accessDenied, _), (.notPermitted, _): self = .permission
        case (.invalidArgument, _), (.notATerminal, _), (.operationNotSupported, _), (.notImplemented, _):
            self = .unsupported
        default: self = .other(errno: errno.rawValue)
        }
    }
}

extension BusFault {
    /// Runs `body`; an error of the kernel leaves as the fault that it is on an open bus.
    static func naming<Result: ~Copyable>(
        _ operation: StaticString, on bus: BusName, _ address: UInt16? = nil,
        _ body: () throws(SystemError) -> Result
    ) throws(BusFault) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw BusFault(Kind(error.errno, on: bus.medium), bus: bus, address: address, operation: operation)
        }
    }

    /// The same for opening: what is not there is `noBus`, not `unplugged`.
    static func opening<Result: ~Copyable>(
        _ bus: BusName, _ address: UInt16? = nil, _ body: () throws(SystemError) -> Result
    ) throws(BusFault) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw BusFault(Kind(opening: error.errno), bus: bus, address: address, operation: "open")
        }
    }
}
