import Base

/// EMC2101 as seen over I2C (Microchip EMC2101 data sheet).
final class EMC2101Model: RegisterPart {
    private let own: SensorProbe
    private let remote: SensorProbe
    private let fan: FanUnit
    private var bytes: [UInt8]
    /// Reading the low byte of the tachometer holds the high one.
    private var heldTach: UInt8 = 0xFF

    init(own: SensorProbe, remote: SensorProbe, fan: FanUnit) {
        self.own = own
        self.remote = remote
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
        bytes[0x17] = 0x12
        bytes[0x18] = 0x08
        bytes[0x4A] = 0x20
        bytes[0x4D] = 0x17
        bytes[0x4E] = 0x01
        bytes[0xFD] = 0x16
        bytes[0xFE] = 0x5D
        fan.drive(.off)
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        switch register {
        case 0x00: ownDegrees(now)
        case 0x01: UInt8(truncatingIfNeeded: remoteWord(now) >> 8)
        case 0x10: UInt8(truncatingIfNeeded: remoteWord(now))
        case 0x46:
            holdTach()
        case 0x47: heldTach
        default: bytes[Int(register)]
        }
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        guard offset == 0 else { return }
        switch register {
        case 0x03, 0x17, 0x18, 0x4A, 0x4D, 0x4E: bytes[Int(register)] = value
        case 0x4C:
            bytes[0x4C] = value & 0x3F
            fan.drive(DutyCycle(permille: Int32(value & 0x3F) * 1000 / 63))
        default: break
        }
    }

    private func holdTach() -> UInt8 {
        let isInput = bytes[0x03] & 0x04 != 0
        let counted: UInt16 =
            isInput && !fan.isTachometerLost && fan.speed > 83 ? UInt16(5_400_000 / fan.speed) : 0xFFFF
        let count = fan.isCounterZero ? 0 : counted
        heldTach = UInt8(truncatingIfNeeded: count >> 8)
        return UInt8(truncatingIfNeeded: count)
    }

    private func ownDegrees(_ now: Instant) -> UInt8 {
        switch own.signal(at: now) {
        case .temperature(let temperature):
            UInt8(bitPattern: Int8(clamping: TemperatureCodes.sixteenths(temperature) >> 4))
        case .zero, .shortCircuit: 0x00
        case .ones, .openCircuit: 0xFF
        }
    }

    private func remoteWord(_ now: Instant) -> UInt16 {
        switch remote.signal(at: now) {
        case .temperature(let temperature): TemperatureCodes.word(temperature, bits: 11)
        case .zero: 0x0000
        case .ones: 0xFFFF
        // The codes 3F8 and 3FF in the upper 11 bits report a broken diode.
        case .openCircuit: 0x3F8 << 5
        case .shortCircuit: 0x3FF << 5
        }
    }
}
