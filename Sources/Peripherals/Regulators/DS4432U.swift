import Base
import Buses

/// DS4432U current DAC, at 0x48, that trims the feedback of a core regulator (Maxim DS4432 data sheet). It cannot
/// measure: what the regulator makes of the setting needs an ADC.
public struct DS4432U {
    /// The circuit around the part. Resistances in ohms, current in nanoamperes.
    public struct Circuit: Equatable, Sendable {
        /// The regulator's feedback voltage.
        public var feedback: Millivolts
        /// From the output to the feedback node.
        public var upperResistor: Int32
        /// From the feedback node to ground.
        public var lowerResistor: Int32
        /// Output current at full scale, from the part's own resistor.
        public var fullScaleNanoamperes: Int32
        /// The output as measured with the DAC idle.
        public var idleOutput: Millivolts

        public init(
            feedback: Millivolts, upperResistor: Int32, lowerResistor: Int32, fullScaleNanoamperes: Int32,
            idleOutput: Millivolts
        ) {
            self.feedback = feedback
            self.upperResistor = upperResistor
            self.lowerResistor = lowerResistor
            self.fullScaleNanoamperes = fullScaleNanoamperes
            self.idleOutput = idleOutput
        }

        /// Bitaxe Max and Ultra.
        public static let bitaxe = Circuit(
            feedback: Millivolts(600), upperResistor: 4750, lowerResistor: 3320, fullScaleNanoamperes: 98_921,
            idleOutput: Millivolts(1451))
    }

    /// The part's outputs, by their register.
    public enum Output: UInt8, Equatable, Sendable {
        case out0 = 0xF8
        case out1 = 0xF9
    }

    /// Set in a code that pulls the output below its idle voltage.
    private static let lowers: UInt8 = 0x80
    /// The highest magnitude of a code.
    private static let fullScale: Int64 = 127

    public let circuit: Circuit
    /// The voltages the board file allows.
    public let limits: ClosedRange<Millivolts>
    private let registers: ChipRegisters

    public init(
        on bus: any I2CBus, at address: I2CAddress = 0x48, circuit: Circuit = .bitaxe,
        limits: ClosedRange<Millivolts>
    ) {
        self.circuit = circuit
        self.limits = limits
        registers = ChipRegisters(.ds4432u, on: bus, at: address)
    }

    /// The part has no identity; this proves that something answers at both output registers and is not a dead line.
    public func validate() throws(ChipFault) {
        let codes = (try registers.byte(Output.out0.rawValue), try registers.byte(Output.out1.rawValue))
        if codes == (0xFF, 0xFF) {
            throw ChipFault(.ds4432u, .wrongPart(register: Output.out0.rawValue, found: 0xFF, expected: 0))
        }
    }

    /// Asks the regulator for a voltage.
    /// - Throws: `outOfRange` outside the limits, `notRepresentable` where the DAC's current does not reach.
    public func setVoltage(_ voltage: Millivolts, output: Output) throws(ChipFault) {
        guard limits.contains(voltage) else {
            throw ChipFault(
                .ds4432u,
                .outOfRange(requested: voltage.value, allowed: limits.lowerBound.value...limits.upperBound.value))
        }
        guard let code = DS4432U.code(for: voltage, circuit: circuit) else {
            throw ChipFault(.ds4432u, .notRepresentable(requested: voltage.value))
        }
        try registers.set(output.rawValue, to: code)
    }

    /// The code for an output voltage: bit 7 set to lower it, bits 6:0 the current in 1/127 of full scale, rounded up.
    /// Nil when that takes more than 127 or the circuit's values are not positive.
    ///
    /// The calculated idle voltage of a circuit lies a little beside the measured one; between the two the DAC idles.
    public static func code(for voltage: Millivolts, circuit: Circuit) -> UInt8? {
        let upper = Int64(circuit.upperResistor)
        let lower = Int64(circuit.lowerResistor)
        let fullScale = Int64(circuit.fullScaleNanoamperes)
        guard upper > 0, lower > 0, fullScale > 0 else { return nil }
        let feedback = Int64(circuit.feedback.value)
        // What the lower resistor draws minus what the upper one brings, in mV·Ω.
        let deficit = feedback * upper - (Int64(voltage.value) - feedback) * lower
        let isBelowIdle = voltage < circuit.idleOutput
        if (deficit > 0) != isBelowIdle { return 0 }
        // mV·Ω·10⁶ / (Ω·Ω·nA) is dimensionless: 1 mV/Ω is 10⁶ nA.
        let (scaled, overflow) = Int64(deficit.magnitude).multipliedReportingOverflow(by: 127_000_000)
        let (divisor, overflow2) = (upper * lower).multipliedReportingOverflow(by: fullScale)
        guard !overflow, !overflow2 else { return nil }
        let magnitude = scaled / divisor + (scaled % divisor > 0 ? 1 : 0)
        guard magnitude <= DS4432U.fullScale else { return nil }
        return UInt8(magnitude) | (isBelowIdle && magnitude > 0 ? lowers : 0)
    }
}
