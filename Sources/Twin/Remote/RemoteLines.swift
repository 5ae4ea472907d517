import Base
import Buses

/// A digital line of a simulated rig in another process.
public final class RemoteLine: OutputLine, InputLine {
    private let call: RemoteCall
    private let offset: UInt32

    public init(chip: UInt16, offset: UInt32, over link: any RemoteLink) {
        call = RemoteCall(link: link, name: BusName(.gpio, chip))
        self.offset = offset
    }

    /// Drives the line in the other process.
    public func set(_ active: Bool) throws(BusFault) {
        _ = try call(.lineSet, call.name.number, address: UInt16(clamping: offset), what: "set a line") {
            $0.append(offset)
            $0.append(UInt8(active ? 1 : 0))
        }
    }

    /// Asks the other process for the level.
    public func isActive() throws(BusFault) -> Bool {
        var answer = try call(.lineGet, call.name.number, address: UInt16(clamping: offset), what: "read a line") {
            $0.append(offset)
        }
        guard let level = answer.byte() else { throw call.short("read a line") }
        return level != 0
    }
}

/// A PWM output of a simulated rig in another process.
public final class RemotePWM: PWMChannel {
    private let call: RemoteCall
    private let channel: UInt32

    public init(chip: UInt16, channel: UInt32, over link: any RemoteLink) {
        call = RemoteCall(link: link, name: BusName(.pwm, chip))
        self.channel = channel
    }

    /// Drives the output in the other process.
    public func apply(_ setting: PWMSetting) throws(BusFault) {
        _ = try call(.pwmApply, call.name.number, address: UInt16(clamping: channel), what: "set a PWM output") {
            $0.append(channel)
            $0.append(setting.period)
            $0.append(setting.onTime)
            $0.append(UInt8(setting.polarity == .normal ? 0 : 1))
            $0.append(UInt8(setting.isEnabled ? 1 : 0))
        }
    }

    /// Asks the other process for the setting.
    public func current() throws(BusFault) -> PWMSetting {
        var answer = try call(
            .pwmCurrent, call.name.number, address: UInt16(clamping: channel), what: "read a PWM output"
        ) {
            $0.append(channel)
        }
        guard let period = answer.word(), let onTime = answer.word(), let isInverted = answer.byte(),
            let isEnabled = answer.byte(),
            let setting = PWMSetting(
                period: period, onTime: onTime, polarity: isInverted == 0 ? .normal : .inverted,
                isEnabled: isEnabled != 0)
        else { throw call.short("read a PWM output") }
        return setting
    }
}

/// A fan's pulses in a simulated rig in another process.
public final class RemoteFan: Tachometer {
    private let call: RemoteCall

    public init(_ number: UInt16, over link: any RemoteLink) {
        call = RemoteCall(link: link, name: BusName(.gpio, number))
    }

    /// Asks the other process for the speed.
    public func speed(now: Instant) -> Reading<RPM> {
        do throws(BusFault) {
            var answer = try call(.fanSpeed, call.name.number, what: "ask a fan's speed")
            guard let speed = answer.word() else { throw call.short("ask a fan's speed") }
            return speed == 0 ? .failed(.stopped) : .ok(RPM(clamping: speed), at: now)
        } catch {
            return .failed(.bus(error))
        }
    }
}

/// The watchdog of a simulated rig in another process.
public final class RemoteWatchdog: HardwareWatchdog {
    private let call: RemoteCall

    public init(over link: any RemoteLink) {
        call = RemoteCall(link: link, name: BusName(.watchdog, 0))
    }

    /// Starts the timer in the other process.
    public func arm(timeout: Duration) throws(BusFault) -> Duration {
        let wanted = UInt32(clamping: timeout.nanoseconds / 1_000_000)
        var answer = try call(.watchdogArm, 0, what: "arm") { $0.append(wanted) }
        guard let chosen = answer.word() else { throw call.short("arm") }
        return .milliseconds(Int64(chosen))
    }

    /// Restarts the count in the other process.
    public func feed() throws(BusFault) { _ = try call(.watchdogFeed, 0, what: "feed") }

    /// Stops the timer in the other process.
    public func disarm() throws(BusFault) { _ = try call(.watchdogDisarm, 0, what: "disarm") }
}
