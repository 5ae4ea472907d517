import Base

/// LM75A, TMP75 and TMP1075 as seen over I2C (NXP LM75A; TI SBOS288, SBOS854).
final class LM75Model: RegisterPart {
    enum Kind {
        case lm75, tmp75, tmp1075
    }

    private let kind: Kind
    private let probe: SensorProbe
    private var configuration: UInt8 = 0

    init(_ kind: Kind, probe: SensorProbe) {
        self.kind = kind
        self.probe = probe
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        configuration = 0
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        switch register {
        case 0x00: bigEndianByte(of: value(now), offset: offset)
        case 0x01: configuration
        case 0x0F where kind == .tmp1075: bigEndianByte(of: 0x7500, offset: offset)
        default: 0x00
        }
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        if register == 0x01, offset == 0 { configuration = value }
    }

    private func value(_ now: Instant) -> UInt16 {
        switch probe.signal(at: now) {
        case .temperature(let temperature): TemperatureCodes.word(temperature, bits: bits)
        // The parts have no diode that could break: a bad joint shows as a line at one of its ends.
        case .zero, .shortCircuit: 0x0000
        case .ones, .openCircuit: 0xFFFF
        }
    }

    /// A TMP75 starts with 9 bits; bits 6:5 of its configuration ask for up to 12.
    private var bits: Int32 {
        switch kind {
        case .lm75: 11
        case .tmp75: 9 + Int32(configuration >> 5 & 3)
        case .tmp1075: 12
        }
    }
}
