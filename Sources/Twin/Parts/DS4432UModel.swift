import Base

/// DS4432U as seen over I2C (Maxim DS4432 data sheet), trimming the feedback of a Bitaxe Max or Ultra's core regulator:
/// 0.6 V at a divider of 4750 and 3320 Ω, 98.921 µA at code 127.
final class DS4432UModel: RegisterPart {
    private let converter: Converter
    private var codes: [UInt8] = [0, 0]

    /// As measured on the boards with the current at zero, in millivolts; the divider alone would give 1458.
    private static let idle = 1451.0
    /// Millivolts per step: 98.921 µA / 127 through 4750 Ω.
    private static let step = 98.921 / 127 * 4.750

    init(_ converter: Converter) {
        self.converter = converter
        super.init()
        converter.target = DS4432UModel.idle
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        codes = [0, 0]
        converter.target = DS4432UModel.idle
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        register == 0xF8 || register == 0xF9 ? codes[Int(register - 0xF8)] : 0xFF
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        guard offset == 0, register == 0xF8 || register == 0xF9 else { return }
        codes[Int(register - 0xF8)] = value
        guard register == 0xF8 else { return }
        let change = Double(value & 0x7F) * DS4432UModel.step
        converter.target = value & 0x80 != 0 ? DS4432UModel.idle - change : DS4432UModel.idle + change
    }
}
