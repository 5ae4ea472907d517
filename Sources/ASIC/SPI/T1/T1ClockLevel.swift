/// One of the 324 clocks of a DragonMint T1, in the order in which they are stepped through
/// (Docs/chips-spi.md, "T1 clock").
public struct T1ClockLevel: Comparable, Hashable, Sendable {
    /// 0–323.
    public let number: Int

    public static let count = 324
    /// 120 MHz, what the chips start with.
    public static let lowest = T1ClockLevel(unchecked: 0)

    private init(unchecked number: Int) {
        self.number = number
    }

    /// Nil outside 0–323.
    public init?(_ number: Int) {
        guard (0..<Self.count).contains(number) else { return nil }
        self.number = number
    }

    /// The highest level up to `frequency`; nil below 120 MHz.
    public init?(upTo frequency: ClockFrequency) {
        var level = Self.count - 1
        while level >= 0, T1ClockLevel(unchecked: level).frequency > frequency { level -= 1 }
        self.init(level)
    }

    /// A stretch of levels whose feedback divider counts up by one.
    private struct Stretch {
        let first: Int
        let pre: UInt8
        let feedback: UInt16
        let post: UInt8
    }

    private var stretch: Stretch {
        switch number {
        case 0..<20: Stretch(first: 0, pre: 1, feedback: 80, post: 3)
        case 20..<50: Stretch(first: 20, pre: 1, feedback: 50, post: 2)
        case 50..<90: Stretch(first: 50, pre: 2, feedback: 160, post: 2)
        case 90..<190: Stretch(first: 90, pre: 2, feedback: 100, post: 1)
        case 190..<290: Stretch(first: 190, pre: 2, feedback: 100, post: 0)
        default: Stretch(first: 290, pre: 1, feedback: 100, post: 0)
        }
    }

    public var preDivider: UInt8 { stretch.pre }
    public var feedback: UInt16 { stretch.feedback + UInt16(number - stretch.first) }
    /// The post-divider is two to this power.
    public var postDividerPower: UInt8 { stretch.post }

    /// 12 MHz · feedback / (pre · 2^post), exactly.
    public var frequency: ClockFrequency {
        ClockFrequency(hertz: 12_000_000 * UInt32(feedback) / (UInt32(preDivider) << UInt32(postDividerPower)))
    }

    /// The divider that gives the chips' converter its clock of 650 kHz; to be written after each change of level.
    public var converterDivider: UInt8 {
        UInt8(truncatingIfNeeded: frequency.hertz / 1_000_000 / 2 * 1000 / 16 / 650)
    }

    /// The level one step nearer to `target`; nil when this is it.
    public func step(toward target: T1ClockLevel) -> T1ClockLevel? {
        number == target.number ? nil : T1ClockLevel(unchecked: number + (number < target.number ? 1 : -1))
    }

    public static func < (a: T1ClockLevel, b: T1ClockLevel) -> Bool { a.number < b.number }
}
