import Base

/// How much of the offered power a deviation of the frequency calls for: straight lines between points, nothing before the
/// first and no more after the last. A single point is a step.
public struct ResponseCurve: Equatable, Sendable {
    /// Where two lines meet.
    public struct Point: Equatable, Sendable {
        /// Distance from nominal, whichever side the curve is for.
        public var deviation: Millihertz
        /// Thousandths of the offered power, 0–1000.
        public var permille: Int32

        public init(_ deviation: Millihertz, _ permille: Int32) {
            self.deviation = deviation
            self.permille = permille
        }
    }

    /// Which of the two droop conventions a slope follows (Docs/grid.md, "Droop").
    public enum DroopConvention: Equatable, Sendable {
        /// The slope begins at the edge of the deadband and keeps its steepness: IEEE 1547-2018, the NEM.
        case fromDeadband
        /// The slope is steepened so that the full response comes at exactly the droop: ERCOT, BAL-001-TRE-2.
        case fullAtDroop
    }

    /// Rising in deviation; none means no response.
    public let points: [Point]

    /// No response at any deviation.
    public static var none: ResponseCurve { ResponseCurve(unchecked: []) }

    private init(unchecked points: [Point]) { self.points = points }

    /// Nil unless deviations rise from 0 on and responses lie in 0–1000 and do not fall.
    public init?(_ points: [Point]) {
        var last: Point?
        for point in points {
            guard point.deviation >= .zero, (0...1000).contains(point.permille) else { return nil }
            if let last, point.deviation <= last.deviation || point.permille < last.permille { return nil }
            last = point
        }
        self.points = points
    }

    /// A governor's line: `droop` thousandths of nominal frequency call for the full response.
    public static func droop(
        permille droop: Int32, deadband: Millihertz, nominal: Millihertz, convention: DroopConvention
    ) -> ResponseCurve? {
        guard droop > 0, deadband >= .zero else { return nil }
        let span = Millihertz(clamping: Int64(nominal.value) * Int64(droop) / 1000)
        let full = convention == .fromDeadband ? deadband + span : span
        return ResponseCurve([Point(deadband, 0), Point(full, 1000)])
    }

    /// The response in thousandths, rounded to nearest, to a deviation towards this curve's side.
    public func permille(at deviation: Microhertz) -> Int32 {
        Int32(truncatingIfNeeded: (billionths(at: Int64(deviation.value)) + 500_000) / 1_000_000)
    }

    /// The response in 1/1,000,000,000 to a deviation in microhertz.
    func billionths(at deviation: Int64) -> Int64 {
        guard let first = points.first, deviation >= Int64(first.deviation.value) * 1000 else { return 0 }
        var (low, lowResponse) = (Int64(first.deviation.value) * 1000, Int64(first.permille) * 1_000_000)
        for point in points.dropFirst() {
            let (high, highResponse) = (Int64(point.deviation.value) * 1000, Int64(point.permille) * 1_000_000)
            if deviation < high {
                return lowResponse + (highResponse - lowResponse) * (deviation - low) / (high - low)
            }
            (low, lowResponse) = (high, highResponse)
        }
        return lowResponse
    }
}
