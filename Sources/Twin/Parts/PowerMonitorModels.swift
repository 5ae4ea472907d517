import Base

/// Where a power monitor sits: at a board's input.
struct InputTap {
    let board: BoardUnit
    let supply: SupplyUnit

    /// Volts.
    var voltage: Double { supply.output / 1000 }

    /// Amperes.
    var current: Double { voltage > 0.1 ? board.power / voltage : 0 }
}

extension Int16 {
    /// The nearest number in range, fractions cut.
    init(cutting value: Double) {
        self = value >= 32767 ? 32767 : value <= -32768 ? -32768 : Int16(value)
    }
}

/// INA226 with an external resistor as seen over I2C (TI SBOS547).
final class INA226Model: RegisterPart {
    private let tap: InputTap
    private let shunt: Double
    private var configuration: UInt16 = 0x4127
    private var calibration: UInt16 = 0
    private var high: UInt8 = 0

    init(_ tap: InputTap, shuntMicroohms: Int32) {
        self.tap = tap
        shunt = Double(shuntMicroohms) / 1_000_000
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        configuration = 0x4127
        calibration = 0
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        bigEndianByte(of: word(register), offset: offset)
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        guard offset < 2 else { return }
        if offset == 0 {
            high = value
            return
        }
        let word = UInt16(high) << 8 | UInt16(value)
        switch register {
        case 0x00: configuration = word
        case 0x05: calibration = word & 0x7FFF
        default: break
        }
    }

    private func word(_ register: UInt8) -> UInt16 {
        switch register {
        case 0x00: configuration
        case 0x01: UInt16(bitPattern: shuntCode)
        case 0x02: UInt16(Int16(cutting: tap.voltage / 0.00125))
        case 0x03: UInt16(clamping: Int32(currentCode) * Int32(tap.voltage / 0.00125) / 20_000)
        case 0x04: UInt16(bitPattern: currentCode)
        case 0x05: calibration
        case 0xFE: 0x5449
        case 0xFF: 0x2260
        default: 0
        }
    }

    /// 2.5 µV.
    private var shuntCode: Int16 { Int16(cutting: tap.current * shunt / 0.0000025) }

    private var currentCode: Int16 { Int16(clamping: Int32(shuntCode) * Int32(calibration) / 2048) }
}

/// INA260 as seen over I2C (TI SBOS656).
final class INA260Model: RegisterPart {
    private let tap: InputTap

    init(_ tap: InputTap) {
        self.tap = tap
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        let word: UInt16 =
            switch register {
            case 0x01: UInt16(bitPattern: Int16(cutting: tap.current / 0.00125))
            case 0x02: UInt16(Int16(cutting: tap.voltage / 0.00125))
            case 0x03: UInt16(clamping: Int32(tap.current * tap.voltage / 0.01))
            case 0xFE: 0x5449
            case 0xFF: 0x2270
            default: 0
            }
        return bigEndianByte(of: word, offset: offset)
    }
}
