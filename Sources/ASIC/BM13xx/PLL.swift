/// The settings of a BM13xx phase-locked loop and the clock that they give.
///
/// f = 25 MHz · feedback / (reference · postDivider1 · postDivider2).
public struct PLLSetting: Hashable, Sendable {
    /// The chips' input clock, CLKI.
    public static let inputHertz: UInt64 = 25_000_000

    public var feedback: UInt16
    public var reference: UInt8
    public var postDivider1: UInt8
    public var postDivider2: UInt8

    public init(feedback: UInt16, reference: UInt8, postDivider1: UInt8, postDivider2: UInt8) {
        self.feedback = feedback
        self.reference = reference
        self.postDivider1 = postDivider1
        self.postDivider2 = postDivider2
    }

    /// The product of the three dividers, at least 1.
    public var divisor: UInt64 {
        max(1, UInt64(reference) * UInt64(postDivider1) * UInt64(postDivider2))
    }

    /// The clock, rounded to the hertz.
    public var frequency: ClockFrequency {
        ClockFrequency(
            hertz: UInt32(clamping: (Self.inputHertz * UInt64(feedback) + divisor / 2) / divisor))
    }

    /// The oscillator's own frequency, before the post-dividers, in hertz.
    public var oscillatorHertz: UInt64 {
        Self.inputHertz * UInt64(feedback) / max(1, UInt64(reference))
    }
}

/// The word in a PLL register.
public struct PLLWord: Hashable, Sendable {
    /// How a family stores the post-dividers.
    public enum PostDividers: Hashable, Sendable {
        /// As they are (BM1397).
        case raw
        /// One less (BM1362 and later).
        case minusOne
    }

    /// Bit 31, read only: the loop has locked.
    public var isLocked: Bool
    /// Bit 30.
    public var isEnabled: Bool
    /// Bit 28 on newer chips: the oscillator runs at 2400 MHz or more.
    public var isHighRange: Bool
    public var setting: PLLSetting

    /// The oscillator frequency from which newer chips want bit 28.
    public static let highRangeHertz: UInt64 = 2_400_000_000

    /// The word to write for `setting`.
    public init(_ setting: PLLSetting, postDividers: PostDividers) {
        isLocked = false
        isEnabled = true
        isHighRange = postDividers == .minusOne && setting.oscillatorHertz >= Self.highRangeHertz
        self.setting = setting
    }

    public init(word: UInt32, postDividers: PostDividers) {
        let offset: UInt8 = postDividers == .raw ? 0 : 1
        isLocked = word & 1 << 31 != 0
        isEnabled = word & 1 << 30 != 0
        isHighRange = word & 1 << 28 != 0
        setting = PLLSetting(
            feedback: UInt16(word >> 16 & 0xFFF), reference: UInt8(word >> 8 & 0x3F),
            postDivider1: UInt8(word >> 4 & 0xF) + offset, postDivider2: UInt8(word & 0xF) + offset)
    }

    /// The word as it stands in the register.
    public func word(postDividers: PostDividers) -> UInt32 {
        let offset: UInt8 = postDividers == .raw ? 0 : 1
        var word: UInt32 = UInt32(setting.feedback & 0xFFF) << 16 | UInt32(setting.reference & 0x3F) << 8
        word |= UInt32((setting.postDivider1 &- offset) & 0xF) << 4 | UInt32((setting.postDivider2 &- offset) & 0xF)
        if isLocked { word |= 1 << 31 }
        if isEnabled { word |= 1 << 30 }
        if isHighRange { word |= 1 << 28 }
        return word
    }
}

/// What a family's loop can do, and how to choose among settings.
public struct PLLRules: Hashable, Sendable {
    public var feedback: ClosedRange<UInt16>
    /// Where the oscillator is known to run, in hertz; nil when nothing is published.
    public var oscillatorHertz: ClosedRange<UInt64>?
    /// A lower limit of the oscillator when the reference is not divided, in hertz.
    public var undividedOscillatorLimitHertz: UInt64?
    /// Whether both post-dividers may be the same; otherwise the first is the larger.
    public var allowsEqualPostDividers: Bool
    public var postDividers: PLLWord.PostDividers

    public init(
        feedback: ClosedRange<UInt16>, oscillatorHertz: ClosedRange<UInt64>? = nil,
        undividedOscillatorLimitHertz: UInt64? = nil, allowsEqualPostDividers: Bool,
        postDividers: PLLWord.PostDividers
    ) {
        self.feedback = feedback
        self.oscillatorHertz = oscillatorHertz
        self.undividedOscillatorLimitHertz = undividedOscillatorLimitHertz
        self.allowsEqualPostDividers = allowsEqualPostDividers
        self.postDividers = postDividers
    }

    /// The setting nearest to `target`: of equals the lowest oscillator, then the smallest post-divider product, then
    /// the divided reference. Nil when no setting is within `toleranceHertz` of the target.
    public func setting(for target: ClockFrequency, toleranceHertz: UInt64 = 3_125_000) -> PLLSetting? {
        var best: PLLSetting?
        for reference: UInt8 in [2, 1] {
            for first in stride(from: UInt8(7), through: 1, by: -1) {
                for second in stride(from: UInt8(7), through: 1, by: -1) {
                    guard second < first || allowsEqualPostDividers && second == first else { continue }
                    guard let candidate = candidate(for: target, reference, first, second) else { continue }
                    if best.map({ Self.isBetter(candidate, than: $0, for: target) }) ?? true { best = candidate }
                }
            }
        }
        guard let best, best.error(from: target) <= toleranceHertz * best.divisor else { return nil }
        return best
    }

    private func candidate(
        for target: ClockFrequency, _ reference: UInt8, _ first: UInt8, _ second: UInt8
    ) -> PLLSetting? {
        var setting = PLLSetting(feedback: 0, reference: reference, postDivider1: first, postDivider2: second)
        let ideal = UInt64(target.hertz) * setting.divisor
        setting.feedback = UInt16(clamping: (ideal + PLLSetting.inputHertz / 2) / PLLSetting.inputHertz)
        guard feedback.contains(setting.feedback) else { return nil }
        if let range = oscillatorHertz, !range.contains(setting.oscillatorHertz) { return nil }
        if reference == 1, let limit = undividedOscillatorLimitHertz, setting.oscillatorHertz > limit { return nil }
        return setting
    }

    private static func isBetter(_ a: PLLSetting, than b: PLLSetting, for target: ClockFrequency) -> Bool {
        // Errors are fractions over different divisors: compare them multiplied out.
        let (errorA, errorB) = (a.error(from: target) * b.divisor, b.error(from: target) * a.divisor)
        if errorA != errorB { return errorA < errorB }
        if a.oscillatorHertz != b.oscillatorHertz { return a.oscillatorHertz < b.oscillatorHertz }
        return a.postDivider1 * a.postDivider2 < b.postDivider1 * b.postDivider2
    }
}

extension PLLSetting {
    /// |f − target| · divisor, in hertz, exactly.
    fileprivate func error(from target: ClockFrequency) -> UInt64 {
        let (actual, wanted) = (Self.inputHertz * UInt64(feedback), UInt64(target.hertz) * divisor)
        return actual > wanted ? actual - wanted : wanted - actual
    }
}
