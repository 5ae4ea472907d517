import Base
import Buses
import CLinux

/// A PWM output of the kernel (kernel documentation, `ABI/testing/sysfs-class-pwm`).
public final class SysfsPWM: PWMChannel {
    private let name: BusName
    private let channel: UInt16
    private let period: Attribute
    private let onTime: Attribute
    private let polarity: Attribute
    private let enable: Attribute

    /// Exports channel `channel` of `pwmchip<chip>`. Its output stays as it is.
    /// - Throws: `noBus` when there is no such chip or channel, `permission`; `busy` when a driver of the kernel has it.
    public convenience init(chip: UInt16, channel: UInt16) throws(BusFault) {
        try self.init(chip: chip, channel: channel, root: "/sys/class/pwm")
    }

    init(chip: UInt16, channel: UInt16, root: String) throws(BusFault) {
        name = BusName(.pwm, chip)
        self.channel = channel
        let folder = "\(root)/pwmchip\(chip)"
        let output = "\(folder)/pwm\(channel)"
        (period, onTime, polarity, enable) = try BusFault.opening(name, channel) { () throws(SystemError) in
            guard try Attribute("\(folder)/npwm", O_RDONLY).number() > Int(channel) else {
                throw SystemError(call: "open", errno: .noDevice)
            }
            if access(output, F_OK) != 0 { try Attribute("\(folder)/export", O_WRONLY).write(UInt32(channel)) }
            return (
                try Attribute("\(output)/period", O_RDWR), try Attribute("\(output)/duty_cycle", O_RDWR),
                try Attribute("\(output)/polarity", O_RDWR), try Attribute("\(output)/enable", O_RDWR)
            )
        }
    }

    /// The setting as the kernel has it. Throws `deviceReset` for one that no output can have.
    public func current() throws(BusFault) -> PWMSetting {
        let setting = try naming("read") { () throws(SystemError) in
            PWMSetting(
                period: UInt32(clamping: try period.number()), onTime: UInt32(clamping: try onTime.number()),
                polarity: try polarity.firstCharacter() == UInt8(ascii: "i") ? .inverted : .normal,
                isEnabled: try enable.number() != 0)
        }
        guard let setting else { throw BusFault(.deviceReset, bus: name, address: channel, operation: "read") }
        return setting
    }

    /// Writes what differs from the present setting; a setting that is refused is taken back.
    public func apply(_ setting: PWMSetting) throws(BusFault) {
        let old = try current()
        do throws(BusFault) {
            try change(from: old, to: setting)
        } catch {
            // Back to where it was; when that fails too, its fault is the graver one.
            try change(from: try current(), to: old)
            throw error
        }
    }

    /// Writes what differs. The on time exceeds the period at no moment, and the polarity changes only while the output is
    /// disabled and has a period, as drivers want it.
    private func change(from old: PWMSetting, to new: PWMSetting) throws(BusFault) {
        try naming("apply") { () throws(SystemError) in
            let turns = new.polarity != old.polarity
            if old.isEnabled, turns || !new.isEnabled { try enable.write("0") }
            if new.period >= old.period {
                if new.period != old.period { try period.write(new.period) }
                if new.onTime != old.onTime { try onTime.write(new.onTime) }
            } else {
                if new.onTime != old.onTime { try onTime.write(new.onTime) }
                try period.write(new.period)
            }
            if turns { try polarity.write(new.polarity == .inverted ? "inversed" : "normal") }
            if new.isEnabled, turns || !old.isEnabled { try enable.write("1") }
        }
    }

    private func naming<Result>(
        _ operation: StaticString, _ body: () throws(SystemError) -> Result
    ) throws(BusFault) -> Result {
        try BusFault.naming(operation, on: name, channel, body)
    }
}
