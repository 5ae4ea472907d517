import Base

/// How much faster than usual the clock runs that stamps the edges, from a second clock that nobody adjusts.
///
/// A time daemon steers CLOCK_MONOTONIC: that corrects the crystal, which is welcome, and it slews the clock now and then by
/// up to 500 ppm, which reads as 25 mHz. The long-run difference to CLOCK_MONOTONIC_RAW is the former, what exceeds it the latter.
public struct ClockSlew: Equatable, Sendable {
    /// Between two looks.
    public static let interval = Duration.seconds(1)
    /// The usual rate is a mean over about so many looks.
    private static let memory = 3600.0
    /// No crystal is further off, in parts per 1,000,000,000.
    private static let crystal = 100_000.0

    private var last: (adjusted: Instant, raw: Instant)?
    private var usual: Double?

    public init() {}

    /// Takes both clocks, read one right after the other.
    /// - Returns: parts per 1,000,000,000 by which the adjusted clock has run fast since the last look; nil the first time.
    public mutating func take(adjusted: Instant, raw: Instant) -> Int32? {
        defer { last = (adjusted, raw) }
        guard let last, raw > last.raw else { return nil }
        let time = Double((raw - last.raw).nanoseconds)
        let rate = (Double((adjusted - last.adjusted).nanoseconds) - time) / time * 1e9
        let before = usual ?? rate
        let now = min(max(before + (rate - before) / Self.memory, -Self.crystal), Self.crystal)
        usual = now
        return Int32(nearest: rate - now)
    }

    public static func == (a: ClockSlew, b: ClockSlew) -> Bool {
        a.usual == b.usual && a.last?.adjusted == b.last?.adjusted && a.last?.raw == b.last?.raw
    }
}
