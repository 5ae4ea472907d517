import Base
import Buses

/// The edges of a simulated rig's mains as a comparator would show them, for one reader: what the rig is told of voltage,
/// frequency and phase shows in them.
public final class TwinMainsLine {
    private let access: TwinAccess
    private let nominalVolts: Double
    private var generator: MainsGenerator

    /// - Parameters:
    ///   - nominal: the frequency to begin with.
    ///   - distortion: of the waveform and the comparator.
    init(
        access: TwinAccess, nominal: Millihertz, nominalVolts: Int32, distortion: MainsDistortion, seed: UInt64,
        origin: Instant
    ) {
        self.access = access
        self.nominalVolts = Double(max(1, nominalVolts))
        generator = MainsGenerator(
            frequency: Double(nominal.value) / 1000, distortion: distortion, seed: seed, origin: origin)
    }

    /// Appends the edges up to `end`, which may lie a little ahead of the rig's clock; what the rig is told meanwhile shows
    /// later then.
    public func run(to end: Instant, into edges: inout [Edge]) {
        _ = access.enter()
        let course = access.plant.wave
        let volts = access.plant.mainsFault ?? access.plant.nominalMains
        access.plant.wave.phase = 0
        access.leave()
        let amplitude = Int32(volts / nominalVolts * 1000)
        if amplitude != generator.amplitude { generator.setAmplitude(amplitude, into: &edges) }
        if course.phase != 0 { generator.stepPhase(degrees: Double(course.phase), into: &edges) }
        let stop = Double((end - generator.origin).nanoseconds) * 1e-9
        let reached = generator.elapsed + course.time(from: generator.frequency)
        if reached < stop {
            generator.run(
                to: reached, toward: course.frequency(from: generator.frequency, after: .infinity), into: &edges)
        }
        generator.run(
            to: stop, toward: course.frequency(from: generator.frequency, after: stop - generator.elapsed), into: &edges
        )
    }
}
