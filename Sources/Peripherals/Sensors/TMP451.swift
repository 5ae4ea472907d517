import Base
import Buses

/// TMP451 (TI SBOS686) and ADT7461 (ON Semiconductor) sensors: their own temperature and that of a remote diode, for
/// example the one inside a mining chip. Usually at 0x4C.
///
/// The two share their registers; the ADT7461's fractions are not used.
public struct TMP451 {
    /// The parts that share these registers.
    public enum Model: Equatable, Sendable {
        case tmp451, adt7461
    }

    /// Range and remote diode of a board.
    public struct Configuration: Equatable, Sendable {
        /// −64…191 °C instead of 0…127 °C.
        public var extendedRange: Bool
        /// Added by the part to the remote temperature, in whole degrees.
        public var remoteOffset: Int8?
        /// The n-factor correction code of the remote diode, as the data sheet lists it.
        public var idealityCorrection: UInt8?

        public init(extendedRange: Bool = true, remoteOffset: Int8? = nil, idealityCorrection: UInt8? = nil) {
            self.extendedRange = extendedRange
            self.remoteOffset = remoteOffset
            self.idealityCorrection = idealityCorrection
        }
    }

    enum Register {
        static let localHigh: UInt8 = 0x00
        static let remoteHigh: UInt8 = 0x01
        static let status: UInt8 = 0x02
        static let configurationRead: UInt8 = 0x03
        static let configurationWrite: UInt8 = 0x09
        static let remoteLow: UInt8 = 0x10
        static let remoteOffset: UInt8 = 0x11
        static let localLow: UInt8 = 0x15
        static let idealityCorrection: UInt8 = 0x23
        static let manufacturer: UInt8 = 0xFE
    }

    static let rangeBit: UInt8 = 0x04
    static let standbyBit: UInt8 = 0x40
    static let openBit: UInt8 = 0x04

    public let model: Model
    public let configuration: Configuration
    private let registers: ChipRegisters

    public init(
        _ model: Model, on bus: any I2CBus, at address: I2CAddress, configuration: Configuration = Configuration()
    ) {
        self.model = model
        self.configuration = configuration
        registers = ChipRegisters(model == .tmp451 ? .tmp451 : .adt7461, on: bus, at: address)
    }

    /// Requires the maker's number. (It does not tell a TMP451 from a TMP421, which has another register map.)
    public func validate() throws(ChipFault) {
        try registers.require(Register.manufacturer, model == .tmp451 ? 0x55 : 0x41)
    }

    /// Sets the range, wakes the part, and writes the diode corrections where there are any.
    public func configure() throws(ChipFault) {
        let found = try registers.byte(Register.configurationRead)
        let range = configuration.extendedRange ? TMP451.rangeBit : 0
        let wanted = found & ~(TMP451.rangeBit | TMP451.standbyBit) | range
        try registers.set(
            Register.configurationWrite, to: wanted, readRegister: Register.configurationRead,
            mask: TMP451.rangeBit | TMP451.standbyBit)
        if let offset = configuration.remoteOffset {
            try registers.set(Register.remoteOffset, to: UInt8(bitPattern: offset))
        }
        if let correction = configuration.idealityCorrection {
            try registers.set(Register.idealityCorrection, to: correction)
        }
    }

    /// The temperature of the part itself.
    public func localTemperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            try requireRange()
            let high = try registers.sample(Register.localHigh)
            let low = model == .tmp451 ? try registers.sample(Register.localLow) : 0
            if high == 0, low == 0 { throw .allZeros }
            return try TMP451.celsius(high: high, low: low, extendedRange: configuration.extendedRange)
        }
    }

    /// The temperature of the remote diode.
    public func remoteTemperature(now: Instant) -> Reading<Celsius> {
        Reading(at: now) { () throws(ReadingFailure) -> Celsius in
            try requireRange()
            let status = try registers.sample(Register.status)
            if status == 0xFF { throw .allOnes }
            if status & TMP451.openBit != 0 { throw .openCircuit }
            let high = try registers.sample(Register.remoteHigh)
            let low = model == .tmp451 ? try registers.sample(Register.remoteLow) : 0
            if high == 0 { throw configuration.extendedRange ? .shortCircuit : .allZeros }
            return try TMP451.celsius(high: high, low: low, extendedRange: configuration.extendedRange)
        }
    }

    private func requireRange() throws(ReadingFailure) {
        try registers.requireSetting(
            Register.configurationRead, mask: TMP451.rangeBit | TMP451.standbyBit,
            equals: configuration.extendedRange ? TMP451.rangeBit : 0)
    }

    /// The temperature of a register pair: degrees, and sixteenths in the upper half of the low byte. The extended
    /// range counts from −64 °C; the other cannot exceed 127.9375 °C.
    public static func celsius(
        high: UInt8, low: UInt8, extendedRange: Bool
    ) throws(ReadingFailure) -> Celsius {
        if high == 0xFF, low == 0xFF || low == 0 { throw .allOnes }
        if !extendedRange, high > 127 { throw .implausible }
        let sixteenths = Int32(high) << 4 | Int32(low >> 4)
        return .binary(extendedRange ? sixteenths - (64 << 4) : sixteenths, fractionBits: 4)
    }
}
