import Base

/// The mains from samples of its voltage: an `EdgeEstimator` on the crossings between them, and what only samples show.
public struct WaveformEstimator {
    /// What is sampled.
    public struct Configuration: Equatable, Sendable {
        public var edges: EdgeEstimator.Configuration
        /// Samples a second.
        public var sampleRate: Double
        /// The root mean square of nominal voltage in the samples' unit; nil where it is not known, and then no voltage is
        /// judged.
        public var nominalVoltage: Double?

        public init(edges: EdgeEstimator.Configuration, sampleRate: Double, nominalVoltage: Double? = nil) {
            self.edges = edges
            self.sampleRate = sampleRate
            self.nominalVoltage = nominalVoltage
        }
    }

    /// EN 50160 allows a total harmonic distortion of 8 %.
    static let harmonicLimit: Int32 = 80
    static let harmonicsOverBelow: Int32 = 70
    /// This offset makes half periods as unequal as `EdgeEstimator.asymmetryLimit`: a default of this project.
    static let offsetLimit: Int32 = 8
    static let offsetOverBelow: Int32 = 5
    /// Without a crossing the estimator is asked every so often.
    static let checkInterval: Duration = .milliseconds(50)
    /// The detector's mean square has come up from nothing after so long: five of its time constants at 50 Hz.
    static let voltageSettles: Duration = .milliseconds(200)

    public let configuration: Configuration
    /// What the last whole 200 ms were made of.
    public private(set) var content: HarmonicAnalyzer.Content?
    private var estimator: EdgeEstimator
    private var detector: CrossingDetector
    private var analyzer: HarmonicAnalyzer
    private var harmonics = FlawWatch(limit: harmonicLimit, overBelow: harmonicsOverBelow)
    private var offset = FlawWatch(limit: offsetLimit, overBelow: offsetOverBelow)
    private let origin: Instant
    private var lastReadingAt: Instant
    private var frequency: Double?
    /// Told with the next reading that has nothing else to tell; a new one of the same kind takes the place of the old.
    private var pendingHarmonics: MainsEvent?
    private var pendingOffset: MainsEvent?

    /// - Parameter origin: when the first sample was taken.
    public init(_ configuration: Configuration, origin: Instant) {
        self.configuration = configuration
        estimator = EdgeEstimator(configuration.edges)
        detector = CrossingDetector(
            sampleRate: configuration.sampleRate, nominal: configuration.edges.nominal, origin: origin)
        analyzer = HarmonicAnalyzer(sampleRate: configuration.sampleRate)
        self.origin = origin
        lastReadingAt = origin
    }

    /// Takes the next sample; a reading for each crossing, and every 50 ms while there are none.
    public mutating func take(_ sample: Double) -> MainsReading? {
        let crossing = detector.take(sample)
        let now = detector.now
        if let found = analyzer.take(sample, frequency: frequency, now: now) { judge(found) }
        guard crossing != nil || now - lastReadingAt >= Self.checkInterval else { return nil }
        lastReadingAt = now
        if let nominal = configuration.nominalVoltage, nominal > 0, now - origin >= Self.voltageSettles {
            estimator.take(voltage: Int32(nearest: detector.rms / nominal * 1000), at: now)
        }
        var reading = crossing.map { estimator.take($0) } ?? estimator.check(now: now)
        frequency = reading.slow?.frequency.hertz
        // The samples say what makes the half periods unequal.
        switch reading.event {
        case .flaw(.asymmetry), .flawOver(.asymmetry): reading.event = nil
        default: break
        }
        if reading.event == nil {
            reading.event = pendingHarmonics ?? pendingOffset
            if pendingHarmonics != nil { pendingHarmonics = nil } else { pendingOffset = nil }
        }
        return reading
    }

    private mutating func judge(_ found: HarmonicAnalyzer.Content) {
        content = found
        if found.highestOrder >= 2, let change = harmonics.take(found.distortion, now: found.at) {
            pendingHarmonics = MainsEvent(change, .harmonics(permille: found.distortion))
        }
        if let change = offset.take(found.offset, now: found.at) {
            pendingOffset = MainsEvent(change, .offset(permille: found.offset))
        }
    }
}

extension MainsEvent {
    init(_ change: FlawWatch.Change, _ flaw: WaveformFlaw) {
        switch change {
        case .begins: self = .flaw(flaw)
        case .ends: self = .flawOver(flaw)
        }
    }
}
