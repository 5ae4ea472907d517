import Base
import Buses
import Grid
import Twin

/// A simulated mains watched by an estimator, edge by edge.
struct MainsTrial {
    var script: MainsScript
    var distortion = MainsDistortion()
    var seed: UInt64 = 1
    var configuration = EdgeEstimator.Configuration(nominal: Millihertz(50_000))
    /// Which edges are wired.
    var polarities: [Crossing.Polarity] = [.rising, .falling]
    /// Whether the front end also measures the voltage.
    var measuresVoltage = false

    init(_ script: MainsScript) { self.script = script }

    /// Plays so many seconds; `body` gets every reading and the seconds since the start.
    func run(_ seconds: Double, _ body: (MainsReading, Double) -> Void) {
        var mains = ScriptedMains(script, distortion: distortion, seed: seed)
        var estimator = EdgeEstimator(configuration)
        var edges: [Edge] = []
        var time = 0.0
        while time < seconds {
            time = min(seconds, time + 0.02)
            edges.removeAll(keepingCapacity: true)
            mains.run(to: time, into: &edges)
            let now = Instant(nanoseconds: UInt64(time * 1e9))
            if measuresVoltage { estimator.take(voltage: mains.generator.amplitude, at: now) }
            for edge in edges {
                let crossing = Crossing(edge.direction == .toActive ? .rising : .falling, at: edge.at)
                guard polarities.contains(crossing.polarity) else { continue }
                body(estimator.take(crossing), Double(edge.at.nanoseconds) * 1e-9)
            }
            let checked = estimator.check(now: now)
            if edges.isEmpty { body(checked, time) }
        }
    }

    func readings(_ seconds: Double) -> [MainsReading] {
        var all: [MainsReading] = []
        run(seconds) { reading, _ in all.append(reading) }
        return all
    }

    /// The error of a window in millihertz against the script at the sample's own time: deviation and largest.
    func error(
        _ seconds: Double, after settled: Double = 1, _ sample: (MainsReading) -> FrequencySample?
    ) -> (deviation: Double, largest: Double, count: Int) {
        var (sum, largest, count) = (0.0, 0.0, 0)
        run(seconds) { reading, time in
            guard time > settled, let sample = sample(reading) else { return }
            let truth = script.frequency(at: Double(sample.at.nanoseconds) * 1e-9) ?? 0
            let error = (sample.frequency.hertz - truth) * 1000
            sum += error * error
            largest = max(largest, error.magnitude)
            count += 1
        }
        return ((sum / Double(max(1, count))).squareRoot(), largest, count)
    }

    /// When three readings in a row that a trip may rest on lay beyond a threshold, in seconds; nil if never.
    func firstTrip(_ seconds: Double, below hertz: Double) -> Double? {
        var (row, trip): (Int, Double?) = (0, nil)
        run(seconds) { reading, time in
            guard let fast = reading.fast, reading.isTripGrade, fast.frequency.hertz < hertz else {
                row = 0
                return
            }
            row += 1
            if row >= reading.confirmations, trip == nil { trip = time }
        }
        return trip
    }
}
