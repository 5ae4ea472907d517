import Base

/// EMC2301, EMC2302, EMC2303 and EMC2305 as seen over I2C (Microchip EMC230x data sheets).
///
/// Their watchdog: four seconds without a fan setting drive every fan at full speed and set bit 7 of register 24. After
/// power-on it runs until the first setting; with bit 5 of register 20 it runs for good, and every setting restarts it.
final class EMC230xModel: RegisterPart {
    private let fans: [FanUnit]
    private var bytes: [UInt8]

    static let watchdog = Duration.seconds(4)
    private static let continuous: UInt8 = 0x20

    init(fans: [FanUnit], now: Instant) {
        self.fans = fans
        bytes = [UInt8](repeating: 0, count: 256)
        super.init()
        reset(now)
    }

    override func powerOn(now: Instant) {
        super.powerOn(now: now)
        reset(now)
    }

    private func reset(_ now: Instant) {
        for index in bytes.indices { bytes[index] = 0 }
        bytes[0x20] = 0x40
        for fan in fans.indices { bytes[0x32 + 0x10 * fan] = 0x2B }
        bytes[0xFD] =
            switch fans.count {
            case 1: 0x37
            case 2: 0x36
            case 3: 0x35
            default: 0x34
            }
        bytes[0xFE] = 0x5D
        for fan in fans { fan.drive(.off, lease: now + EMC230xModel.watchdog) }
    }

    override func load(_ register: UInt8, offset: Int, now: Instant) -> UInt8 {
        let register = register &+ UInt8(truncatingIfNeeded: offset)
        if register == 0x24 { return fans.contains { $0.isLeaseOver } ? 0x80 : 0x00 }
        guard let fan = fan(of: register) else { return bytes[Int(register)] }
        let multiplier = Double(1 << (bytes[0x32 + 0x10 * fan] >> 5 & 3))
        return switch register & 0x0F {
        case 0x0E: UInt8(truncatingIfNeeded: EMC230xModel.tach(of: fans[fan], multiplier: multiplier) >> 8)
        case 0x0F: UInt8(truncatingIfNeeded: EMC230xModel.tach(of: fans[fan], multiplier: multiplier))
        default: bytes[Int(register)]
        }
    }

    override func store(_ value: UInt8, in register: UInt8, offset: Int, now: Instant) {
        let register = register &+ UInt8(truncatingIfNeeded: offset)
        if register == 0x20 {
            bytes[0x20] = value
            let lease = value & EMC230xModel.continuous != 0 ? now + EMC230xModel.watchdog : nil
            for fan in fans { fan.renew(lease: lease) }
        }
        guard let fan = fan(of: register) else { return }
        switch register & 0x0F {
        case 0x00:
            bytes[Int(register)] = value
            let isWatched = bytes[0x20] & EMC230xModel.continuous != 0
            let lease = isWatched ? now + EMC230xModel.watchdog : nil
            for other in fans.indices where other != fan { fans[other].renew(lease: lease) }
            fans[fan].drive(DutyCycle(permille: Int32(value) * 1000 / 255), lease: lease)
        case 0x02: bytes[Int(register)] = value
        default: break
        }
    }

    /// The fan whose block of registers, from 30 on, holds `register`.
    private func fan(of register: UInt8) -> Int? {
        let fan = Int(register >> 4) - 3
        return fans.indices.contains(fan) ? fan : nil
    }

    /// A count of 32.768 kHz clocks over two revolutions in the upper 13 bits: 3,932,160 · multiplier / min⁻¹. All ones for
    /// a fan that is too slow to be counted.
    static func tach(of fan: FanUnit, multiplier: Double) -> UInt16 {
        if fan.isCounterZero { return 0 }
        let slowest = 3_932_160 * multiplier / 8160
        guard !fan.isTachometerLost, fan.speed > slowest else { return 0xFFF8 }
        return UInt16(3_932_160 * multiplier / fan.speed) << 3
    }
}
