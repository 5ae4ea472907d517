import Base
import Buses
import Foundation
import Testing

@testable import Platform

/// Trees like the kernel's, of ordinary files; the order of writes and the kernel's own answers are tested on a kernel
/// (`make bench-kernel`).
@Suite struct SysfsTests {
    let root: TemporaryDirectory

    init() throws { root = try TemporaryDirectory() }

    // MARK: GPIO

    private func makeLine(_ number: Int, value: String) throws {
        for (file, content) in [("active_low", "1"), ("direction", "in"), ("edge", "none"), ("value", value)] {
            try root.write("gpio\(number)/\(file)", content + "\n")
        }
    }

    @Test func anOutputStartsAtTheWantedLevel() throws {
        try makeLine(907, value: "0")
        let line = try SysfsGPIOOutput(907, isActiveLow: true, initially: false, root: root.path)
        #expect(try root.content("gpio907/direction") == "high")
        #expect(try root.content("gpio907/active_low").first == "0")
        try line.set(true)
        #expect(try root.content("gpio907/value").first == "0")
        #expect(try line.isActive())
        try line.set(false)
        #expect(try root.content("gpio907/value").first == "1")
        #expect(try !line.isActive())
    }

    @Test func anInputIsResolvedToItsMeaning() throws {
        try makeLine(48, value: "0")
        #expect(try SysfsGPIOInput(48, isActiveLow: true, root: root.path).isActive())
        #expect(try root.content("gpio48/direction").hasPrefix("in"))
        #expect(try !SysfsGPIOInput(48, isActiveLow: false, root: root.path).isActive())
    }

    @Test func aLineThatIsMissingIsExportedFirst() throws {
        try root.write("export", "")
        let fault = BusFault(.noBus, bus: BusName(.gpio, 0), address: 5, operation: "")
        #expect(throws: fault) { try SysfsGPIOInput(5, isActiveLow: false, root: root.path) }
        #expect(try root.content("export") == "5")
    }

    // MARK: PWM

    private func makePWM(period: Int, onTime: Int, enable: Int = 1) throws {
        try root.write("pwmchip2/npwm", "4\n")
        for (file, content) in [
            ("period", "\(period)"), ("duty_cycle", "\(onTime)"), ("polarity", "normal"), ("enable", "\(enable)"),
        ] {
            try root.write("pwmchip2/pwm1/\(file)", content + "\n")
        }
    }

    @Test func aPWMSettingIsAppliedAndReadBack() throws {
        try makePWM(period: 0, onTime: 0, enable: 0)
        let channel = try SysfsPWM(chip: 2, channel: 1, root: root.path)
        let setting = PWMSetting(period: 40_000, duty: DutyCycle(percent: 30), polarity: .inverted)
        try channel.apply(setting)
        #expect(try channel.current() == setting)
        #expect(try root.content("pwmchip2/pwm1/duty_cycle") == "12000")
        #expect(try root.content("pwmchip2/pwm1/polarity").hasPrefix("inversed"))
    }

    @Test func aChannelBeyondTheChipsIsNotThere() throws {
        try makePWM(period: 40_000, onTime: 0)
        let fault = BusFault(.noBus, bus: BusName(.pwm, 2), address: 4, operation: "")
        #expect(throws: fault) { try SysfsPWM(chip: 2, channel: 4, root: root.path) }
    }

    @Test func aRefusedSettingLeavesTheOldOne() throws {
        try makePWM(period: 40_000, onTime: 20_000)
        let channel = try SysfsPWM(chip: 2, channel: 1, root: root.path)
        let old = try channel.current()
        let fault = BusFault(.unsupported, bus: BusName(.pwm, 2), address: 1, operation: "")
        // The on time is lowered first; then the driver refuses the period.
        #expect(throws: fault) {
            try ForcedFault(call: "write", errno: .invalidArgument, successes: 1).during { () throws(BusFault) in
                try channel.apply(PWMSetting(period: 10, duty: .full))
            }
        }
        #expect(try channel.current() == old)
    }

    // MARK: hwmon

    private func makeChip(_ number: Int, _ name: String, device: String, _ files: [String: String]) throws {
        try root.write("hwmon\(number)/name", name + "\n")
        for (file, content) in files { try root.write("hwmon\(number)/\(file)", content + "\n") }
        try FileManager.default.createSymbolicLink(
            atPath: "\(root.path)/hwmon\(number)/device", withDestinationPath: "../../../\(device)")
    }

    @Test func aChipIsFoundByNameAndPlace() throws {
        try makeChip(0, "lm75", device: "1-0048", ["temp1_input": "23500"])
        try makeChip(1, "lm75", device: "1-0049", ["temp1_input": "31000"])
        try makeChip(2, "emc2305", device: "1-002e", [:])
        #expect(try HwmonChip("lm75", device: "1-0049", root: root.path).name == BusName(.hwmon, 1))
        #expect(try HwmonChip("emc2305", device: nil, root: root.path).name == BusName(.hwmon, 2))
        let several = BusFault(.unsupported, bus: BusName(.hwmon, 0), operation: "")
        #expect(throws: several) { try HwmonChip("lm75", device: nil, root: root.path) }
        let none = BusFault(.noBus, bus: BusName(.hwmon, 0), operation: "")
        #expect(throws: none) { try HwmonChip("lm75", device: "11-0048", root: root.path) }
        #expect(throws: none) { try HwmonChip("lm75", device: "0048", root: root.path) }
    }

    @Test func aTemperatureIsAValueOrAReason() throws {
        try makeChip(
            0, "tmp421", device: "0-004c",
            [
                "temp1_input": "-8250", "temp2_input": "61000", "temp2_fault": "1", "temp3_input": "300000",
                "temp4_input": "",
            ])
        let chip = try HwmonChip("tmp421", device: nil, root: root.path)
        let now = Instant(nanoseconds: 7)
        func reading(_ channel: UInt16) throws -> Reading<Celsius> {
            try HwmonTemperature(chip, channel: channel).temperature(now: now)
        }
        #expect(try reading(1) == .ok(Celsius(millidegrees: -8250), at: now))
        #expect(try reading(2) == .failed(.markedInvalid))
        #expect(try reading(3) == .failed(.implausible))
        #expect(try reading(4).failure != nil)
        #expect(throws: BusFault(.noBus, bus: chip.name, address: 5, operation: "")) { try reading(5) }
    }

    @Test func aSensorThatFailsSaysWhy() throws {
        try makeChip(0, "lm75", device: "0-0048", ["temp1_input": "20000"])
        let sensor = try HwmonTemperature(HwmonChip("lm75", device: nil, root: root.path), channel: 1)
        let fault = BusFault(.unplugged, bus: BusName(.hwmon, 0), address: 1, operation: "")
        let now = Instant(nanoseconds: 1)
        #expect(
            ForcedFault(call: "read", errno: .noDevice).during { sensor.temperature(now: now) } == .failed(.bus(fault)))
        #expect(
            ForcedFault(call: "read", errno: .noData).during { sensor.temperature(now: now) } == .failed(.markedInvalid)
        )
    }

    @Test func aFanThatStandsIsNoZero() throws {
        try makeChip(0, "emc2305", device: "0-002e", ["fan1_input": "0", "fan2_input": "4200"])
        let chip = try HwmonChip("emc2305", device: nil, root: root.path)
        let now = Instant(nanoseconds: 9)
        #expect(try HwmonFan(chip, channel: 1).speed(now: now) == .failed(.stopped))
        #expect(try HwmonFan(chip, channel: 2).speed(now: now) == .ok(RPM(4200), at: now))
    }

    @Test func aFanOutputTakesControlWhenItIsFirstSet() throws {
        try makeChip(0, "pwmfan", device: "fan", ["pwm1": "99", "pwm1_enable": "2"])
        let output = try HwmonPWM(HwmonChip("pwmfan", device: nil, root: root.path), channel: 1)
        #expect(try !output.current().isEnabled)
        let setting = PWMSetting(period: 40_000, duty: DutyCycle(permille: 334))
        try output.apply(setting)
        #expect(try root.content("hwmon0/pwm1_enable").first == "1")
        #expect(try root.content("hwmon0/pwm1") == "86\n")
        #expect(try output.current() == setting)
        // Somebody else turned it down.
        try root.write("hwmon0/pwm1", "10\n")
        #expect(try output.current().onTime < setting.onTime)
    }
}
