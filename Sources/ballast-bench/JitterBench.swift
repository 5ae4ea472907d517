import Base
import Grid
import Twin

/// The error of a steady frequency under white jitter of the edges, beside what theory allows and a reference.
///
/// An hour in sixty runs of a minute: the reference stands on one minute, and this shows what a minute's luck is worth.
func jitterTable(_ isJSON: Bool) throws(BenchmarkError) {
    var output = try Output(
        "frequency-jitter",
        columns: [
            "jitter_us", "window_ms", "sigma_mhz", "from_mhz", "to_mhz", "bound_mhz", "of_bound", "reference_60s_mhz",
            "runs_within_percent", "largest_mhz",
        ], isJSON: isJSON)
    for reference in JitterReference.all {
        for (window, millihertz) in zip(JitterReference.windows, reference.millihertz) {
            var squares: [Double] = []
            var largest = 0.0
            for seed in 1...JitterReference.runs {
                var trial = FrequencyTrial(MainsScript(steady: 50))
                trial.distortion.jitter = reference.microseconds * 1000
                trial.seed = UInt64(seed)
                if window < 500 { trial.fastWindow = .milliseconds(window) }
                // The first second is for settling.
                let error = trial.error(61) { window < 500 ? $0.fast : $0.slow }
                squares.append(error.deviation * error.deviation)
                largest = max(largest, error.largest)
            }
            let count = Double(squares.count)
            let mean = squares.reduce(0, +) / count
            let variance = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            // Of the mean of the squares: 95 % of a normal one lie within 1.96 of its deviations.
            let margin = 1.96 * (variance / count).squareRoot()
            let bound = JitterReference.bound(microseconds: reference.microseconds, window: window)
            let within = squares.count { $0.squareRoot() <= millihertz }
            try output.row([
                .integer(Int(reference.microseconds)), .integer(Int(window)), thousandths(mean.squareRoot()),
                thousandths(max(0, mean - margin).squareRoot()), thousandths((mean + margin).squareRoot()),
                thousandths(bound), thousandths(mean.squareRoot() / bound), thousandths(millihertz),
                thousandths(Double(within * 100) / count), thousandths(largest),
            ])
        }
    }
}

/// What a fit of this kind was found to reach elsewhere, and the least that any can (Docs/grid.md, "Figures").
struct JitterReference {
    /// Of each edge, one standard deviation.
    let microseconds: Int32
    /// One standard deviation of the frequency in each of `windows`, from 60 s of a straight-line fit of both polarities.
    let millihertz: [Double]

    static let windows: [Int64] = [50, 100, 200, 500]
    static let runs = 60
    static let all = [
        JitterReference(microseconds: 2, millihertz: [2.4, 0.96, 0.36, 0.09]),
        JitterReference(microseconds: 5, millihertz: [5.9, 2.3, 0.88, 0.22]),
        JitterReference(microseconds: 20, millihertz: [23, 9.2, 3.4, 0.95]),
        JitterReference(microseconds: 50, millihertz: [58, 24, 9, 2.5]),
    ]

    /// The Cramér–Rao bound in millihertz for N edges T = 10 ms apart on a straight line: f σ √12 / (T √(N(N² − 1))).
    static func bound(microseconds: Int32, window: Int64) -> Double {
        let edges = Double(window / 10 + 1)
        let spread = edges * (edges * edges - 1) / 12
        return 50 * Double(microseconds) * 1e-6 / 0.01 / spread.squareRoot() * 1000
    }
}
