import Base
import Buses

/// INA226 power monitor with an external shunt resistor, at 0x40–0x4F (TI SBOS547).
public struct INA226 {
    /// How many conversions are averaged (bits 11:9 of the configuration).
    public enum Averaging: UInt16, Equatable, Sendable {
        case one, of4, of16, of64, of128, of256, of512, of1024
    }

    /// Time of one conversion in microseconds (bits 8:6 for the bus, 5:3 for the shunt).
    public enum ConversionTime: UInt16, Equatable, Sendable {
        case us140, us204, us332, us588, us1100, us2116, us4156, us8244
    }

    /// The board's shunt and the scale and speed of the measurement.
    public struct Configuration: Equatable, Sendable {
        /// Shunt resistance in millionths of an ohm.
        public var shuntMicroohms: Int32
        /// What one count of the current register stands for, in millionths of an ampere: at least the greatest
        /// expected current / 32768.
        public var microamperesPerCount: Int32
        public var averaging: Averaging
        public var busConversion: ConversionTime
        public var shuntConversion: ConversionTime

        public init(
            shuntMicroohms: Int32, microamperesPerCount: Int32, averaging: Averaging = .one,
            busConversion: ConversionTime = .us1100, shuntConversion: ConversionTime = .us1100
        ) {
            self.shuntMicroohms = shuntMicroohms
            self.microamperesPerCount = microamperesPerCount
            self.averaging = averaging
            self.busConversion = busConversion
            self.shuntConversion = shuntConversion
        }

        /// The configuration word, with bus and shunt measured continuously; the defaults give the reset value 0x4127.
        public var word: UInt16 {
            0x4000 | averaging.rawValue << 9 | busConversion.rawValue << 6 | shuntConversion.rawValue << 3 | 0b111
        }

        /// The calibration word 0.00512 / (ampere per count · ohm); nil when it is not 1–32767.
        public var calibration: UInt16? {
            guard shuntMicroohms > 0, microamperesPerCount > 0 else { return nil }
            let word = 5_120_000_000 / (Int64(shuntMicroohms) * Int64(microamperesPerCount))
            return (1...0x7FFF).contains(word) ? UInt16(word) : nil
        }
    }

    private enum Register {
        static let configuration: UInt8 = 0x00
        static let shunt: UInt8 = 0x01
        static let bus: UInt8 = 0x02
        static let power: UInt8 = 0x03
        static let current: UInt8 = 0x04
        static let calibration: UInt8 = 0x05
        static let manufacturer: UInt8 = 0xFE
        static let die: UInt8 = 0xFF
    }

    private static let manufacturer: UInt16 = 0x5449

    public let configuration: Configuration
    private let registers: ChipRegisters

    public init(on bus: any I2CBus, at address: I2CAddress, configuration: Configuration) {
        self.configuration = configuration
        registers = ChipRegisters(.ina226, on: bus, at: address)
    }

    /// Requires the maker's number and the die's.
    public func validate() throws(ChipFault) {
        try registers.requireWord(Register.manufacturer, INA226.manufacturer)
        try registers.requireWord(Register.die, 0x2260)
    }

    /// - Throws: `notRepresentable` when shunt and scale give no calibration word.
    public func configure() throws(ChipFault) {
        guard let calibration = configuration.calibration else {
            throw ChipFault(registers.chip, .notRepresentable(requested: configuration.microamperesPerCount))
        }
        try registers.setWord(Register.configuration, to: configuration.word)
        try registers.setWord(Register.calibration, to: calibration)
    }

    /// The supply voltage, 1.25 mV per count.
    public func busVoltage(now: Instant) -> Reading<Millivolts> {
        Reading(at: now) { () throws(ReadingFailure) -> Millivolts in
            INA226.busVoltage(try sample(Register.bus))
        }
    }

    /// The current through the part's own scale; `deviceReset` when the calibration is gone, as after a power dip.
    public func current(now: Instant) -> Reading<Milliamperes> {
        Reading(at: now) { () throws(ReadingFailure) -> Milliamperes in
            let raw = try sample(Register.current)
            if raw == 0 { try requireCalibration() }
            return INA226.current(raw, microamperesPerCount: configuration.microamperesPerCount)
        }
    }

    /// The current from the shunt voltage, which needs no calibration.
    public func currentFromShunt(now: Instant) -> Reading<Milliamperes> {
        Reading(at: now) { () throws(ReadingFailure) -> Milliamperes in
            let raw = try sample(Register.shunt)
            guard let current = INA226.current(shunt: raw, microohms: configuration.shuntMicroohms) else {
                throw .implausible
            }
            return current
        }
    }

    /// The power, 25 current counts per count; `deviceReset` when the calibration is gone.
    public func power(now: Instant) -> Reading<Milliwatts> {
        Reading(at: now) { () throws(ReadingFailure) -> Milliwatts in
            let raw = try sample(Register.power)
            if raw == 0 { try requireCalibration() }
            return INA226.power(raw, microamperesPerCount: configuration.microamperesPerCount)
        }
    }

    private func sample(_ register: UInt8) throws(ReadingFailure) -> UInt16 {
        try registers.sampleWord(register, ifExtreme: Register.manufacturer, holds: INA226.manufacturer)
    }

    private func requireCalibration() throws(ReadingFailure) {
        if try registers.sampleWord(Register.calibration) == 0 { throw .deviceReset }
    }

    /// The supply voltage for a count of 1.25 mV; fractions round toward zero.
    public static func busVoltage(_ raw: UInt16) -> Millivolts {
        Millivolts(Int32(raw) * 125 / 100)
    }

    /// The shunt voltage in microvolts, 2.5 µV per count, signed; half microvolts round toward zero.
    public static func shuntMicrovolts(_ raw: UInt16) -> Int32 {
        Int32(Int16(bitPattern: raw)) * 5 / 2
    }

    /// The current for a signed count; fractions round toward zero.
    public static func current(_ raw: UInt16, microamperesPerCount: Int32) -> Milliamperes {
        Milliamperes(clamping: Int64(Int16(bitPattern: raw)) * Int64(microamperesPerCount) / 1000)
    }

    /// Nil for a resistance that is not positive.
    public static func current(shunt raw: UInt16, microohms: Int32) -> Milliamperes? {
        guard microohms > 0 else { return nil }
        return Milliamperes(clamping: Int64(Int16(bitPattern: raw)) * 2500 / Int64(microohms))
    }

    /// The power for a count, which is 25 times the current's in watts; fractions round toward zero.
    public static func power(_ raw: UInt16, microamperesPerCount: Int32) -> Milliwatts {
        Milliwatts(clamping: Int64(raw) * 25 * Int64(microamperesPerCount) / 1000)
    }
}
