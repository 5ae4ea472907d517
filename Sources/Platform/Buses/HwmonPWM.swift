import Base
import Buses
import CLinux

/// A fan output that a driver of the kernel controls, in 255 steps.
///
/// The frequency is the driver's: of a setting's period only the share of the on time counts. Disabled means that the
/// driver runs the fan at full speed.
public final class HwmonPWM: PWMChannel {
    private let chip: HwmonChip
    private let channel: UInt16
    private let output: Attribute
    private let mode: Attribute?
    private var applied: PWMSetting?

    /// `pwmN_enable`: 0 is full speed without control, 1 manual control, anything above a control loop of the driver's own.
    private enum Mode {
        static let full = 0, manual = 1
    }

    private static let usualPeriod: UInt32 = 40_000

    /// The output stays as it is until a setting is applied.
    ///
    /// - Parameter channel: N of `pwmN`.
    /// - Throws: `noBus` when the chip has no such channel, `permission`.
    public init(_ chip: HwmonChip, channel: UInt16) throws(BusFault) {
        self.chip = chip
        self.channel = channel
        output = try chip.attribute("pwm\(channel)", O_RDWR, channel: channel)
        mode = try chip.optionalAttribute("pwm\(channel)_enable", O_RDWR, channel: channel)
    }

    /// Takes control of the output and sets the share of the on time. `unsupported` for inverted outputs.
    public func apply(_ setting: PWMSetting) throws(BusFault) {
        guard setting.polarity == .normal, setting.period > 0, setting.isEnabled || mode != nil else {
            throw BusFault(.unsupported, bus: chip.name, address: channel, operation: "apply")
        }
        try naming("apply") { () throws(SystemError) in
            if !setting.isEnabled {
                try mode?.write(UInt32(Mode.full))
            } else {
                // The value first: a driver that is given control starts from it.
                if let mode, try mode.number() != Mode.manual { try mode.write(UInt32(Mode.manual)) }
                try output.write(Self.code(setting))
            }
        }
        applied = setting
    }

    /// The setting that was applied, as long as the driver still has it; else what the driver has.
    public func current() throws(BusFault) -> PWMSetting {
        let (code, isEnabled) = try naming("read") { () throws(SystemError) in
            (
                UInt32(clamping: try output.number()),
                try mode.map { (mode) throws(SystemError) in
                    try mode.number() == Mode.manual
                } ?? true
            )
        }
        if let applied, applied.isEnabled == isEnabled, !isEnabled || Self.code(applied) == code { return applied }
        let period = applied?.period ?? Self.usualPeriod
        let onTime = UInt32(UInt64(period) * UInt64(min(code, 255)) / 255)
        guard let setting = PWMSetting(period: period, onTime: onTime, polarity: .normal, isEnabled: isEnabled) else {
            throw BusFault(.deviceReset, bus: chip.name, address: channel, operation: "read")
        }
        return setting
    }

    /// Rounded up, so that cooling is never less than asked for.
    private static func code(_ setting: PWMSetting) -> UInt32 {
        let period = UInt64(max(setting.period, 1))
        return UInt32((UInt64(setting.onTime) * 255 + period - 1) / period)
    }

    private func naming<Result>(
        _ operation: StaticString, _ body: () throws(SystemError) -> Result
    ) throws(BusFault) -> Result {
        try BusFault.naming(operation, on: chip.name, channel, body)
    }
}
