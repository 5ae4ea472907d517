/// A curve through points at equal distances, straight between them and level beyond the ends.
///
/// Stands in for powers and measured characteristics, so that no mathematical library decides about the last bit.
struct CurveTable: Sendable {
    private let points: [Double]
    private let first: Double
    private let spacing: Double

    /// - Precondition: at least two points, a positive spacing.
    init(from first: Double, spacing: Double, _ points: [Double]) {
        self.first = first
        self.spacing = spacing
        self.points = points
    }

    func value(at x: Double) -> Double {
        let position = (x - first) / spacing
        guard position > 0 else { return points[0] }
        let last = points.count - 1
        guard position < Double(last) else { return points[last] }
        let index = Int(position)
        let rest = position - Double(index)
        return points[index] + rest * (points[index + 1] - points[index])
    }

    /// x^0.8 from 0 to 1: how forced convection grows with the flow (Dittus–Boelter exponent for turbulent flow).
    static let convection = CurveTable(
        from: 0, spacing: 0.125, [0, 0.1895, 0.3299, 0.4562, 0.5743, 0.6866, 0.7944, 0.8987, 1])
}
