import Base
import Buses
import Peripherals
import Testing

@Suite struct EMC2101Tests {
    let chip = RegisterChip([
        0xFD: 0x16, 0xFE: 0x5D, 0x03: 0, 0x17: 0, 0x18: 0, 0x4A: 0x20, 0x4C: 0, 0x4D: 0, 0x4E: 0,
    ])
    let bus: FakeI2CBus

    init() {
        bus = FakeI2CBus([0x4C: chip])
    }

    @Test func speedIsTheClockOverTheCount() throws {
        #expect(try EMC2101.rpm(count: 1080) == RPM(5000))
        #expect(try EMC2101.rpm(count: 0x0438) == RPM(5000))
        #expect(try EMC2101.rpm(count: 1) == RPM(5_400_000))
        #expect(throws: ReadingFailure.stopped) { try EMC2101.rpm(count: 0xFFFF) }
        #expect(throws: ReadingFailure.implausible) { try EMC2101.rpm(count: 0) }
    }

    @Test func noCountReadsAs82RPMOrLess() {
        for count in UInt16(0)...0xFFFF {
            if let speed = try? EMC2101.rpm(count: count) { #expect(speed > RPM(82)) }
        }
    }

    @Test func diodeCodes() throws {
        #expect(try EMC2101.celsius(0x1900) == .degrees(25))
        #expect(try EMC2101.celsius(0x1920).millidegrees == 25_125)
        #expect(try EMC2101.celsius(0xFFE0).millidegrees == -125)
        #expect(throws: ReadingFailure.openCircuit) { try EMC2101.celsius(0x3F8 << 5) }
        #expect(throws: ReadingFailure.shortCircuit) { try EMC2101.celsius(0x3FF << 5) }
        #expect(throws: ReadingFailure.allOnes) { try EMC2101.celsius(0xFFFF) }
        #expect(throws: ReadingFailure.allZeros) { try EMC2101.celsius(0) }
    }

    @Test func setUp() throws {
        let fan = EMC2101(
            on: bus, configuration: .init(ideality: 0x12, beta: 0x08, pwmFrequency: 0x1F, pwmDivider: 0x01))
        try fan.validate()
        try fan.configure()
        try fan.setDuty(DutyCycle(percent: 50))
        let writes = bus.trace.filter { if case .write = $0 { true } else { false } }
        #expect(
            writes == [
                .write(0x4C, [0x03, 0x04]), .write(0x4C, [0x17, 0x12]), .write(0x4C, [0x18, 0x08]),
                .write(0x4C, [0x4A, 0x23]), .write(0x4C, [0x4D, 0x1F]), .write(0x4C, [0x4E, 0x01]),
                .write(0x4C, [0x4C, 32]),
            ])
        chip[0xFD] = 0x28
        try fan.validate()
        chip[0xFD] = 0x55
        #expect(throws: ChipFault(.emc2101, .wrongPart(register: 0xFD, found: 0x55, expected: 0x16))) {
            try fan.validate()
        }
    }

    @Test func aDutyThatDoesNotStickIsReported() {
        chip.stuck = [0x4C]
        #expect(throws: ChipFault(.emc2101, .notKept(register: 0x4C, wrote: 63, found: 0))) {
            try EMC2101(on: bus).setDuty(.full)
        }
    }

    @Test func measurements() {
        chip.bytes.merge([0x46: [0x38], 0x47: [0x04], 0x01: [0x19], 0x10: [0x20], 0x00: [0x1E]]) { $1 }
        let fan = EMC2101(on: bus)
        #expect(fan.speed(now: t0) == .ok(RPM(5000), at: t0))
        #expect(bus.trace == [.writeRead(0x4C, [0x46], 1), .writeRead(0x4C, [0x47], 1)], "the low byte holds the high")
        #expect(fan.externalTemperature(now: t0) == .ok(Celsius(millidegrees: 25_125), at: t0))
        #expect(fan.internalTemperature(now: t0) == .ok(.degrees(30), at: t0))
        chip[0x00] = 0xF6
        #expect(fan.internalTemperature(now: t0) == .ok(.degrees(-10), at: t0))
        chip[0x00] = 0xFF
        #expect(fan.internalTemperature(now: t0) == .failed(.allOnes))
        chip[0x00] = 0x00
        #expect(fan.internalTemperature(now: t0) == .failed(.allZeros))
    }
}

@Suite struct EMC2103Tests {
    let chip = RegisterChip([
        0xFD: 0x24, 0xFE: 0x5D, 0x20: 0x40, 0x2A: 0xFF, 0x11: 0, 0x12: 0, 0x14: 0, 0x15: 0, 0x40: 0,
    ])
    let bus: FakeI2CBus

    init() {
        bus = FakeI2CBus([0x2E: chip])
    }

    @Test func setUp() throws {
        let fan = EMC2103(
            on: bus, diodes: (.init(ideality: 0x12, beta: 0x08), .init(ideality: 0x13, beta: 0x09)))
        try fan.validate()
        try fan.configure()
        try fan.setDuty(.full)
        let writes = bus.trace.filter { if case .write = $0 { true } else { false } }
        #expect(
            writes == [
                .write(0x2E, [0x20, 0x00]), .write(0x2E, [0x2A, 0x00]), .write(0x2E, [0x11, 0x12]),
                .write(0x2E, [0x14, 0x08]), .write(0x2E, [0x12, 0x13]), .write(0x2E, [0x15, 0x09]),
                .write(0x2E, [0x40, 0xFF]),
            ])
    }

    @Test func speedUsesThirteenBits() throws {
        // Count 1310 in the upper 13 bits: 7,864,320 / 1310.
        #expect(try EMC2103.rpm(tach: 1310 << 3 | 0x7) == RPM(6003))
        #expect(throws: ReadingFailure.implausible) { try EMC2103.rpm(tach: 0x0007) }
        #expect(throws: ReadingFailure.stopped) { try EMC2103.rpm(tach: 0xFFF8) }
        chip.bytes.merge([0x4E: [0x28], 0x4F: [0xF0]]) { $1 }
        #expect(EMC2103(on: bus).speed(now: t0) == .ok(RPM(6003), at: t0))
    }

    @Test func temperatures() throws {
        #expect(try EMC2103.celsius(0x1920).millidegrees == 25_125)
        #expect(throws: ReadingFailure.openCircuit) { try EMC2103.celsius(0x8000) }
        #expect(throws: ReadingFailure.allOnes) { try EMC2103.celsius(0xFFFF) }
        chip.bytes.merge([0x02: [0x28], 0x03: [0x80], 0x04: [0x80], 0x05: [0x00]]) { $1 }
        let fan = EMC2103(on: bus)
        #expect(fan.temperature(diode: 1, now: t0) == .ok(Celsius(millidegrees: 40_500), at: t0))
        #expect(fan.temperature(diode: 2, now: t0) == .failed(.openCircuit))
        #expect(fan.temperature(diode: 3, now: t0) == .failed(.implausible))
    }
}

@Suite struct EMC2305Tests {
    @Test(
        arguments: [
            (EMC2305.SpeedRange.from500, 0x0B, 3001), (.from1000, 0x2B, 6003), (.from2000, 0x4B, 12_006),
            (.from4000, 0x6B, 24_013),
        ] as [(EMC2305.SpeedRange, UInt8, Int32)])
    func rangesScaleTheSpeed(range: EMC2305.SpeedRange, code: UInt8, speed: Int32) throws {
        #expect(EMC2305.fanConfiguration(range) == code)
        #expect(try EMC2305.rpm(tach: 1310 << 3, range: range) == RPM(speed))
        #expect(throws: ReadingFailure.stopped) { try EMC2305.rpm(tach: 0xFF00, range: range) }
        #expect(throws: ReadingFailure.implausible) { try EMC2305.rpm(tach: 0, range: range) }
    }

    @Test(
        arguments: [
            (EMC2305.Model.emc2305, 0x34, 5), (.emc2303, 0x35, 3), (.emc2302, 0x36, 2), (.emc2301, 0x37, 1),
        ] as [(EMC2305.Model, UInt8, UInt8)])
    func modelsAreToldByTheirProductNumber(model: EMC2305.Model, id: UInt8, fans: UInt8) throws {
        let bus = FakeI2CBus([0x2F: RegisterChip([0xFD: id, 0xFE: 0x5D])])
        let controller = EMC2305(model, on: bus, at: 0x2F)
        try controller.validate()
        try controller.configure()
        let writes = bus.trace.filter { if case .write = $0 { true } else { false } }
        #expect(writes == (0..<fans).map { .write(0x2F, [0x32 + 0x10 * $0, 0x2B]) })
        #expect(throws: ChipFault(.emc2305, .unsupported(fans))) { try controller.setDuty(.full, fan: fans) }
        #expect(controller.speed(fan: fans, now: t0) == .failed(.implausible))
    }

    @Test func everyFanHasItsOwnRegisters() throws {
        let chip = RegisterChip()
        chip.bytes = [0x3E: [0x28, 0xF0], 0x4E: [0xFF, 0xF8]]
        let bus = FakeI2CBus([0x4D: chip])
        let controller = EMC2305(.emc2305, on: bus, at: 0x4D)
        #expect(controller.speed(fan: 0, now: t0) == .ok(RPM(6003), at: t0))
        #expect(controller.speed(fan: 1, now: t0) == .failed(.stopped))
        for fan in UInt8(0)..<5 { try controller.setDuty(DutyCycle(percent: 100), fan: fan) }
        let writes = bus.trace.filter { if case .write = $0 { true } else { false } }
        #expect(writes == [0x30, 0x40, 0x50, 0x60, 0x70].map { .write(0x4D, [$0, 0xFF]) })
    }
}

@Suite struct EdgeTachometerTests {
    func edge(_ milliseconds: Double, _ direction: Edge.Direction = .toActive) -> Edge {
        Edge(direction, at: t0 + .nanoseconds(Int64(milliseconds * 1e6)), sequence: 0)
    }

    @Test func sixThousandRPMIs200Pulses() {
        var tachometer = EdgeTachometer()
        for pulse in 0..<1000 {
            tachometer.record(edge(Double(pulse) * 5))
            tachometer.record(edge(Double(pulse) * 5 + 2.5, .toInactive))
        }
        let last = t0 + .milliseconds(999 * 5)
        #expect(tachometer.speed(now: last + .milliseconds(3)) == .ok(RPM(6000), at: last))
    }

    @Test func ringingIsNotCounted() {
        var tachometer = EdgeTachometer()
        for pulse in 0..<40 {
            tachometer.record(edge(Double(pulse) * 10))
            tachometer.record(edge(Double(pulse) * 10 + 0.1))
            tachometer.record(edge(Double(pulse) * 10 + 0.3))
        }
        #expect(tachometer.speed(now: t0 + .milliseconds(391)).value == RPM(3000))
    }

    @Test func aFanThatStopsIsStoppedAndStartsAfresh() {
        var tachometer = EdgeTachometer()
        #expect(tachometer.speed(now: t0) == .failed(.stopped))
        for pulse in 0..<20 { tachometer.record(edge(Double(pulse) * 5)) }
        #expect(tachometer.speed(now: t0 + .milliseconds(1095)).value == RPM(6000))
        #expect(tachometer.speed(now: t0 + .milliseconds(1096)) == .failed(.stopped))
        tachometer.record(edge(5000))
        #expect(tachometer.speed(now: t0 + .milliseconds(5001)) == .failed(.settling))
        tachometer.record(edge(5020))
        #expect(tachometer.speed(now: t0 + .milliseconds(5021)).value == RPM(1500))
    }

    @Test func followsASpeedChangeWithinSixteenPulses() {
        var tachometer = EdgeTachometer()
        for pulse in 0..<50 { tachometer.record(edge(Double(pulse) * 5)) }
        for pulse in 1...16 { tachometer.record(edge(245 + Double(pulse) * 20)) }
        #expect(tachometer.speed(now: t0 + .milliseconds(566)).value == RPM(1500))
    }

    @Test func timesThatRunBackwardsAreIgnored() {
        var tachometer = EdgeTachometer(debounce: .zero)
        tachometer.record(edge(100))
        tachometer.record(edge(50))
        #expect(tachometer.speed(now: t0 + .milliseconds(101)) == .failed(.settling))
        tachometer.record(edge(100))
        #expect(tachometer.speed(now: t0 + .milliseconds(101)) == .failed(.implausible))
    }
}

@Suite struct FPGAFanTests {
    @Test func s9RegistersCountRevolutionsPerSecondAndPercent() throws {
        #expect(try FPGAFan.rpm(s9: 100) == RPM(6000))
        #expect(throws: ReadingFailure.stopped) { try FPGAFan.rpm(s9: 0) }
        #expect(throws: ReadingFailure.allOnes) { try FPGAFan.rpm(s9: .max) }
        #expect(FPGAFan.pwm(s9: DutyCycle(percent: 70)) == 70)
    }

    @Test func s19RegistersHoldOnAndOffPercent() {
        #expect(FPGAFan.pwm(s19: DutyCycle(percent: 70)) == 70 << 16 | 30)
        #expect(FPGAFan.pwm(s19: .full) == 100 << 16)
        #expect(FPGAFan.pwm(s19: .off) == 100)
        #expect(FPGAFan.pwm(s19: DutyCycle(permille: 701)) == 71 << 16 | 29)
    }
}
