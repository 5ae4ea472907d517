import Base
import Buses

/// EMC2101 fan controller with one fan and a remote diode, at 0x4C (Microchip EMC2101 data sheet).
public struct EMC2101 {
    /// Register codes that depend on the diode and the fan of a board.
    public struct Configuration: Equatable, Sendable {
        /// Diode ideality and beta compensation codes of the data sheet; nil leaves the power-on values.
        public var ideality: UInt8?
        public var beta: UInt8?
        /// PWM base frequency and its divider; nil leaves the power-on values.
        public var pwmFrequency: UInt8?
        public var pwmDivider: UInt8?

        public init(
            ideality: UInt8? = nil, beta: UInt8? = nil, pwmFrequency: UInt8? = nil, pwmDivider: UInt8? = nil
        ) {
            self.ideality = ideality
            self.beta = beta
            self.pwmFrequency = pwmFrequency
            self.pwmDivider = pwmDivider
        }
    }

    private enum Register {
        static let internalTemperature: UInt8 = 0x00
        static let externalHigh: UInt8 = 0x01
        static let configuration: UInt8 = 0x03
        static let externalLow: UInt8 = 0x10
        static let ideality: UInt8 = 0x17
        static let beta: UInt8 = 0x18
        static let tachLow: UInt8 = 0x46
        static let tachHigh: UInt8 = 0x47
        static let fanConfiguration: UInt8 = 0x4A
        static let fanSetting: UInt8 = 0x4C
        static let pwmFrequency: UInt8 = 0x4D
        static let pwmDivider: UInt8 = 0x4E
        static let product: UInt8 = 0xFD
        static let manufacturer: UInt8 = 0xFE
    }

    /// The highest fan setting: always on.
    static let fullSetting: UInt8 = 63

    public let configuration: Configuration
    private let registers: ChipRegisters

    public init(on bus: any I2CBus, at address: I2CAddress = 0x4C, configuration: Configuration = Configuration()) {
        self.configuration = configuration
        registers = ChipRegisters(.emc2101, on: bus, at: address)
    }

    /// Requires the part's product number, one of two, and the maker's.
    public func validate() throws(ChipFault) {
        try registers.require(Register.product, 0x16, or: 0x28)
        try registers.require(Register.manufacturer, 0x5D)
    }

    /// Makes the shared pin a tachometer input and hands the fan setting to software.
    public func configure() throws(ChipFault) {
        try registers.set(Register.configuration, to: 0x04)
        if let ideality = configuration.ideality { try registers.set(Register.ideality, to: ideality) }
        if let beta = configuration.beta { try registers.set(Register.beta, to: beta) }
        try registers.set(Register.fanConfiguration, to: 0x23)
        if let frequency = configuration.pwmFrequency { try registers.set(Register.pwmFrequency, to: frequency) }
        if let divider = configuration.pwmDivider { try registers.set(Register.pwmDivider, to: divider) }
    }

    /// Sets the share of time the fan is driven, in steps of 1/63, and reads it back.
    public func setDuty(_ duty: DutyCycle) throws(ChipFault) {
        try registers.set(Register.fanSetting, to: duty.code(maximum: EMC2101.fullSetting))
    }

    /// The fan's speed. Reading the low byte holds the high one, hence the order.
    public func speed(now: Instant) -> Reading<RPM> {
        Reading(at: now) { () throws(ReadingFailure) -> RPM in
            let low = try registers.sample(Register.tachLow)
            let high = try registers.sample(Register.tachHigh)
            return try EMC2101.rpm(count: UInt16(high) << 8 | UInt16(low))
        }
    }

    /// The remote diode's temperature.
    public func externalTemperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            let high = try registers.sample(Register.externalHigh)
            let low = try registers.sample(Register.externalLow)
            return try EMC2101.celsius(UInt16(high) << 8 | UInt16(low))
        }
    }

    /// The part's own temperature, in whole degrees.
    public func internalTemperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            let raw = try registers.sample(Register.internalTemperature)
            if raw == 0xFF { throw .allOnes }
            if raw == 0 { throw .allZeros }
            return .degrees(Int32(Int8(bitPattern: raw)))
        }
    }

    /// The speed for a count of 90 kHz clocks over two revolutions.
    ///
    /// - Throws: `implausible` for 0; `stopped` from the count on that stands for 82 min⁻¹ or less, the part's
    ///   lowest: an open tachometer line reads that.
    public static func rpm(count: UInt16) throws(ReadingFailure) -> RPM {
        guard count > 0 else { throw .implausible }
        let speed = 5_400_000 / Int32(count)
        guard speed > 82 else { throw .stopped }
        return RPM(speed)
    }

    /// The temperature of the external register pair: two's complement in the upper 11 bits, 0.125 °C.
    public static func celsius(_ raw: UInt16) throws(ReadingFailure) -> Celsius {
        if raw == 0xFFFF { throw .allOnes }
        if raw == 0 { throw .allZeros }
        switch raw >> 5 {
        case 0x3F8: throw .openCircuit
        case 0x3FF: throw .shortCircuit
        default: return .binary(Int32(Int16(bitPattern: raw)) >> 5, fractionBits: 3)
        }
    }
}
