import Base

/// TMP421, TMP422 and TMP423 as seen over I2C (TI SBOS398).
final class TMP421Model: RegisterPart {
    /// The part itself, then its remote diodes.
    private let channels: [SensorProbe]
    private var configuration: UInt8 = 0
    private var enabled: UInt8
    /// The conversion during which the range was changed; values of the old range stand until it is over.
    private var rangeChange: UInt64?

    init(own: SensorProbe, remotes: [SensorProbe]) {
        channels = [own] + remotes
        enabled = 0x1C
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        configuration = 0
        enabled = 0x1C
        rangeChange = nil
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        switch register {
        case 0x00...0x03: pair(Int(register), now).high
        case 0x10...0x13: pair(Int(register - 0x10), now).low
        case 0x09: configuration
        case 0x0A: enabled
        case 0xFE: 0x55
        case 0xFF: 0x20 + UInt8(clamping: channels.count - 1)
        default: 0x00
        }
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        guard offset == 0 else { return }
        switch register {
        case 0x09:
            if (value ^ configuration) & 0x04 != 0 { rangeChange = now.nanoseconds / SensorProbe.conversion }
            configuration = value
        case 0x0A: enabled = value
        default: break
        }
    }

    private func pair(_ channel: Int, _ now: Instant) -> (high: UInt8, low: UInt8) {
        guard channels.indices.contains(channel) else { return (0, 0) }
        var isExtended = configuration & 0x04 != 0
        if let rangeChange, now.nanoseconds / SensorProbe.conversion <= rangeChange { isExtended.toggle() }
        return switch channels[channel].signal(at: now) {
        case .temperature(let temperature): TemperatureCodes.pair(temperature, extended: isExtended)
        case .zero, .shortCircuit: (0, 0)
        case .ones: (0xFF, 0xFF)
        // Bit 0 of the low byte reports an open diode.
        case .openCircuit: (0x00, 0x01)
        }
    }
}
