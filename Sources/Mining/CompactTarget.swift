/// A network target in the header's compact form ("nbits"): mantissa · 256^(exponent − 3), the exponent in bits 24–31
/// and the mantissa in bits 0–22. Bit 23 is a sign that a target must not have.
public struct CompactTarget: Hashable, Sendable {
    /// The compact form.
    public let bits: UInt32
    /// The largest hash that solves the block.
    public let target: UInt256

    /// Decodes `bits` by the rules of Bitcoin Core's `arith_uint256::SetCompact`, refusing what consensus refuses.
    public init(bits: UInt32) throws(CompactTargetError) {
        let exponent = Int(bits >> 24)
        let mantissa = UInt128(bits & 0x007F_FFFF)
        guard mantissa != 0 else { throw .zero }
        guard bits & 0x0080_0000 == 0 else { throw .negative }
        let decoded: UInt256
        if exponent <= 3 {
            decoded = UInt256(high: 0, low: mantissa >> UInt128(8 * (3 - exponent)))
        } else {
            let bitWidth = 128 - mantissa.leadingZeroBitCount + 8 * (exponent - 3)
            guard bitWidth <= 256 else { throw .overflow }
            decoded = UInt256(high: 0, low: mantissa) << (8 * (exponent - 3))
        }
        guard decoded.high != 0 || decoded.low != 0 else { throw .zero }
        self.bits = bits
        target = decoded
    }

    /// The compact form of a target, rounded down to the 15–23 bits that the mantissa holds.
    public init(roundingDown exact: UInt256) throws(CompactTargetError) {
        var exponent = (256 - exact.leadingZeroBitCount + 7) / 8
        let shifted = exponent <= 3 ? exact << (8 * (3 - exponent)) : exact >> (8 * (exponent - 3))
        var mantissa = UInt32(truncatingIfNeeded: shifted.low)
        if mantissa & 0x0080_0000 != 0 {
            mantissa >>= 8
            exponent += 1
        }
        try self.init(bits: UInt32(exponent) << 24 | mantissa)
    }

    /// The network difficulty (bdiff) for display.
    public var difficulty: Double { target.difficulty }
}

/// Why a number is no compact target.
public enum CompactTargetError: Error, Hashable, Sendable {
    /// The sign bit, 23, is set.
    case negative
    /// The target is zero: no hash can meet it.
    case zero
    /// The target needs more than 256 bits.
    case overflow
}
