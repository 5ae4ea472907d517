import Base

/// Plays a recorded waveform of the mains back on the agent's clock, in real time or faster, holding no more of the file than
/// the piece that is due.
public struct WaveReplay {
    /// Why a file cannot be played.
    public enum Fault: Error, Equatable, Sendable {
        /// It cannot be read.
        case unreadable(WaveReader.Fault)
        /// Fewer samples a second than four to a cycle.
        case tooCoarse(sampleRate: UInt32)
        /// More samples a second of the agent's time than `fastest`.
        case tooFast(sampleRate: UInt32)
    }

    /// So many samples are worked on in a second at most, whatever the speed: a small board's processor keeps up with these.
    public static let fastest: Int64 = 100_000
    /// Read of a file at a time until its header has been understood, in bytes.
    private static let headerPiece = 64

    private let edges: EdgeEstimator.Configuration
    private let start: Instant
    private let speed: Int64
    private var reader = WaveReader()
    private var estimator: WaveformEstimator?
    private var taken: Int64 = 0
    /// What stopped the playing; nothing is played after it.
    public private(set) var fault: Fault?

    /// - Parameter speed: 1 plays in real time, 60 a minute in a second; 1–100,000.
    public init(_ edges: EdgeEstimator.Configuration, start: Instant, speed: Int = 1) {
        self.edges = edges
        self.start = start
        self.speed = Int64(max(1, min(100_000, speed)))
    }

    /// Whether samples have been found.
    public var hasBegun: Bool { taken > 0 }
    /// Whether all samples have been played, or none can be.
    public var isOver: Bool { reader.isOver || fault != nil }

    /// How many bytes of the file are to be read now; 0 while none are due.
    public func due(now: Instant) -> Int {
        if isOver { return 0 }
        guard hasBegun else { return Self.headerPiece }
        let seconds = Double((now - start).nanoseconds) * 1e-9
        let wanted = min(seconds * Double(speed) * Double(reader.sampleRate), 1e15) - Double(taken)
        return wanted < 1 ? 0 : Int(min(wanted, 1e6)) * reader.bytesPerSample
    }

    /// Takes the next bytes of the file and gives the readings that come of them to `body`. Their times are the recording's own, so
    /// that rates of change are right at any speed.
    public mutating func take(_ bytes: some Sequence<UInt8>, _ body: (MainsReading) -> Void) {
        for byte in bytes {
            guard fault == nil else { return }
            var sample: Int16?
            reader.take(CollectionOfOne(byte)) { sample = $0 }
            if let found = reader.fault { fault = .unreadable(found) }
            if let sample { play(sample, body) }
        }
    }

    private mutating func play(_ sample: Int16, _ body: (MainsReading) -> Void) {
        if estimator == nil {
            let rate = reader.sampleRate
            if Int64(rate) * 1000 < 4 * Int64(edges.nominal.value) {
                fault = .tooCoarse(sampleRate: rate)
            } else if Int64(rate) * speed > Self.fastest {
                fault = .tooFast(sampleRate: rate)
            } else {
                estimator = WaveformEstimator(.init(edges: edges, sampleRate: Double(rate)), origin: start)
            }
        }
        taken += 1
        if let reading = estimator?.take(Double(sample)) { body(reading) }
    }
}
