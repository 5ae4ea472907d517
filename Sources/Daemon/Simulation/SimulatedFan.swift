import Base
import Buses
import Peripherals

/// A fan of the simulated rig, driven and read as on a control board.
final class SimulatedFan {
    private enum Drive {
        case pwm(any PWMChannel, any Tachometer)
        case emc2101(EMC2101)
    }

    private let drive: Drive
    private var lastSet: Reading<Base.DutyCycle> = .failed(.settling)
    private var wantsSetUp = true

    init(_ channel: any PWMChannel, _ tachometer: any Tachometer) { drive = .pwm(channel, tachometer) }
    init(_ controller: EMC2101) { drive = .emc2101(controller) }

    /// What its driver holds.
    func applied(now: Instant) -> Reading<Base.DutyCycle> {
        switch drive {
        case .pwm(let channel, _):
            do throws(BusFault) {
                let setting = try channel.current()
                let permille = setting.period == 0 ? 0 : UInt64(setting.onTime) * 1000 / UInt64(setting.period)
                return .ok(setting.isEnabled ? Base.DutyCycle(permille: Int32(permille)) : .off, at: now)
            } catch {
                return .failed(.bus(error))
            }
        // Its driver reads back with every setting.
        case .emc2101: return lastSet
        }
    }

    /// Has its controller's settings written before the next duty.
    func setUpAgain() { wantsSetUp = true }

    func speed(now: Instant) -> Reading<RPM> {
        switch drive {
        case .pwm(_, let tachometer): return tachometer.speed(now: now)
        case .emc2101(let controller):
            let speed = controller.speed(now: now)
            // A controller that has been reset takes its tachometer input for something else.
            if speed.value == nil { wantsSetUp = true }
            return speed
        }
    }

    func set(_ duty: Base.DutyCycle, now: Instant) {
        switch drive {
        case .pwm(let channel, _):
            // 25 kHz, as four-wire fans want it. A fault shows in the read-back of the next tick.
            do throws(BusFault) { try channel.apply(PWMSetting(period: 40_000, duty: duty)) } catch { return }
        case .emc2101(let controller):
            do throws(ChipFault) {
                if wantsSetUp { try controller.configure() }
                wantsSetUp = false
                try controller.setDuty(duty)
                lastSet = .ok(duty, at: now)
            } catch {
                lastSet = .failed(.markedInvalid)
                wantsSetUp = true
            }
        }
    }
}
