import Base
import Buses

/// A simulated mains voltage in front of a comparator: a course of frequency in, edges out. The same seed gives the same
/// edges.
///
/// Between two calls of `run` the frequency moves in a straight line, so a network model drives it with a point for each of
/// its steps, and a recording with a point for each of its rows.
public struct MainsGenerator: Sendable {
    private struct Place {
        /// In cycles, 0 up to 1.
        var phase: Double
        var isRising: Bool
    }

    public let origin: Instant
    /// Seconds since the origin.
    public private(set) var elapsed = 0.0
    /// The frequency now, in hertz.
    public private(set) var frequency: Double
    /// The fundamental's amplitude now, in thousandths of nominal.
    public private(set) var amplitude: Int32 = 1000
    private var distortion: MainsDistortion
    /// In cycles, 0 up to 1.
    private var phase = 0.0
    private var places: [Place] = []
    private var noise: Noise
    private var sequence: UInt32 = 0
    private var lastEdge: Double = -1

    public init(
        frequency: Double, distortion: MainsDistortion = MainsDistortion(), seed: UInt64,
        origin: Instant = Instant(nanoseconds: 0)
    ) {
        self.frequency = frequency
        self.distortion = distortion
        self.origin = origin
        noise = Noise(seed: seed)
        findPlaces()
    }

    public var now: Instant { instant(elapsed) }

    /// Lets time pass up to `end` seconds after the origin, while the frequency moves evenly to `target` hertz.
    public mutating func run(to end: Double, toward target: Double, into edges: inout [Edge]) {
        guard end > elapsed else {
            frequency = target
            return
        }
        let start = elapsed
        let (from, slope) = (frequency, (target - frequency) / (end - elapsed))
        let length = end - elapsed
        let travel = from * length + slope * length * length / 2
        let begin = phase
        var turns = 0.0
        // Bounded by the half cycles in the time.
        search: while !places.isEmpty {
            for place in places {
                let distance = turns + place.phase - begin
                guard distance > 0 else { continue }
                guard distance <= travel else { break search }
                emit(start + Self.time(distance, from, slope), place.isRising, &edges)
            }
            turns += 1
        }
        phase = begin + travel
        phase -= phase.rounded(.down)
        elapsed = end
        frequency = target
    }

    /// Steps the phase, positive is later: as a fault or a switched line does.
    public mutating func stepPhase(degrees: Double, into edges: inout [Edge]) {
        let before = voltage(phase)
        phase -= degrees / 360
        phase -= phase.rounded(.down)
        comparatorMoves(from: before, &edges)
    }

    /// Steps the amplitude, in thousandths of nominal; below 20 the comparator sees nothing.
    public mutating func setAmplitude(_ permille: Int32, into edges: inout [Edge]) {
        let before = voltage(phase)
        amplitude = max(0, permille)
        findPlaces()
        comparatorMoves(from: before, &edges)
    }

    /// Steps what is wrong with the voltage and its comparator.
    public mutating func setDistortion(_ distortion: MainsDistortion, into edges: inout [Edge]) {
        let before = voltage(phase)
        self.distortion = distortion
        findPlaces()
        comparatorMoves(from: before, &edges)
    }

    /// The voltage at this moment in parts of the nominal amplitude, with harmonics and offset: what a converter would sample.
    public var voltage: Double { voltage(phase) }

    // MARK: -

    /// When the phase has advanced by `distance` cycles, in seconds.
    private static func time(_ distance: Double, _ frequency: Double, _ slope: Double) -> Double {
        // The root of f t + s t²/2 = d that does not cancel for a small slope.
        2 * distance / (frequency + max(0, frequency * frequency + 2 * slope * distance).squareRoot())
    }

    private func voltage(_ phase: Double) -> Double {
        var sum = sine(turns: phase)
        for harmonic in distortion.harmonics {
            let angle = Double(harmonic.order) * phase + Double(harmonic.degrees) / 360
            sum += Double(harmonic.permille) / 1000 * sine(turns: angle)
        }
        return Double(amplitude) / 1000 * sum + Double(distortion.offsetPermille) / 1000
    }

    /// Where in a cycle the voltage crosses zero.
    private mutating func findPlaces() {
        places.removeAll(keepingCapacity: true)
        guard amplitude >= 20 else { return }
        let steps = 1024
        // Begins a little before zero, so that a crossing right at the start is one.
        var last = -0.5 / Double(steps)
        var lastVoltage = voltage(last)
        for step in 1...steps {
            let next = (Double(step) - 0.5) / Double(steps)
            let nextVoltage = voltage(next)
            if (lastVoltage < 0) != (nextVoltage < 0) {
                var (low, high) = (last, next)
                for _ in 0..<40 {
                    let middle = (low + high) / 2
                    if (voltage(middle) < 0) == (lastVoltage < 0) { low = middle } else { high = middle }
                }
                places.append(Place(phase: max(0, high), isRising: lastVoltage < 0))
            }
            (last, lastVoltage) = (next, nextVoltage)
        }
    }

    /// A step that changes the sign of the voltage is an edge.
    private mutating func comparatorMoves(from before: Double, _ edges: inout [Edge]) {
        let after = voltage(phase)
        if amplitude >= 20, (before < 0) != (after < 0) { emit(elapsed, after >= 0, &edges) }
    }

    private mutating func emit(_ time: Double, _ isRising: Bool, _ edges: inout [Edge]) {
        if noise.happens(permille: distortion.strayPermille) {
            let place = time - noise.uniform() * 0.5 / max(1, frequency)
            append(place, !isRising, &edges)
            append(place + 50e-6, isRising, &edges)
        }
        if noise.happens(permille: distortion.missingPermille) { return }
        append(time + Double(distortion.jitter) * 1e-9 * noise.normal(), isRising, &edges)
        if noise.happens(permille: distortion.bouncePermille) {
            let gap = 20e-6 + noise.uniform() * 130e-6
            append(time + gap, !isRising, &edges)
            append(time + 2 * gap, isRising, &edges)
        }
    }

    /// Edges leave in the order of their times, a microsecond apart at least.
    private mutating func append(_ time: Double, _ isRising: Bool, _ edges: inout [Edge]) {
        let ordered = max(time, lastEdge + 1e-6, 0)
        lastEdge = ordered
        edges.append(Edge(isRising ? .toActive : .toInactive, at: instant(ordered), sequence: sequence))
        sequence &+= 1
    }

    private func instant(_ seconds: Double) -> Instant { origin + .nanoseconds(Int64(seconds * 1e9)) }
}
