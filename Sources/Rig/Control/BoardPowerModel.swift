import ASIC
import Base

/// How much power a hash board takes at a clock and a voltage, and what it hashes.
///
/// P = rest + (reference − rest) · f/f₀ · (V/V₀)²: what CMOS logic takes when it switches, above what it takes anyway.
public struct BoardPowerModel: Equatable, Sendable {
    /// What the numbers rest on. Telemetry says it with every figure that is derived from them.
    public enum Evidence: UInt8, Equatable, Sendable, CaseIterable {
        /// From the board file's nominal data.
        case nominal
        /// Scaled to a meter that other loads share.
        case estimated
        /// From this board's own measurement.
        case measured

        public var name: String {
            switch self {
            case .nominal: "nominal"
            case .estimated: "estimated"
            case .measured: "measured"
            }
        }
    }

    /// Power of an enabled board whose chips do not hash.
    public var rest: Milliwatts
    /// The point at which `power` was found.
    public var clock: ClockFrequency
    public var voltage: Millivolts
    /// Power while hashing at that point.
    public var power: Milliwatts
    /// Hashes per clock cycle of the whole board: hash engines of all its chips.
    public var hashesPerCycle: UInt64
    public var evidence: Evidence

    public init(
        rest: Milliwatts, clock: ClockFrequency, voltage: Millivolts, power: Milliwatts, hashesPerCycle: UInt64,
        evidence: Evidence = .nominal
    ) {
        self.rest = rest
        self.clock = clock
        self.voltage = voltage
        self.power = power
        self.hashesPerCycle = hashesPerCycle
        self.evidence = evidence
    }

    /// Power at the board's input while it hashes.
    public func power(at clock: ClockFrequency, _ voltage: Millivolts) -> Milliwatts {
        let ratio = Double(voltage.value) / Double(max(1, self.voltage.value))
        let share = Double(clock.hertz) / Double(max(1, self.clock.hertz)) * ratio * ratio
        let power = Double(rest.value) + Double(max(0, power.value - rest.value)) * share
        // Rounded up: what is not certain must not be spent.
        return Milliwatts(clamping: Int64(min(max(power.rounded(.up), 0), 2e9)))
    }

    /// Hashes per second.
    public func hashRate(at clock: ClockFrequency) -> UInt64 {
        hashesPerCycle * UInt64(clock.hertz)
    }

    /// The same board after a measurement of its power at a point where it hashed steadily.
    public func measured(_ power: Milliwatts, at clock: ClockFrequency, _ voltage: Millivolts) -> BoardPowerModel {
        guard power > rest, clock.hertz > 0, voltage > .zero else { return self }
        var model = self
        (model.power, model.clock, model.voltage, model.evidence) = (power, clock, voltage, .measured)
        return model
    }
}
