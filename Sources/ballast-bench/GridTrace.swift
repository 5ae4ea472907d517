import Base
import Grid
import Twin

/// A course of the frequency that products are tried on, as a deviation from whatever nominal is.
struct GridTrace {
    let name: String
    /// Seconds and hertz from nominal; straight lines join them. Empty: ordinary days.
    let points: [(Double, Double)]

    static let all: [GridTrace] = [
        GridTrace(name: "step-low", points: [(0, 0), (10, 0), (10.02, -0.6), (70, -0.6), (130, 0), (3600, 0)]),
        GridTrace(name: "step-high", points: [(0, 0), (10, 0), (10.02, 0.6), (70, 0.6), (130, 0), (3600, 0)]),
        GridTrace(name: "ramp-1Hz/s", points: [(0, 0), (10, 0), (11, -1), (30, -1), (90, 0), (3600, 0)]),
        // Waypoints of named events; what they rest on stands in the recordings' own files (Tests/GridTests/Recordings).
        GridTrace(
            name: "gb-2019",
            points: [
                (0, 0.006), (3.49, 0), (5, -0.21), (10, -0.628), (28, -0.9), (48, -0.8), (61, -0.8), (79, -1.213),
                (110, -0.8), (285, 0), (3600, 0),
            ]),
        GridTrace(
            name: "ercot-2021", points: [(0, -0.05), (682, -0.6), (900, -0.698), (945, -0.6), (1380, 0), (5000, 0)]),
        GridTrace(
            name: "iberia-2025",
            points: [(0, -0.02), (20, -0.025), (34, -0.05), (36, -0.058), (38, -0.098), (40, -1.444), (42, -2.524)]),
        GridTrace(name: "28-days", points: []),
    ]

    /// Seconds between readings: the fast ones of an estimator, or those of a meter.
    var step: Double { points.isEmpty ? 1 : 0.02 }
    var seconds: Double { points.last?.0 ?? 28 * 86_400 }

    /// What a product does on this trace; `body` gets each reading's time, sample and response.
    func run(_ product: GridProduct, _ body: (Double, FrequencySample, GridResponse) -> Void) {
        var responder = ProductResponder(product, seed: 7)
        var days = OrdinaryDays(seed: 11)
        var segment = 1
        var last: (time: Double, hertz: Double)?
        let count = Int(seconds / step)
        for index in 0..<count {
            let time = Double(index) * step
            var deviation = 0.0
            if points.isEmpty {
                deviation = days.next() / 1000
            } else {
                while segment < points.count - 1, points[segment].0 < time { segment += 1 }
                let (a, b) = (points[segment - 1], points[segment])
                deviation = a.1 + (b.1 - a.1) * (time - a.0) / (b.0 - a.0)
            }
            let at = Instant(nanoseconds: 1_000_000_000 + UInt64(time * 1e9))
            let rate = last.map { Int32((deviation - $0.hertz) / (time - $0.time) * 1000) }
            if last.map({ time - $0.time >= 0.5 }) ?? true { last = (time, deviation) }
            let sample = FrequencySample(
                frequency: Microhertz(hertz: Double(product.nominal.value) / 1000 + deviation), rocof: rate, at: at,
                timeQuality: .local)
            let reading = MainsReading(
                condition: .valid, fast: sample, slow: sample, agrees: true, confirmations: step < 0.1 ? 3 : 1, at: at)
            body(time, sample, responder.step(reading, now: at))
        }
    }

    /// How often the frequency of the ordinary days goes where a product's curve calls for something.
    static func excursions(calling product: GridProduct) -> Int {
        var days = OrdinaryDays(seed: 11)
        var (count, isCalling) = (0, false)
        for _ in 0..<28 * 86_400 {
            let calls =
                product.permille(at: Microhertz(hertz: Double(product.nominal.value) / 1000 + days.next() / 1000)) != 0
            if calls, !isCalling { count += 1 }
            isCalling = calls
        }
        return count
    }
}
