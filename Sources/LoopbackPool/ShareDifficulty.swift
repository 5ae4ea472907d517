/// A share difficulty as it goes over the wire: an exact decimal number, fractions included.
///
/// Difficulty 1 is the target 0xFFFF · 2²⁰⁸ ("bdiff"), so the target is ⌊0xFFFF · 2²⁰⁸ / difficulty⌋, computed in
/// integers: a floating-point difficulty of 0.001 would put the limit a little off.
public struct ShareDifficulty: Hashable, Sendable, CustomStringConvertible {
    /// The value is `significand` / 10^`decimals`.
    let significand: UInt64
    /// Digits after the decimal point, 0–19.
    let decimals: Int

    /// The highest hash value that meets this difficulty.
    let target: Number256

    /// The value as a decimal number without an exponent, such as `8192` or `0.001`.
    public let description: String

    /// Reads a decimal number such as `8192`, `0.001` or `1e-05`.
    ///
    /// Nil when the text is no number, not above zero, above 2⁶⁴ − 1, or has more than 19 digits after the point.
    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        let number = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var fraction = number.count == 2 ? number[1] : ""
        while fraction.last == "0" { fraction.removeLast() }
        guard let whole = number.first, !whole.isEmpty, (whole + fraction).allSatisfy({ $0.isASCII && $0.isNumber }),
            var significand = UInt64(whole + fraction), significand > 0,
            let exponent = parts.count == 2 ? Int(parts[1]) : 0, (-40...40).contains(exponent)
        else { return nil }
        var decimals = fraction.count - exponent
        while decimals > 0, significand.isMultiple(of: 10) {
            significand /= 10
            decimals -= 1
        }
        while decimals < 0 {
            let (product, overflow) = significand.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            significand = product
            decimals += 1
        }
        guard decimals <= 19 else { return nil }
        self.significand = significand
        self.decimals = decimals
        target = Self.target(significand: significand, decimals: decimals)
        description = Self.describe(significand: significand, decimals: decimals)
    }

    /// The number that Swift prints for `value`, which is the shortest one that reads back the same.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init("\(value)")
    }

    /// The nearest floating-point number; for rates and display, never for accepting a share.
    public var value: Double { Double(significand) / (0..<decimals).reduce(1) { power, _ in power * 10 } }

    /// The difficulty that `hash` just meets, to about 15 digits.
    static func met(by hash: Number256) -> Double {
        difficultyOne.approximation / max(hash.approximation, 1)
    }

    /// Average number of hashes it takes to meet difficulty 1: 2²⁵⁶ / (0xFFFF · 2²⁰⁸).
    static let hashesPerUnit = 0x1p48 / 65535

    private static let difficultyOne = Number256(words: [0xFFFF_0000, 0, 0, 0])

    /// School multiplication by 10^`decimals`, then school division by `significand`, in 64-bit digits.
    private static func target(significand: UInt64, decimals: Int) -> Number256 {
        let power = (0..<decimals).reduce(UInt64(1)) { power, _ in power * 10 }
        var product: [UInt64] = []  // Least significant digit first.
        var carry: UInt64 = 0
        for index in (0..<4).reversed() {
            let (high, low) = difficultyOne.words[index].multipliedFullWidth(by: power)
            let (sum, overflow) = low.addingReportingOverflow(carry)
            product.append(sum)
            carry = high + (overflow ? 1 : 0)
        }
        product.append(carry)
        var remainder: UInt64 = 0
        var quotient: [UInt64] = []  // Most significant digit first.
        for digit in product.reversed() {
            let step = significand.dividingFullWidth((remainder, digit))
            quotient.append(step.quotient)
            remainder = step.remainder
        }
        guard quotient[0] == 0 else { return .max }
        return Number256(words: [quotient[1], quotient[2], quotient[3], quotient[4]])
    }

    private static func describe(significand: UInt64, decimals: Int) -> String {
        var digits = String(significand)
        guard decimals > 0 else { return digits }
        digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        return digits
    }
}
