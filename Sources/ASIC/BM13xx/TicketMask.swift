import Mining

/// The difficulty from which a chip reports a nonce: a power of two.
///
/// The chip reports a hash when its bits under the mask are zero, beyond the 32 zero bits of difficulty 1. The bits of
/// each byte of the register are in reverse order (Docs/chips-uart.md, "Ticket mask").
public struct TicketMask: Hashable, Sendable {
    /// 0…32: the reporting difficulty is 2 to this power.
    public let exponent: UInt8

    /// The reporting difficulty nearest below `difficulty`, at least 1.
    public init(difficulty: UInt64) {
        exponent = UInt8(min(32, 63 - max(1, difficulty).leadingZeroBitCount))
    }

    /// The mask that a chip with this register word applies; nil when the word is no run of low bits.
    public init?(word: UInt32) {
        let mask = UInt64(Self.reversingBits(word))
        guard mask & (mask + 1) == 0 else { return nil }
        self.init(difficulty: mask + 1)
    }

    public var difficulty: UInt64 { 1 << UInt64(exponent) }

    /// The largest hash that a chip with this mask reports.
    public var largestHash: UInt256 { .largest(withLeadingZeroBits: 32 + Int(exponent)) }

    public var word: UInt32 { Self.reversingBits(UInt32(truncatingIfNeeded: difficulty - 1)) }

    /// Reverses the bits inside each byte.
    private static func reversingBits(_ word: UInt32) -> UInt32 {
        var result: UInt32 = 0
        for bit: UInt32 in 0..<32 where word >> bit & 1 == 1 {
            result |= 1 << (bit & ~7 | 7 - bit & 7)
        }
        return result
    }
}
