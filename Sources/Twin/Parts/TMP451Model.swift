import Base

/// TMP451 (TI SBOS686), ADT7461 and NCT218 (ON Semiconductor) as seen over I2C.
final class TMP451Model: RegisterPart {
    enum Kind {
        case tmp451, adt7461, nct218
    }

    private let kind: Kind
    private let own: SensorProbe
    private let remote: SensorProbe?
    private var configuration: UInt8 = 0
    private var offset: UInt8 = 0
    private var ideality: UInt8 = 0

    init(_ kind: Kind, own: SensorProbe, remote: SensorProbe?) {
        self.kind = kind
        self.own = own
        self.remote = remote
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        configuration = 0
        offset = 0
        ideality = 0
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        switch register {
        case 0x00: pair(own.signal(at: now)).high
        case 0x15 where kind == .tmp451: pair(own.signal(at: now)).low
        case 0x01: pair(remoteSignal(now)).high
        case 0x10 where kind == .tmp451: pair(remoteSignal(now)).low
        case 0x02: status(now)
        case 0x03: configuration
        case 0x11: self.offset
        case 0x23: ideality
        case 0xFE: identity
        default: 0x00
        }
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        guard offset == 0 else { return }
        switch register {
        case 0x09: configuration = value
        case 0x11: self.offset = value
        case 0x23: ideality = value
        default: break
        }
    }

    private var identity: UInt8 {
        switch kind {
        case .tmp451: 0x55
        case .adt7461: 0x41
        case .nct218: 0x1A
        }
    }

    private func remoteSignal(_ now: Instant) -> SensorSignal {
        guard let remote else { return .openCircuit }
        let signal = remote.signal(at: now)
        guard case .temperature(let temperature) = signal else { return signal }
        return .temperature(temperature + .degrees(Int32(Int8(bitPattern: offset))))
    }

    private func status(_ now: Instant) -> UInt8 {
        switch remoteSignal(now) {
        case .ones: 0xFF
        case .openCircuit: remote == nil ? 0 : 0x04
        default: 0
        }
    }

    private func pair(_ signal: SensorSignal) -> (high: UInt8, low: UInt8) {
        switch signal {
        case .temperature(let temperature):
            TemperatureCodes.pair(temperature, extended: configuration & 0x04 != 0)
        case .zero, .shortCircuit: (0, 0)
        case .ones: (0xFF, 0xFF)
        case .openCircuit: (0x7F, 0xF0)
        }
    }
}
