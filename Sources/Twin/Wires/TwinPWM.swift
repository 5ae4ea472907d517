import Base
import Buses

/// A PWM output of the simulated rig, with fans on it.
public final class TwinPWM: PWMChannel {
    private let output: PWMOutput
    private let access: TwinAccess

    init(_ output: PWMOutput, access: TwinAccess) {
        self.output = output
        self.access = access
    }

    /// Takes effect at once. A disabled output leaves the fans to their pull-up: full speed.
    public func apply(_ setting: PWMSetting) throws(BusFault) {
        _ = access.enter()
        output.apply(setting)
        access.leave()
    }

    /// What the output is set to, which is not what was applied last when that was lost or the control board restarted.
    public func current() throws(BusFault) -> PWMSetting {
        _ = access.enter()
        let setting = output.setting
        access.leave()
        return setting
    }
}

/// A PWM output and the fans on its wire.
final class PWMOutput {
    /// Disabled, as control boards start.
    private static let atPowerOn = PWMSetting(period: 40_000, duty: .off, isEnabled: false)

    let chip: UInt16
    let channel: UInt32
    /// So many settings are accepted and lost.
    var lostWrites = 0
    private(set) var setting = PWMOutput.atPowerOn
    private let fans: [FanUnit]

    init(chip: UInt16, channel: UInt32, fans: [FanUnit]) {
        self.chip = chip
        self.channel = channel
        self.fans = fans
    }

    func drives(_ fan: FanUnit) -> Bool { fans.contains { $0 === fan } }

    func apply(_ setting: PWMSetting) {
        if lostWrites > 0 {
            lostWrites -= 1
            return
        }
        self.setting = setting
        drive()
    }

    func restart() {
        setting = PWMOutput.atPowerOn
        drive()
    }

    private func drive() {
        var duty: DutyCycle?
        if setting.isEnabled, setting.period > 0 {
            let on = setting.polarity == .normal ? setting.onTime : setting.period - setting.onTime
            duty = DutyCycle(permille: Int32(clamping: UInt64(on) * 1000 / UInt64(setting.period)))
        }
        for fan in fans { fan.drive(duty) }
    }
}
