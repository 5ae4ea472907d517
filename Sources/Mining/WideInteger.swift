/// 384 bits: room for the exact intermediate results of difficulty arithmetic.
struct WideInteger {
    /// Least significant first.
    private var limbs = InlineArray<6, UInt64>(repeating: 0)

    init(_ value: UInt64) {
        limbs[0] = value
    }

    /// `value` · 2^(64 · `limb`), with `limb` 0–5.
    init(_ value: UInt64, atLimb limb: Int) {
        limbs[limb] = value
    }

    /// Multiplies by 10^`exponent`; the caller sees to it that the product stays below 2^384.
    mutating func multiply(byPowerOfTen exponent: Int) {
        var rest = exponent
        while rest > 0 {
            let step = min(rest, 19)
            multiply(by: Self.powerOfTen(step))
            rest -= step
        }
    }

    /// 10^`exponent` for 0–19, the powers that fit.
    static func powerOfTen(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }

    private mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = UInt128(limbs[index]) * UInt128(factor) + UInt128(carry)
            limbs[index] = UInt64(truncatingIfNeeded: product)
            carry = UInt64(truncatingIfNeeded: product >> 64)
        }
    }

    /// Divides by a nonzero number, rounding down.
    mutating func divide(by divisor: UInt64) {
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            (limbs[index], remainder) = divisor.dividingFullWidth((remainder, limbs[index]))
        }
    }

    /// The low 256 bits, or `UInt256.max` when there are more.
    var clamped: UInt256 {
        guard limbs[4] == 0, limbs[5] == 0 else { return .max }
        return UInt256(
            high: UInt128(limbs[3]) << 64 | UInt128(limbs[2]), low: UInt128(limbs[1]) << 64 | UInt128(limbs[0]))
    }

    static func < (a: WideInteger, b: WideInteger) -> Bool {
        for index in a.limbs.indices.reversed() where a.limbs[index] != b.limbs[index] {
            return a.limbs[index] < b.limbs[index]
        }
        return false
    }
}
