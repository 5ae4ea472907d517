import Base
import Buses
import Peripherals
import Testing
import Twin

@Suite struct PartsFanChipTests {
    /// Speed as the driver reads it and as it is.
    func agree(_ reading: Reading<RPM>, _ truth: RPM, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let value = try #require(reading.value, "\(reading)", sourceLocation: sourceLocation).value
        #expect(
            (value - truth.value).magnitude < 30 + truth.value.magnitude / 100, "\(value), truth \(truth.value)",
            sourceLocation: sourceLocation)
    }

    @Test func anEMC2101DrivesItsFanAndMeasuresTheChip() throws {
        let bench = PlantBench(.bitaxe())
        let part = EMC2101(on: try bench.bus())
        try part.validate()
        try part.configure()
        bench.run(.seconds(5))
        #expect(part.speed(now: bench.clock.now) == .failed(.stopped), "the part starts with its output off")
        try part.setDuty(DutyCycle(percent: 70))
        bench.run(.seconds(8))
        #expect(bench.rig.fanSpeed(0) > RPM(2500))
        try agree(part.speed(now: bench.clock.now), bench.rig.fanSpeed(0))
        expectClose(
            part.externalTemperature(now: bench.clock.now), bench.rig.temperature(at: .chip(board: 0, chip: 0)),
            step: 0.125)
        expectClose(part.internalTemperature(now: bench.clock.now), .degrees(25), step: 1)
        try bench.rig.inject(.fan(0, .tachometerLost))
        #expect(part.speed(now: bench.clock.now) == .failed(.stopped))
        try bench.rig.clear(.fan(0, .tachometerLost))
        try bench.rig.inject(.fan(0, .tachometerZero))
        #expect(part.speed(now: bench.clock.now) == .failed(.implausible), "never a division by it")
        try bench.rig.inject(.sensor("board1.chip0", .openCircuit))
        #expect(part.externalTemperature(now: bench.clock.now) == .failed(.openCircuit))
        try bench.rig.inject(.sensor("board1.chip0", .shortCircuit))
        #expect(part.externalTemperature(now: bench.clock.now) == .failed(.shortCircuit))
    }

    @Test func anEMC2103() throws {
        let bench = PlantBench.with((0x2E, .emc2103(.chip(board: 0, chip: 0), .outletAir, fan: 0)))
        let part = EMC2103(on: try bench.bus())
        try part.validate()
        try part.configure()
        try part.setDuty(DutyCycle(percent: 50))
        bench.run(.seconds(15))
        try agree(part.speed(now: bench.clock.now), bench.rig.fanSpeed(0))
        expectClose(
            part.temperature(diode: 2, now: bench.clock.now), bench.rig.temperature(at: .outletAir), step: 0.125)
        try bench.rig.inject(.sensor("outlet", .openCircuit))
        #expect(part.temperature(diode: 2, now: bench.clock.now) == .failed(.openCircuit))
    }

    @Test(arguments: [(EMC2305.Model.emc2302, 2), (.emc2305, 4)])
    func anEMC230x(model: EMC2305.Model, fans: Int) throws {
        // A part with five channels of which four have a fan is made of what is there: the rig has four.
        var configuration = TwinRigConfiguration.s19(boards: 1)
        configuration.fans = Array(repeating: .antminer120, count: model == .emc2305 ? 5 : 2)
        configuration.pwms = []
        configuration.parts = [
            TwinRigConfiguration.Part(
                bus: 0, address: 0x2F, kind: .emc230x(fans: Array(0..<(model == .emc2305 ? 5 : 2))))
        ]
        let bench = PlantBench(configuration)
        let part = EMC2305(model, on: try bench.bus(), at: 0x2F)
        try part.validate()
        try part.configure()
        for fan in 0..<model.fans { try part.setDuty(DutyCycle(percent: 30 + 10 * Int32(fan)), fan: fan) }
        bench.run(.seconds(20))
        for fan in 0..<model.fans {
            try agree(part.speed(fan: fan, now: bench.clock.now), bench.rig.fanSpeed(Int(fan)))
        }
        #expect(bench.rig.fanSpeed(1).value > bench.rig.fanSpeed(0).value + 300)
    }

    @Test func fourSecondsOfSilenceAfterPowerOnEndInFullSpeed() throws {
        let bench = PlantBench.with((0x2F, .emc230x(fans: [0, 1])))
        bench.run(.milliseconds(3900))
        #expect(bench.rig.fanSpeed(0) == .zero)
        bench.run(.seconds(10))
        #expect(bench.rig.fanSpeed(0) > RPM(5900))
        let status = try I2CDevice(try bench.bus(), at: 0x2F).readByte(0x24)
        #expect(status & 0x80 != 0)
    }

    @Test func theContinuousWatchdogTakesOverFromASilentAgent() throws {
        let bench = PlantBench.with((0x2F, .emc230x(fans: [0, 1])))
        let device = I2CDevice(try bench.bus(), at: 0x2F)
        let part = EMC2305(.emc2302, on: try bench.bus(), at: 0x2F)
        try part.configure()
        try device.writeByte(0x60, to: 0x20)
        for _ in 0..<10 {
            try part.setDuty(DutyCycle(percent: 30), fan: 0)
            try part.setDuty(DutyCycle(percent: 30), fan: 1)
            bench.run(.seconds(3))
        }
        #expect(bench.rig.fanSpeed(0) < RPM(2500))
        bench.run(.seconds(12))
        #expect(bench.rig.fanSpeed(0) > RPM(5800))
        #expect(bench.rig.fanSpeed(1) > RPM(5800))
    }

    @Test func aResetFanChipForgetsAndALostWriteIsSeen() throws {
        let bench = PlantBench(.bitaxe())
        let part = EMC2101(on: try bench.bus())
        try part.configure()
        try part.setDuty(DutyCycle(percent: 70))
        bench.run(.seconds(8))
        try bench.rig.inject(.part(0, 0x4C, .reset))
        bench.run(.seconds(15))
        #expect(bench.rig.fanSpeed(0) == .zero, "nobody has noticed yet")
        try bench.rig.inject(.part(0, 0x4C, .lostWrites(1)))
        #expect(throws: ChipFault.self) { try part.setDuty(DutyCycle(percent: 70)) }
        try part.setDuty(DutyCycle(percent: 70))
        bench.run(.seconds(8))
        #expect(bench.rig.fanSpeed(0) > RPM(2500))
    }
}
