/// The dividers of an A1's clock: f = 16 MHz · feedback / (pre · 2^(post − 1)) (Docs/chips-spi.md, "A1 clock").
public struct A1Clock: Hashable, Sendable {
    /// The boards' oscillator.
    public static let referenceHertz: UInt64 = 16_000_000
    public static let feedbacks: ClosedRange<UInt16> = 1...511
    public static let preDividers: ClosedRange<UInt8> = 1...31
    public static let postDividers: ClosedRange<UInt8> = 1...3

    public let feedback: UInt16
    public let preDivider: UInt8
    public let postDivider: UInt8

    /// Nil for dividers that the chip has not.
    public init?(feedback: UInt16, preDivider: UInt8, postDivider: UInt8) {
        guard Self.feedbacks.contains(feedback), Self.preDividers.contains(preDivider),
            Self.postDividers.contains(postDivider)
        else { return nil }
        self.feedback = feedback
        self.preDivider = preDivider
        self.postDivider = postDivider
    }

    /// The dividers that come nearest to `frequency`; of equally near ones those with the smallest factors, and of
    /// these the one with the largest post-divider. Nil when nothing comes within 2 %.
    public init?(nearest frequency: ClockFrequency) {
        var best: (clock: A1Clock, error: UInt64)?
        for post in Self.postDividers.reversed() {
            for pre in Self.preDividers {
                let divisor = UInt64(pre) << UInt64(post - 1)
                let factor = (UInt64(frequency.hertz) * divisor + Self.referenceHertz / 2) / Self.referenceHertz
                guard let clock = A1Clock(feedback: UInt16(clamping: factor), preDivider: pre, postDivider: post) else {
                    continue
                }
                let (actual, wanted) = (UInt64(clock.frequency.hertz), UInt64(frequency.hertz))
                let error = actual > wanted ? actual - wanted : wanted - actual
                if let best, (best.error, best.clock.feedback) <= (error, clock.feedback) { continue }
                best = (clock, error)
            }
        }
        guard let best, best.error <= UInt64(frequency.hertz) / 50 else { return nil }
        self = best.clock
    }

    public var frequency: ClockFrequency {
        let divisor = UInt64(preDivider) << UInt64(postDivider - 1)
        return ClockFrequency(hertz: UInt32(clamping: Self.referenceHertz * UInt64(feedback) / divisor))
    }

    /// The first two bytes of the chip's register.
    public var bytes: (UInt8, UInt8) {
        (postDivider << 6 | preDivider << 1 | UInt8(feedback >> 8), UInt8(truncatingIfNeeded: feedback))
    }

    /// Reads the two bytes; nil for dividers that the chip has not.
    public init?(bytes: (UInt8, UInt8)) {
        self.init(
            feedback: UInt16(bytes.0 & 1) << 8 | UInt16(bytes.1), preDivider: bytes.0 >> 1 & 0x1F,
            postDivider: bytes.0 >> 6)
    }
}
