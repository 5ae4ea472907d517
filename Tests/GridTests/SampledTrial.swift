import Base
import Buses
import Grid
import Twin

/// A simulated mains whose voltage is sampled, watched by an estimator.
struct SampledTrial {
    var script: MainsScript
    var distortion = MainsDistortion()
    var sampleRate = 2000.0
    var configuration = EdgeEstimator.Configuration(nominal: Millihertz(50_000))

    init(_ script: MainsScript) { self.script = script }

    /// Plays so many seconds; `body` gets every reading.
    func run(_ seconds: Double, _ body: (MainsReading) -> Void) {
        var mains = ScriptedMains(script, distortion: distortion)
        // A sine of amplitude 1.
        var estimator = WaveformEstimator(
            .init(edges: configuration, sampleRate: sampleRate, nominalVoltage: 0.5.squareRoot()),
            origin: Instant(nanoseconds: 0))
        var edges: [Edge] = []
        for index in 0..<Int(seconds * sampleRate) {
            mains.run(to: Double(index) / sampleRate, into: &edges)
            edges.removeAll(keepingCapacity: true)
            if let reading = estimator.take(mains.generator.voltage) { body(reading) }
        }
    }
}
