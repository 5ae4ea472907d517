import Base
import Buses
import Grid
import Twin

/// A simulated mains in front of the estimator, edge by edge.
struct FrequencyTrial {
    var script: MainsScript
    var distortion = MainsDistortion()
    var seed: UInt64 = 1
    var fastWindow: Duration = .milliseconds(100)

    init(_ script: MainsScript) { self.script = script }

    /// Plays so many seconds; `body` gets each reading and the seconds since the start.
    func run(_ seconds: Double, _ body: (MainsReading, Double) -> Void) {
        var configuration = EdgeEstimator.Configuration(nominal: Millihertz(50_000))
        configuration.fastWindow = fastWindow
        var estimator = EdgeEstimator(configuration)
        var mains = ScriptedMains(script, distortion: distortion, seed: seed)
        var edges: [Edge] = []
        var time = 0.0
        while time < seconds {
            time += 0.1
            edges.removeAll(keepingCapacity: true)
            mains.run(to: time, into: &edges)
            for edge in edges {
                let crossing = Crossing(edge.direction == .toActive ? .rising : .falling, at: edge.at)
                body(estimator.take(crossing), Double(edge.at.nanoseconds) * 1e-9)
            }
        }
    }

    /// How far one window is from the truth at its own time, after a second of settling: deviation and largest, in mHz, and
    /// the largest error of the rate of change in mHz/s.
    func error(
        _ seconds: Double, _ sample: (MainsReading) -> FrequencySample?
    ) -> (deviation: Double, largest: Double, rate: Double) {
        var (sum, largest, rate, count) = (0.0, 0.0, 0.0, 0)
        run(seconds) { reading, time in
            guard time > 1, let sample = sample(reading) else { return }
            let at = Double(sample.at.nanoseconds) * 1e-9
            let truth = script.frequency(at: at) ?? 0
            let error = (sample.frequency.hertz - truth) * 1000
            sum += error * error
            largest = max(largest, error.magnitude)
            if let slow = reading.slow, let rocof = slow.rocof {
                let middle = Double(slow.at.nanoseconds) * 1e-9
                let slope =
                    ((script.frequency(at: middle + 0.05) ?? 0) - (script.frequency(at: middle - 0.05) ?? 0)) / 0.1
                rate = max(rate, (Double(rocof) - slope * 1000).magnitude)
            }
            count += 1
        }
        return ((sum / Double(max(1, count))).squareRoot(), largest, rate)
    }

    /// Seconds at which a trip could first rest on the readings, or nil.
    func firstTrip(_ seconds: Double, below hertz: Double) -> Double? {
        var row = 0
        var trip: Double?
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
