import Base

/// EMC2103 as seen over I2C (Microchip EMC2103 data sheet).
final class EMC2103Model: RegisterPart {
    private let diodes: [SensorProbe]
    private let fan: FanUnit
    private var bytes: [UInt8]

    init(diodes: [SensorProbe], fan: FanUnit) {
        self.diodes = diodes
        self.fan = fan
        bytes = [UInt8](repeating: 0, count: 256)
        super.init()
        reset()
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        reset()
    }

    private func reset() {
        for index in bytes.indices { bytes[index] = 0 }
        bytes[0xFD] = 0x26
        bytes[0xFE] = 0x5D
        fan.drive(.off)
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        switch register {
        case 0x02, 0x04: UInt8(truncatingIfNeeded: word(Int(register) / 2 - 1, now) >> 8)
        case 0x03, 0x05: UInt8(truncatingIfNeeded: word(Int(register) / 2 - 1, now))
        case 0x4E: UInt8(truncatingIfNeeded: EMC230xModel.tach(of: fan, multiplier: 2) >> 8)
        case 0x4F: UInt8(truncatingIfNeeded: EMC230xModel.tach(of: fan, multiplier: 2))
        default: bytes[Int(register)]
        }
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        guard offset == 0 else { return }
        switch register {
        case 0x11, 0x12, 0x14, 0x15, 0x20, 0x2A: bytes[Int(register)] = value
        case 0x40:
            bytes[0x40] = value
            fan.drive(DutyCycle(permille: Int32(value) * 1000 / 255))
        default: break
        }
    }

    private func word(_ diode: Int, _ now: Instant) -> UInt16 {
        guard diodes.indices.contains(diode) else { return 0x8000 }
        return switch diodes[diode].signal(at: now) {
        case .temperature(let temperature): TemperatureCodes.word(temperature, bits: 11)
        case .zero: 0x0000
        case .ones: 0xFFFF
        case .openCircuit, .shortCircuit: 0x8000
        }
    }
}
