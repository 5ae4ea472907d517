import Base

/// What a sampled voltage is made of: fundamental, offset and harmonics of each 200 ms.
///
/// A Fourier sum under a Hann window at multiples of the measured frequency, so the window need not hold whole cycles: what
/// leaks of the fundamental into the offset and the harmonics is below 1/1000 of it. Allocates nothing after `init`.
public struct HarmonicAnalyzer {
    /// The content of 200 ms of voltage.
    public struct Content: Equatable, Sendable {
        /// Amplitude of the fundamental in the samples' unit.
        public var amplitude: Double
        /// Mean of the voltage in thousandths of `amplitude`.
        public var offset: Int32
        /// Total harmonic distortion: the root of the sum of the harmonics' squares in thousandths of the fundamental.
        public var distortion: Int32
        /// The highest harmonic that the sample rate shows, at most 40. Below 2 the distortion cannot be told.
        public var highestOrder: Int
        /// When the last sample was taken.
        public var at: Instant
    }

    /// EN 50160 and IEC 61000-2-2 count harmonics up to the 40th.
    static let highestOrder = 40
    /// Ten cycles of 50 Hz or twelve of 60 Hz, as in IEC 61000-4-7.
    static let span = 0.2
    /// Of the sample rate: above this no converter's filter is to be trusted.
    static let usableBand = 0.45

    private let sampleRate: Double
    private let length: Int
    private var taken = 0
    private var orders = 0
    /// The rotation in one sample: of the fundamental and of the window.
    private var step = Turn.none
    private let windowStep: Turn
    private var turn = Turn.none
    private var windowTurn = Turn.none
    private var weights = 0.0
    private var sum = 0.0
    private var cosines: [Double]
    private var sines: [Double]

    /// - Parameter sampleRate: samples a second, 200 to 1,000,000.
    public init(sampleRate: Double) {
        self.sampleRate = min(max(200, sampleRate), 1_000_000)
        length = Int(self.sampleRate * Self.span)
        windowStep = Turn(turns: 1 / Double(length))
        cosines = Array(repeating: 0, count: Self.highestOrder + 1)
        sines = cosines
    }

    /// Takes the next sample.
    /// - Parameters:
    ///   - frequency: of the mains in hertz as measured; nil while it is not known, and then nothing is told.
    ///   - now: when the sample was taken.
    public mutating func take(_ sample: Double, frequency: Double?, now: Instant) -> Content? {
        if taken == 0 {
            guard let frequency, frequency > 0, frequency < sampleRate * Self.usableBand else { return nil }
            begin(frequency)
        }
        let weight = (1 - windowTurn.cosine) / 2
        let weighted = weight * sample
        weights += weight
        sum += weighted
        // cos((k + 1)x) = 2 cos x cos kx − cos((k − 1)x), and the same for the sine.
        let twice = 2 * turn.cosine
        var (before, this) = (Turn.none, turn)
        for order in 1...max(1, orders) {
            cosines[order] += weighted * this.cosine
            sines[order] += weighted * this.sine
            (before, this) = (
                this, Turn(cosine: twice * this.cosine - before.cosine, sine: twice * this.sine - before.sine)
            )
        }
        turn = turn.followed(by: step)
        windowTurn = windowTurn.followed(by: windowStep)
        taken += 1
        guard taken == length else { return nil }
        taken = 0
        return content(now)
    }

    private mutating func begin(_ frequency: Double) {
        orders = min(Self.highestOrder, Int(sampleRate * Self.usableBand / frequency))
        step = Turn(turns: frequency / sampleRate)
        turn = .none
        windowTurn = .none
        weights = 0
        sum = 0
        for order in 0...Self.highestOrder {
            cosines[order] = 0
            sines[order] = 0
        }
    }

    private func content(_ now: Instant) -> Content? {
        guard weights > 0 else { return nil }
        func square(_ order: Int) -> Double {
            let (cosine, sine) = (2 * cosines[order] / weights, 2 * sines[order] / weights)
            return cosine * cosine + sine * sine
        }
        let fundamental = square(1)
        guard fundamental > 0 else { return nil }
        var harmonics = 0.0
        if orders >= 2 { for order in 2...orders { harmonics += square(order) } }
        let amplitude = fundamental.squareRoot()
        return Content(
            amplitude: amplitude, offset: Int32(nearest: sum / weights / amplitude * 1000),
            distortion: Int32(nearest: (harmonics / fundamental).squareRoot() * 1000), highestOrder: orders, at: now)
    }
}

/// A rotation.
private struct Turn {
    var cosine: Double
    var sine: Double

    static var none: Turn { Turn(cosine: 1, sine: 0) }

    init(cosine: Double, sine: Double) {
        self.cosine = cosine
        self.sine = sine
    }

    init(turns: Double) { self.init(cosine: Base.sine(turns: turns + 0.25), sine: Base.sine(turns: turns)) }

    func followed(by other: Turn) -> Turn {
        Turn(
            cosine: cosine * other.cosine - sine * other.sine, sine: sine * other.cosine + cosine * other.sine)
    }
}
