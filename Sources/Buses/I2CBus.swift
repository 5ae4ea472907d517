import Base

/// A 7-bit I2C address, 0x00–0x7F, never shifted. (Sources that write 8-bit addresses list 0x4C as 98.)
public struct I2CAddress: Equatable, Comparable, Sendable {
    public let value: UInt8

    /// Nil for anything above 0x7F.
    public init?(sevenBit value: UInt8) {
        guard value <= 0x7F else { return nil }
        self.value = value
    }

    public static func < (a: I2CAddress, b: I2CAddress) -> Bool { a.value < b.value }
}

extension I2CAddress: ExpressibleByIntegerLiteral {
    /// An address written in the source; one above 0x7F is a mistake in the program.
    public init(integerLiteral value: UInt8) {
        precondition(value <= 0x7F, "I2C addresses have 7 bits")
        self.value = value
    }
}

/// What a transfer may do besides moving bytes.
public struct I2COptions: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Carry on when the target does not acknowledge (the T1's supply never does). A controller that cannot throws
    /// `unsupported`.
    public static let ignoreNAK = I2COptions(rawValue: 1)
}

/// What a controller moves in one transfer, in bytes per direction.
public struct I2CLimits: Equatable, Sendable {
    public var longestWrite: Int
    public var longestRead: Int

    public init(longestWrite: Int, longestRead: Int) {
        self.longestWrite = longestWrite
        self.longestRead = longestRead
    }
}

/// An I2C controller. One thread owns it; a transfer blocks until it is over or its time limit has passed.
///
/// Chip drivers go through `I2CDevice`, which adds the address and the register to the faults.
public protocol I2CBus: AnyObject {
    var name: BusName { get }

    var limits: I2CLimits { get }

    /// Writes `write`, then reads `read.count` bytes, as one transfer: with both parts a repeated start separates
    /// them and no stop lets another controller in between. An empty part is left out.
    ///
    /// - Throws: `BusFault`; after one, what `read` holds is not defined, and the target may have taken any number of
    ///   the written bytes.
    func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault)
}
