import Mining

/// The largest hash that a chip is told to report, in the compact form that goes into its jobs.
///
/// The chips are driven with targets from a fixed table (Docs/chips-spi.md, "Compact targets"); whether they take
/// others is not known.
public struct ReportingTarget: Hashable, Sendable {
    /// Position in the table, 0–23.
    public let level: Int

    /// The table's compact targets, easiest first, and the whole difficulties by which they go.
    private static let compact: InlineArray<24, UInt32> = [
        0x1D00_FFFF, 0x1D00_7FFF, 0x1D00_5FFF, 0x1D00_3FFF, 0x1D00_1FFF, 0x1D00_0FFF, 0x1D00_07FF, 0x1D00_06FF,
        0x1D00_05FF, 0x1D00_04FF, 0x1D00_03FF, 0x1D00_02FF, 0x1D00_027F, 0x1D00_01FF, 0x1C00_FFFF, 0x1C00_7FFF,
        0x1B3F_FFFF, 0x1B1F_FFFF, 0x1B0F_FFFF, 0x1B07_FFFF, 0x1B03_FFFF, 0x1B01_FFFF, 0x1B00_FFFF, 0x1B00_7FFF,
    ]
    public static let levelCount = 24

    /// Difficulty 1: what every pool's share meets.
    public static let difficulty1 = ReportingTarget(clamping: 0)
    /// Difficulty 16: some 24 results a second from a long chain of A1 chips, which leaves their slow bus free.
    public static let difficulty16 = ReportingTarget(clamping: 5)
    /// Difficulty 128: some ten results a second from a chain of T1 chips, enough to measure its hash rate well.
    public static let difficulty128 = ReportingTarget(clamping: 13)

    private init(clamping level: Int) {
        self.level = max(0, min(Self.levelCount - 1, level))
    }

    /// The entry at `level`; nil outside 0–23.
    public init?(level: Int) {
        guard (0..<Self.levelCount).contains(level) else { return nil }
        self.level = level
    }

    /// The hardest entry up to `limit` that still lets every hash pass that is worth finding; the easiest when even
    /// that does not.
    init(for work: Work, limit: ReportingTarget, simulatedShift: Int = 0) {
        var level = limit.level
        func largest(_ level: Int) -> UInt256 {
            ReportingTarget(clamping: level).largestHash(simulatedShift: simulatedShift)
        }
        while level > 0, largest(level) < work.searchTarget { level -= 1 }
        self.init(clamping: level)
    }

    /// The compact form, as in a header's bits.
    public var bits: UInt32 { Self.compact[level] }

    /// The largest hash that is reported.
    public var largestHash: UInt256 { largestHash(simulatedShift: 0) }

    /// The shifts that `largestHash` takes: 32 zero bits are all that the easiest target has.
    public static let greatestShift = 31

    /// The largest hash that simulated chips report, whose targets are easier by so many powers of two, 0–31.
    func largestHash(simulatedShift: Int) -> UInt256 {
        // The table's mantissas are 0x1FF to 0x3FFFFF and its exponents 27 to 29: 0x1D00FFFF is 0xFFFF·2^208.
        let exponent = Int(bits >> 24)
        return UInt256(high: UInt128(bits & 0x7F_FFFF) << UInt128(8 * (exponent - 19) + simulatedShift), low: 0)
    }

    /// Hashes that it takes to find one that is reported, on average.
    public var hashesPerResult: Double { 0x1p256 / largestHash.approximation }
}
