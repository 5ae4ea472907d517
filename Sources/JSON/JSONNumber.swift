/// A JSON number as the decimal it is written as: ±`significand` · 10^`exponent`. No binary rounding happens
/// until somebody asks for a `Double`.
public struct JSONNumber: Hashable, Sendable {
    public var isNegative: Bool
    public var significand: UInt64
    /// Power of ten, as near to zero as the significand allows; so equal numbers have equal parts.
    public var exponent: Int
    /// False when the text had more digits than `significand` holds: the rest was dropped, toward zero.
    public var isExact: Bool

    public init(isNegative: Bool = false, significand: UInt64, exponent: Int = 0, isExact: Bool = true) {
        self.isNegative = isNegative
        self.significand = significand
        self.exponent = significand == 0 ? 0 : exponent
        self.isExact = isExact
        while self.exponent < 0, self.significand % 10 == 0 {
            self.significand /= 10
            self.exponent += 1
        }
        while self.exponent > 0 {
            let (product, overflow) = self.significand.multipliedReportingOverflow(by: 10)
            if overflow { break }
            self.significand = product
            self.exponent -= 1
        }
    }

    public init(_ integer: some BinaryInteger) {
        self.init(isNegative: integer < 0, significand: UInt64(clamping: integer.magnitude))
    }

    /// The number when it is an integer from 0 to 2^64 − 1, written in whatever way (`1e3`, `5.0`).
    public var uint64: UInt64? {
        guard isExact, exponent == 0, !isNegative || significand == 0 else { return nil }
        return significand
    }

    /// The number when it is an integer that `Int` holds.
    public var int: Int? {
        guard isExact, exponent == 0 else { return nil }
        if isNegative {
            return significand <= UInt64(Int.min.magnitude) ? Int(truncatingIfNeeded: 0 &- significand) : nil
        }
        return Int(exactly: significand)
    }

    /// The number when it is an integer from 0 to 2^32 − 1.
    public var uint32: UInt32? { uint64.flatMap { UInt32(exactly: $0) } }

    /// The number in units of 10^−`decimals` when that is an integer: with 3 decimals, `1.5` is 1500.
    public func scaled(decimals: Int) -> Int? {
        guard (0...18).contains(decimals) else { return nil }
        return JSONNumber(
            isNegative: isNegative, significand: significand, exponent: exponent + decimals, isExact: isExact
        ).int
    }

    /// The `Double` that is nearest, or within a few units in the last place where the significand exceeds 2^53
    /// or the exponent ±22; nil when it is too large for a finite one.
    public var double: Double? {
        var value = Double(significand)
        var remaining = exponent.magnitude
        while remaining > 0, value != 0, value.isFinite {
            let step = min(Int(remaining), 22)
            value = exponent < 0 ? value / Self.powers[step] : value * Self.powers[step]
            remaining -= UInt(step)
        }
        guard value.isFinite else { return nil }
        return isNegative ? -value : value
    }

    /// Appends the number as JSON text.
    public func append(to text: inout [UInt8]) {
        if isNegative { text.append(0x2D) }
        Self.append(digits: significand, atLeast: 1, to: &text)
        guard exponent != 0 else { return }
        text.append(0x65)
        if exponent < 0 { text.append(0x2D) }
        Self.append(digits: UInt64(exponent.magnitude), atLeast: 1, to: &text)
    }

    /// Appends decimal digits with leading zeros up to `count`.
    static func append(digits value: UInt64, atLeast count: Int, to text: inout [UInt8]) {
        let start = text.count
        var rest = value
        repeat {
            text.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || text.count - start < count
        text[start...].reverse()
    }

    /// Powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
