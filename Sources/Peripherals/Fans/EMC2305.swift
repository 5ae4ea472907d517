import Base
import Buses

/// EMC2301, EMC2302, EMC2303 and EMC2305 fan controllers with one to five fans (Microchip EMC230x data sheet; product
/// numbers as in Linux's `emc2305`). The EMC2302 sits at 0x2E or 0x2F, the EMC2305 at 0x2C–0x2F, 0x4C or 0x4D by
/// its strap.
public struct EMC2305 {
    /// The members of the family, by product number; they differ in how many fans they drive.
    public enum Model: UInt8, Equatable, Sendable {
        case emc2305 = 0x34
        case emc2303 = 0x35
        case emc2302 = 0x36
        case emc2301 = 0x37

        public var fans: UInt8 {
            switch self {
            case .emc2305: 5
            case .emc2303: 3
            case .emc2302: 2
            case .emc2301: 1
            }
        }
    }

    /// The lowest speed that can be told from standstill, in min⁻¹ (bits 6:5 of the fan configuration). A slower range
    /// measures for longer.
    public enum SpeedRange: UInt8, Equatable, Sendable {
        case from500 = 0
        case from1000 = 1
        case from2000 = 2
        case from4000 = 3

        /// The multiplier that the data sheet calls m.
        var multiplier: Int32 { 1 << Int32(rawValue) }
    }

    private enum Register {
        /// Registers of fan 0–4 repeat every 0x10.
        static func setting(_ fan: UInt8) -> UInt8 { 0x30 + 0x10 * fan }
        static func configuration(_ fan: UInt8) -> UInt8 { 0x32 + 0x10 * fan }
        static func tach(_ fan: UInt8) -> UInt8 { 0x3E + 0x10 * fan }
        static let product: UInt8 = 0xFD
        static let manufacturer: UInt8 = 0xFE
    }

    public let model: Model
    public let range: SpeedRange
    private let registers: ChipRegisters

    public init(_ model: Model, on bus: any I2CBus, at address: I2CAddress, range: SpeedRange = .from1000) {
        self.model = model
        self.range = range
        registers = ChipRegisters(.emc2305, on: bus, at: address)
    }

    /// Requires the model's product number and the maker's.
    public func validate() throws(ChipFault) {
        try registers.require(Register.product, model.rawValue)
        try registers.require(Register.manufacturer, 0x5D)
    }

    /// Puts every fan under direct control, with five edges counted (two-pole fans) in the configured range.
    public func configure() throws(ChipFault) {
        for fan in 0..<model.fans {
            try registers.set(Register.configuration(fan), to: EMC2305.fanConfiguration(range))
        }
    }

    /// The fan configuration: bit 7 closed-loop speed control (off, or the setting would not be the duty cycle), 6:5
    /// range, 4:3 edges (01 = five), 2:0 update time (011 = 400 ms, the power-on value).
    public static func fanConfiguration(_ range: SpeedRange) -> UInt8 {
        range.rawValue << 5 | 0b01 << 3 | 0b011
    }

    /// Sets the share of time fan 0–4 is driven, in steps of 1/255, and reads it back.
    /// - Throws: `unsupported` for a fan the part lacks.
    public func setDuty(_ duty: DutyCycle, fan: UInt8) throws(ChipFault) {
        guard fan < model.fans else { throw ChipFault(registers.chip, .unsupported(fan)) }
        try registers.set(Register.setting(fan), to: duty.code(maximum: 255))
    }

    /// The speed of a fan, 0–4; one the part lacks is `failed(.implausible)`.
    public func speed(fan: UInt8, now: Instant) -> Reading<RPM> {
        Reading(at: now) { () throws(ReadingFailure) -> RPM in
            guard fan < model.fans else { throw .implausible }
            return try EMC2305.rpm(tach: try registers.sampleWord(Register.tach(fan)), range: range)
        }
    }

    /// The speed for a tachometer pair, a count of 32.768 kHz clocks in the upper 13 bits.
    ///
    /// - Throws: `stopped` when the high byte is at its end, `implausible` for a count of 0.
    public static func rpm(tach: UInt16, range: SpeedRange) throws(ReadingFailure) -> RPM {
        if tach >> 8 == 0xFF { throw .stopped }
        let count = Int32(tach >> 3)
        guard count > 0 else { throw .implausible }
        return RPM(3_932_160 * range.multiplier / count)
    }
}
