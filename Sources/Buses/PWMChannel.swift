import Base

/// How a PWM output is driven.
public struct PWMSetting: Equatable, Sendable {
    /// Which level the on part of the period is.
    public enum Polarity: Equatable, Sendable {
        /// The on part of the period is high.
        case normal
        /// The on part is low.
        case inverted
    }

    /// Nanoseconds; 40,000 is the 25 kHz of four-wire fans.
    public var period: UInt32
    /// On time in nanoseconds, at most `period`.
    public private(set) var onTime: UInt32
    public var polarity: Polarity
    /// A disabled output drives neither level reliably: fans then run as their own pull-up decides, usually at full.
    public var isEnabled: Bool

    public init(period: UInt32, duty: DutyCycle, polarity: Polarity = .normal, isEnabled: Bool = true) {
        self.period = period
        onTime = UInt32(truncatingIfNeeded: UInt64(period) * UInt64(duty.permille) / 1000)
        self.polarity = polarity
        self.isEnabled = isEnabled
    }

    /// The setting for a frequency of 1 Hz or more; nil for less.
    public init?(frequency: Hertz, duty: DutyCycle) {
        guard frequency.value > 0 else { return nil }
        self.init(period: UInt32(1_000_000_000 / frequency.value), duty: duty)
    }

    /// A setting read back from hardware; nil when the on time exceeds the period.
    public init?(period: UInt32, onTime: UInt32, polarity: Polarity, isEnabled: Bool) {
        guard onTime <= period else { return nil }
        self.period = period
        self.onTime = onTime
        self.polarity = polarity
        self.isEnabled = isEnabled
    }
}

/// A PWM output.
public protocol PWMChannel: AnyObject {
    /// Drives the output as told, in an order that never exceeds the period on the way.
    /// - Throws: `unsupported` when the hardware cannot make the period or polarity; the old setting then stands.
    func apply(_ setting: PWMSetting) throws(BusFault)

    /// What the hardware is set to now, which is compared with what was applied: a controller may have been reset.
    func current() throws(BusFault) -> PWMSetting
}
