import Base
import Buses

/// TMP421, TMP422 and TMP423 sensors (TI SBOS398): their own temperature and that of one, two or three remote diodes.
/// Addresses 0x4C–0x4F; S9 and S17 hash boards use 0x4C, 0x4D and 0x4E.
///
/// Always run in the extended range, −64…191 °C.
public struct TMP421 {
    /// The members of the family, by device number.
    public enum Model: UInt8, Equatable, Sendable {
        case tmp421 = 0x21
        case tmp422 = 0x22
        case tmp423 = 0x23

        /// How many remote diodes the part measures.
        public var remotes: UInt8 { rawValue - 0x20 }
    }

    private enum Register {
        static let configuration1: UInt8 = 0x09
        static let configuration2: UInt8 = 0x0A
        static let manufacturer: UInt8 = 0xFE
        static let device: UInt8 = 0xFF
        /// The high byte of channel 0 (the part itself) or 1–3 (remote); the low byte is 0x10 further on.
        static func high(_ channel: UInt8) -> UInt8 { channel }
        static func low(_ channel: UInt8) -> UInt8 { 0x10 + channel }
    }

    /// Extended range, running.
    private static let range: UInt8 = 0x04
    /// Range and shutdown bits.
    private static let rangeMask: UInt8 = 0x44

    public let model: Model
    private let registers: ChipRegisters
    /// The part's own high byte in the old range. While it stands, the value registers hold old-range values.
    private var highBeforeSwitch: UInt8?

    public init(_ model: Model, on bus: any I2CBus, at address: I2CAddress) {
        self.model = model
        registers = ChipRegisters(.tmp421, on: bus, at: address)
    }

    /// Requires the maker's number and the model's.
    public func validate() throws(ChipFault) {
        try registers.require(Register.manufacturer, 0x55)
        try registers.require(Register.device, model.rawValue)
    }

    /// Switches to the extended range and turns on all channels, with series resistance correction.
    public mutating func configure() throws(ChipFault) {
        let found = try registers.byte(Register.configuration1)
        let highBefore = try registers.byte(Register.high(0))
        try registers.set(Register.configuration1, to: TMP421.range)
        try registers.set(Register.configuration2, to: TMP421.channels(model))
        // The switch moves every value by 64 degrees, so the byte is certain to change with the next conversion.
        highBeforeSwitch = found & TMP421.rangeMask == TMP421.range ? highBeforeSwitch : highBefore
    }

    /// The second configuration register: bit 2 corrects for series resistance, bit 3 turns on the part's own
    /// channel, bits 4–6 the remote ones.
    public static func channels(_ model: Model) -> UInt8 {
        0x0C | ((1 << model.remotes) - 1) << 4
    }

    /// The temperature of channel 0, the part itself, or of remote diode 1–3. Right after `configure` switched the
    /// range it is `failed(.settling)`; a channel the part lacks is `failed(.implausible)`.
    public mutating func temperature(channel: UInt8, now: Instant) -> Reading<Celsius> {
        do throws(ReadingFailure) {
            return .ok(try measure(channel), at: now)
        } catch {
            return .failed(error)
        }
    }

    private mutating func measure(_ channel: UInt8) throws(ReadingFailure) -> Celsius {
        guard channel <= model.remotes else { throw .implausible }
        try registers.requireSetting(Register.configuration1, mask: TMP421.rangeMask, equals: TMP421.range)
        if let before = highBeforeSwitch {
            if try registers.sample(Register.high(0)) == before { throw .settling }
            highBeforeSwitch = nil
        }
        let high = try registers.sample(Register.high(channel))
        let low = try registers.sample(Register.low(channel))
        return try TMP421.celsius(high: high, low: low)
    }

    /// The temperature of a register pair in the extended range: degrees from −64, and sixteenths in the upper half of
    /// the low byte, whose bit 0 reports an open diode and bit 1 an invalid value.
    public static func celsius(high: UInt8, low: UInt8) throws(ReadingFailure) -> Celsius {
        if high == 0xFF, low == 0xFF { throw .allOnes }
        if low & 0x01 != 0 { throw .openCircuit }
        if low & 0x02 != 0 { throw .markedInvalid }
        if high == 0 { throw .shortCircuit }
        return .binary((Int32(high) << 4 | Int32(low >> 4)) - (64 << 4), fractionBits: 4)
    }
}
