import Base
import SHA256

/// A 256-bit unsigned integer: a block hash read as a number, or the target that it must not exceed.
public struct UInt256: Hashable, Sendable {
    /// Bits 128–255.
    public var high: UInt128
    /// Bits 0–127.
    public var low: UInt128

    public static let max = UInt256(high: .max, low: .max)

    public init(high: UInt128, low: UInt128) {
        self.high = high
        self.low = low
    }

    /// The number that consensus compares with a target: byte 0 of the digest is the least significant.
    public init(_ hash: Digest) {
        var halves: (low: UInt128, high: UInt128) = (0, 0)
        for index in (0..<4).reversed() {
            halves.low = halves.low << 32 | UInt128(hash.words[index].byteSwapped)
            halves.high = halves.high << 32 | UInt128(hash.words[index + 4].byteSwapped)
        }
        self.init(high: halves.high, low: halves.low)
    }

    /// Reads exactly 64 hexadecimal digits, most significant first – for a hash, the form that explorers print.
    public init?(hex text: some Collection<UInt8>) {
        guard text.count == 64 else { return nil }
        self.init(high: 0, low: 0)
        for character in text {
            guard let digit = Hex.value(ofDigit: character) else { return nil }
            self = self << 4
            low |= UInt128(digit)
        }
    }

    /// The 64 hexadecimal digits, most significant first, lower case.
    public var hex: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for half in [high, low] {
            for shift in stride(from: 96, through: 0, by: -32) {
                Hex.append(UInt32(truncatingIfNeeded: half >> UInt128(shift)), to: &text)
            }
        }
        return text
    }

    /// The largest number with at least `count` leading zero bits (0–256). Mining chips filter by leading zeros, so
    /// a chip whose ticket is 2^k is held to `count` = 32 + k: slightly more than the target of difficulty 2^k.
    public static func largest(withLeadingZeroBits count: Int) -> UInt256 {
        .max >> Swift.max(0, Swift.min(256, count))
    }

    /// Bits 224–255: the hash can only meet a target when these bits of it are no greater than the target's.
    public var top32: UInt32 { UInt32(truncatingIfNeeded: high >> 96) }

    public var leadingZeroBitCount: Int {
        high == 0 ? 128 + low.leadingZeroBitCount : high.leadingZeroBitCount
    }

    /// The nearest `Double`, within a few units in its last place; for display.
    public var approximation: Double {
        var value = 0.0
        for half in [high, low] {
            value = value * 0x1p64 + Double(UInt64(truncatingIfNeeded: half >> 64))
            value = value * 0x1p64 + Double(UInt64(truncatingIfNeeded: half))
        }
        return value
    }

    /// Shifts toward the most significant end by 0–256 bits.
    static func << (number: UInt256, count: Int) -> UInt256 {
        UInt256(high: number.high << count | number.low >> (128 - count), low: number.low << count)
    }

    /// Shifts toward the least significant end by 0–256 bits.
    static func >> (number: UInt256, count: Int) -> UInt256 {
        UInt256(high: number.high >> count, low: number.low >> count | number.high << (128 - count))
    }
}

extension UInt256: Comparable {
    public static func < (a: UInt256, b: UInt256) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}
