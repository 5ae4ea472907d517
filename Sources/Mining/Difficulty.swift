/// A share difficulty as pools send it: an exact, positive decimal number relative to bdiff 1
/// (target 0xFFFF·2^208; Docs/mining.md).
public struct Difficulty: Hashable, Sendable {
    /// The powers of ten that `exponent` takes. The lower end holds every decimal that a binary double of 10^−21 or
    /// more prints as.
    public static let exponents = -38...19

    /// The decimal digits as an integer: the value is `significand` · 10^`exponent`. Ends in a zero only when the
    /// exponent is at its upper end, so that equal values are equal here.
    public let significand: UInt64
    /// Power of ten, within `exponents`.
    public let exponent: Int8

    /// A whole difficulty of at least 1.
    public init?(_ whole: UInt64) {
        self.init(significand: whole, exponent: 0)
    }

    /// The difficulty `significand` · 10^`exponent`, or nil where `init(isNegative:significand:exponent:)` throws.
    public init?(significand: UInt64, exponent: Int) {
        do throws(DifficultyError) {
            try self.init(isNegative: false, significand: significand, exponent: exponent)
        } catch {
            return nil
        }
    }

    /// The difficulty that the parts of a decimal number denote: ±`significand` · 10^`exponent`.
    public init(isNegative: Bool, significand: UInt64, exponent: Int) throws(DifficultyError) {
        guard significand > 0 else { throw .zero }
        guard !isNegative else { throw .negative }
        var digits = significand
        var power = exponent
        // Both loops end after 20 turns: 2^64 has 20 digits.
        while power < Self.exponents.upperBound, digits % 10 == 0 {
            digits /= 10
            power += 1
        }
        while power > Self.exponents.upperBound {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            guard !overflow else { throw .tooLarge }
            digits = product
            power -= 1
        }
        guard power >= Self.exponents.lowerBound else { throw .tooSmall }
        self.significand = digits
        self.exponent = Int8(power)
    }

    /// The largest hash that meets this difficulty: floor(0xFFFF·2^208 / D), exact for fractions too. Below
    /// D ≈ 2.3·10^−10 every hash does.
    public var target: UInt256 {
        // 0xFFFF·2^208 is 0xFFFF·2^16 in the fourth 64-bit limb.
        var quotient = WideInteger(0xFFFF << 16, atLimb: 3)
        if exponent < 0 {
            quotient.multiply(byPowerOfTen: -Int(exponent))
        } else {
            // Dividing in two steps rounds down to the same integer as dividing once.
            quotient.divide(by: WideInteger.powerOfTen(Int(exponent)))
        }
        quotient.divide(by: significand)
        return quotient.clamped
    }

    /// The nearest `Double`, within a few units in its last place; for display.
    public var approximation: Double {
        let scale = WideInteger.powerOfTen(min(19, Int(exponent.magnitude)))
        if exponent >= 0 { return Double(significand) * Double(scale) }
        let rest = WideInteger.powerOfTen(max(0, Int(exponent.magnitude) - 19))
        return Double(significand) / Double(scale) / Double(rest)
    }
}

extension Difficulty: Comparable {
    public static func < (a: Difficulty, b: Difficulty) -> Bool {
        let common = min(a.exponent, b.exponent)
        // At most 2^64 · 10^57 < 2^254.
        var scaledA = WideInteger(a.significand)
        scaledA.multiply(byPowerOfTen: Int(a.exponent - common))
        var scaledB = WideInteger(b.significand)
        scaledB.multiply(byPowerOfTen: Int(b.exponent - common))
        return scaledA < scaledB
    }
}

/// Why a number is no share difficulty.
public enum DifficultyError: Error, Hashable, Sendable {
    case zero
    case negative
    /// 2^64·10^19 or more.
    case tooLarge
    /// Finer than 10^−38.
    case tooSmall
}

extension UInt256 {
    /// The bdiff of this target, or of this hash – the highest difficulty that the hash meets – for display and
    /// telemetry; infinite for zero. Whether a hash meets a difficulty is decided on integers, never on this.
    public var difficulty: Double { 0x1.fffep223 / approximation }
}
