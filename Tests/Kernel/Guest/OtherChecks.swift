import Base
import Buses
import Platform

/// PWM outputs and the watchdog.
enum OtherChecks {
    static func run(_ report: inout Report) {
        pwm(&report)
        watchdog(&report)
    }

    private static func pwm(_ report: inout Report) {
        let channel = report.run("a PWM output") { () throws(BusFault) in try SysfsPWM(chip: 0, channel: 1) }
        guard let channel else { return }
        var expected = PWMSetting(period: 40_000, duty: DutyCycle(percent: 30))
        func apply(_ claim: StaticString, _ setting: PWMSetting, _ report: inout Report) {
            let current = report.run(claim) { () throws(BusFault) in
                try channel.apply(setting)
                return try channel.current()
            }
            report.expect("the kernel has it", current == setting)
            expected = setting
        }
        apply("25 kHz", expected, &report)
        apply("a shorter period with a longer duty", PWMSetting(period: 20_000, duty: .full), &report)
        apply("a longer period", PWMSetting(period: 100_000, duty: DutyCycle(percent: 1)), &report)
        apply("turned round", PWMSetting(period: 40_000, duty: .off, polarity: .inverted), &report)
        apply("off", PWMSetting(period: 40_000, duty: .off, polarity: .inverted, isEnabled: false), &report)
        apply("on again", PWMSetting(period: 40_000, duty: DutyCycle(percent: 50)), &report)
        report.expectFault("a period that the hardware cannot make", .unsupported) { () throws(BusFault) in
            try channel.apply(PWMSetting(period: 500, duty: .full))
        }
        let after = report.run("what stands then") { () throws(BusFault) in try channel.current() }
        report.expect("is the old setting", after == expected)
        report.expectFault("no such channel", .noBus) { () throws(BusFault) in try SysfsPWM(chip: 0, channel: 9) }
    }

    private static func watchdog(_ report: inout Report) {
        let watchdog = KernelWatchdog(number: 0)
        let timeout = report.run("the watchdog starts") { () throws(BusFault) in
            try watchdog.arm(timeout: .seconds(40))
        }
        report.expect("with the time asked for", timeout == .seconds(40))
        report.expect("it has not reset this guest", watchdog.hasResetBoard == false)
        _ = report.run("feed") { () throws(BusFault) in try watchdog.feed() }
        report.expectFault("it has one owner", .busy) { () throws(BusFault) in
            try KernelWatchdog(number: 0).arm(timeout: .seconds(40))
        }
        let longest = report.run("a time beyond its range") { () throws(BusFault) in
            try watchdog.arm(timeout: .seconds(1_000_000))
        }
        report.expect("leaves the old one", longest == .seconds(40))
        _ = report.run("disarm") { () throws(BusFault) in try watchdog.disarm() }
        report.expectFault("feeding it then", .deviceReset) { () throws(BusFault) in try watchdog.feed() }
    }
}
