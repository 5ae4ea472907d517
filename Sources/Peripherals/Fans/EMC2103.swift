import Base
import Buses

/// EMC2103 fan controller with one fan and up to two remote diodes, at 0x2E (Microchip EMC2103 data sheet; register
/// names as in Linux's `emc2103`).
public struct EMC2103 {
    /// Diode settings of the data sheet; nil leaves the power-on value.
    public struct Diode: Equatable, Sendable {
        public var ideality: UInt8?
        public var beta: UInt8?

        public init(ideality: UInt8? = nil, beta: UInt8? = nil) {
            self.ideality = ideality
            self.beta = beta
        }
    }

    private enum Register {
        static let configuration: UInt8 = 0x20
        static let pwmConfiguration: UInt8 = 0x2A
        static let fanSetting: UInt8 = 0x40
        static let tachHigh: UInt8 = 0x4E
        static let product: UInt8 = 0xFD
        static let manufacturer: UInt8 = 0xFE
        /// Whole degrees of remote diode 1–2; the fraction follows.
        static func external(_ diode: UInt8) -> UInt8 { 2 * diode }
        static func ideality(_ diode: UInt8) -> UInt8 { 0x10 + diode }
        static func beta(_ diode: UInt8) -> UInt8 { 0x13 + diode }
    }

    public let diodes: (Diode, Diode)
    private let registers: ChipRegisters

    public init(
        on bus: any I2CBus, at address: I2CAddress = 0x2E, diodes: (Diode, Diode) = (Diode(), Diode())
    ) {
        self.diodes = diodes
        registers = ChipRegisters(.emc2103, on: bus, at: address)
    }

    /// The variants -1 (product 0x24) and -2, -4 (0x26) share everything used here.
    public func validate() throws(ChipFault) {
        try registers.require(Register.product, 0x24, or: 0x26)
        try registers.require(Register.manufacturer, 0x5D)
    }

    /// Sets the default pin and PWM functions and the diode corrections there are.
    public func configure() throws(ChipFault) {
        try registers.set(Register.configuration, to: 0x00)
        try registers.set(Register.pwmConfiguration, to: 0x00)
        try configure(diodes.0, 1)
        try configure(diodes.1, 2)
    }

    private func configure(_ diode: Diode, _ number: UInt8) throws(ChipFault) {
        if let ideality = diode.ideality { try registers.set(Register.ideality(number), to: ideality) }
        if let beta = diode.beta { try registers.set(Register.beta(number), to: beta) }
    }

    /// Sets the share of time the fan is driven, in steps of 1/255, and reads it back.
    public func setDuty(_ duty: DutyCycle) throws(ChipFault) {
        try registers.set(Register.fanSetting, to: duty.code(maximum: 255))
    }

    /// The fan's speed.
    public func speed(now: Instant) -> Reading<RPM> {
        Reading(at: now) { () throws(ReadingFailure) -> RPM in
            try EMC2103.rpm(tach: try pair(Register.tachHigh))
        }
    }

    /// The temperature of remote diode 1 or 2; any other is `failed(.implausible)`.
    public func temperature(diode: UInt8, now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            guard (1...2).contains(diode) else { throw .implausible }
            return try EMC2103.celsius(try pair(Register.external(diode)))
        }
    }

    /// Two neighbouring registers, the high byte first.
    private func pair(_ register: UInt8) throws(ReadingFailure) -> UInt16 {
        let high = try registers.sample(register)
        return UInt16(high) << 8 | UInt16(try registers.sample(register + 1))
    }

    /// The speed for a tachometer pair, a count in the upper 13 bits, with the power-on range (two-pole fan, 1000 min⁻¹
    /// and more).
    public static func rpm(tach: UInt16) throws(ReadingFailure) -> RPM {
        try EMC2305.rpm(tach: tach, range: .from1000)
    }

    /// The temperature of an external pair: two's complement in the upper 11 bits, 0.125 °C; 0x8000 reports a diode
    /// that is open or shorted.
    public static func celsius(_ raw: UInt16) throws(ReadingFailure) -> Celsius {
        if raw == 0xFFFF { throw .allOnes }
        if raw == 0 { throw .allZeros }
        if raw == 0x8000 { throw .openCircuit }
        return .binary(Int32(Int16(bitPattern: raw)) >> 5, fractionBits: 3)
    }
}
