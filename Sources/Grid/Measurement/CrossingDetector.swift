import Base

/// Zero crossings of a sampled voltage, between the samples by a cubic through four of them, and its size.
public struct CrossingDetector {
    private let origin: Instant
    private let sampleRate: Double
    private var taken: Int64 = 0
    private var window = (0.0, 0.0, 0.0, 0.0)
    private var meanSquare = 0.0
    /// What one sample weighs in the mean square: 1 / (samples in two cycles).
    private let weight: Double

    /// - Parameters:
    ///   - sampleRate: samples a second, at least 4 to a cycle.
    ///   - origin: when the first sample was taken.
    public init(sampleRate: Double, nominal: Millihertz, origin: Instant) {
        self.sampleRate = max(1, sampleRate)
        self.origin = origin
        weight = min(1, max(1e-6, Double(nominal.value) / 1000 / (2 * max(1, sampleRate))))
    }

    /// The root mean square over some cycles, in the samples' unit.
    public var rms: Double { meanSquare.squareRoot() }

    /// When the newest sample was taken.
    public var now: Instant { instant(Double(max(0, taken - 1))) }

    /// Takes the next sample. A crossing is found one sample after it.
    public mutating func take(_ sample: Double) -> Crossing? {
        window = (window.1, window.2, window.3, sample)
        meanSquare += (sample * sample - meanSquare) * weight
        taken += 1
        let (_, before, after, _) = window
        guard taken >= 4, (before < 0) != (after < 0) else { return nil }
        let place = Double(taken - 3) + root()
        return Crossing(before < 0 ? .rising : .falling, at: instant(place))
    }

    private func instant(_ samples: Double) -> Instant {
        origin + .microseconds(Int64(samples / sampleRate * 1e6))
            + .nanoseconds(
                Int64((samples / sampleRate * 1e6 - (samples / sampleRate * 1e6).rounded(.towardZero)) * 1000))
    }

    /// Where between the middle two of the four samples the cubic is zero, 0 to 1.
    private func root() -> Double {
        let (a, b, c, d) = window
        // Newton's coefficients of the cubic through −1, 0, 1, 2.
        let linear = c - b
        let square = (c - 2 * b + a) / 2
        let cube = (d - 3 * c + 3 * b - a) / 6
        var (low, high) = (0.0, 1.0)
        for _ in 0..<40 {
            let u = (low + high) / 2
            let value = b + u * linear + u * (u - 1) * square + (u + 1) * u * (u - 1) * cube
            if (value < 0) == (b < 0) { low = u } else { high = u }
        }
        return (low + high) / 2
    }
}
