/// The share of time that a pulse-width modulated output is on, in thousandths, 0–1000.
public struct DutyCycle: Comparable, Hashable, Sendable {
    public let permille: Int32

    /// The nearest duty cycle in range.
    public init(permille: Int32) {
        self.permille = min(max(permille, 0), 1000)
    }

    public init(percent: Int32) {
        self.init(permille: min(max(percent, 0), 100) * 10)
    }

    public static let off = DutyCycle(permille: 0)
    public static let full = DutyCycle(permille: 1000)

    /// This duty cycle as a register value, where `maximum` means always on.
    ///
    /// Rounded up: a fan that is to turn never gets a zero, and cooling is never less than asked for.
    public func code(maximum: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (permille * Int32(maximum) + 999) / 1000)
    }

    public static func < (a: DutyCycle, b: DutyCycle) -> Bool { a.permille < b.permille }
}
