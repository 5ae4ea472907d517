/// A share difficulty as pools send it: an exact, positive decimal number relative to bdiff 1
/// (target 0xFFFF·2^208; Docs/mining.md).
public struct Difficulty: Hashable, Sendable {
    /// The decimal digits as an integer: the value is `significand` · 10^`exponent`.
    public let significand: UInt64
    /// Power of ten, −19…19.
    public let exponent: Int8

    /// A whole difficulty of at least 1.
    public init?(_ whole: UInt64) {
        guard whole > 0 else { return nil }
        significand = whole
        exponent = 0
    }

    /// The difficulty `significand` · 10^`exponent`; nil when that is zero or the exponent is out of range.
    public init?(significand: UInt64, exponent: Int) {
        guard significand > 0, (-19...19).contains(exponent) else { return nil }
        self.significand = significand
        self.exponent = Int8(exponent)
    }
}
