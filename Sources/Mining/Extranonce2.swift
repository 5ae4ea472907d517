import Base

/// The miner's part of the coinbase extranonce: a counter, little-endian in the number of bytes that the pool allots.
public struct Extranonce2: Hashable, Sendable {
    /// The counter. In sizes above 8 bytes the upper bytes stay zero: 2^64 values are never used up.
    public let value: UInt64
    /// Length in bytes, within `Extranonce.supportedSizes`.
    public let size: Int

    /// Nil when the size is not supported or the value does not fit.
    public init?(_ value: UInt64, size: Int) {
        guard Extranonce.supportedSizes.contains(size), value <= Self.largestValue(size: size) else { return nil }
        self.value = value
        self.size = size
    }

    /// The next value of the counter, or nil when all have been used.
    public var successor: Extranonce2? {
        value < Self.largestValue(size: size) ? Extranonce2(value + 1, size: size) : nil
    }

    /// Byte `index`, 0 up to `size`.
    public subscript(index: Int) -> UInt8 {
        index < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) : 0
    }

    /// Appends the bytes as hexadecimal digits, the form in which Stratum submits them.
    public func appendHex(to text: inout [UInt8]) {
        for index in 0..<size {
            text.append(Hex.digit(self[index] >> 4))
            text.append(Hex.digit(self[index]))
        }
    }

    private static func largestValue(size: Int) -> UInt64 {
        size >= 8 ? .max : 1 << UInt64(8 * size) - 1
    }
}
