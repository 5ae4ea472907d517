import Base
import Buses
import Peripherals

/// What drives fans, as one type.
enum FanDriver {
    case pwm(any PWMChannel, PWMDescription, [any Tachometer])
    case emc2101(EMC2101)
    case emc2103(EMC2103)
    case emc230x(EMC2305, fan: UInt8)
    case kernel(any PWMChannel, any Tachometer)

    /// Checks what part it is, and sets it up.
    func prepare() throws(ChipFault) {
        switch self {
        case .pwm, .kernel: break
        case .emc2101(let part):
            try part.validate()
            try part.configure()
        case .emc2103(let part):
            try part.validate()
            try part.configure()
        case .emc230x(let part, _):
            try part.validate()
            try part.configure()
        }
    }

    /// Sets the duty and gives what reads back.
    func apply(_ duty: DutyCycle) throws(PartFault) -> DutyCycle {
        switch self {
        case .pwm(let channel, let output, _):
            return try apply(
                PWMSetting(period: output.period, duty: duty, polarity: output.polarity), to: channel)
        case .kernel(let channel, _):
            let setting = try Self.setting(of: channel)
            return try apply(
                PWMSetting(period: max(1, setting.period), duty: duty, polarity: setting.polarity), to: channel)
        case .emc2101(let part): return try set(duty) { (duty) throws(ChipFault) in try part.setDuty(duty) }
        case .emc2103(let part): return try set(duty) { (duty) throws(ChipFault) in try part.setDuty(duty) }
        case .emc230x(let part, let fan):
            return try set(duty) { (duty) throws(ChipFault) in try part.setDuty(duty, fan: fan) }
        }
    }

    /// Tachometers, counted from 0.
    var tachometers: Int {
        switch self {
        case .pwm(_, _, let tachometers): tachometers.count
        case .emc2101, .emc2103, .emc230x, .kernel: 1
        }
    }

    /// The speed at a tachometer.
    func speed(_ tachometer: Int, now: Instant) -> Reading<RPM> {
        switch self {
        case .pwm(_, _, let tachometers): tachometers[tachometer].speed(now: now)
        case .emc2101(let part): part.speed(now: now)
        case .emc2103(let part): part.speed(now: now)
        case .emc230x(let part, let fan): part.speed(fan: fan, now: now)
        case .kernel(_, let speed): speed.speed(now: now)
        }
    }

    private func set(
        _ duty: DutyCycle, _ body: (DutyCycle) throws(ChipFault) -> Void
    ) throws(PartFault) -> DutyCycle {
        do throws(ChipFault) {
            try body(duty)
            return duty
        } catch {
            throw .chip(error)
        }
    }

    /// Applies a setting and judges what reads back: the hardware may have rounded, but not lost it.
    private func apply(
        _ setting: PWMSetting, to channel: any PWMChannel
    ) throws(PartFault) -> DutyCycle {
        do throws(BusFault) { try channel.apply(setting) } catch { throw .bus(error) }
        let found = try Self.setting(of: channel)
        guard found.isEnabled, found.polarity == setting.polarity, found.period > 0 else {
            throw .reading(.deviceReset)
        }
        let permille = (UInt64(found.onTime) * 1000 + UInt64(found.period) / 2) / UInt64(found.period)
        return DutyCycle(permille: Int32(clamping: permille))
    }

    private static func setting(of channel: any PWMChannel) throws(PartFault) -> PWMSetting {
        do throws(BusFault) { return try channel.current() } catch { throw .bus(error) }
    }
}
