import Base
import Buses
import Peripherals
import Testing
import Twin

@Suite struct PartsPowerTests {
    func near(_ value: Int32?, _ truth: Int32, within: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        let value = try #require(value, sourceLocation: sourceLocation)
        #expect(
            (value - truth).magnitude <= within.magnitude, "\(value), truth \(truth)", sourceLocation: sourceLocation)
    }

    @Test func powerMonitorsSeeWhatTheBoardTakes() throws {
        let bench = PlantBench.with(
            (0x40, .ina226(board: 0, shuntMicroohms: 500)), (0x41, .ina260(board: 0)))
        try bench.setFans(percent: 60)
        try bench.mine()
        bench.chains[0].setClock(30_000_000)
        bench.run(.seconds(5))
        let bus = try bench.bus()
        let ina226 = INA226(
            on: bus, at: 0x40,
            configuration: INA226.Configuration(shuntMicroohms: 500, microamperesPerCount: 3000))
        try ina226.validate()
        #expect(ina226.current(now: bench.clock.now) == .failed(.deviceReset), "not calibrated")
        try ina226.configure()
        let power = bench.rig.boardPower(0)
        let voltage = bench.rig.supplyVoltage
        let current = Int32(Int64(power.value) * 1000 / Int64(voltage.value))
        let now = bench.clock.now
        try near(ina226.busVoltage(now: now).value?.value, voltage.value, within: 2)
        try near(ina226.current(now: now).value?.value, current, within: 20)
        try near(ina226.currentFromShunt(now: now).value?.value, current, within: 20)
        try near(ina226.power(now: now).value?.value, power.value, within: power.value / 50)
        let ina260 = INA260(on: bus, at: 0x41)
        try ina260.validate()
        try near(ina260.busVoltage(now: now).value?.value, voltage.value, within: 2)
        try near(ina260.current(now: now).value?.value, current, within: 3)
        try near(ina260.power(now: now).value?.value, power.value, within: 20)
    }

    @Test func aTPS546StartsMakesItsVoltageAndTrips() throws {
        let bench = PlantBench(.bitaxe())
        try bench.set(1, true)
        try I2CDevice(try bench.bus(), at: 0x4C).writeByte(60, to: 0x4C)
        bench.run(.seconds(1))
        let part = try bench.finish(TPS546D24A.Startup(on: try bench.bus(), profile: .fiveVolt))
        #expect(part.exponent.value == -9)
        #expect(!bench.rig.isEnergised(0))
        try part.setVoltage(Millivolts(1150))
        try part.setOutput(true)
        bench.run(.milliseconds(250))
        #expect(try part.status().isDisjoint(with: .faults))
        try near(part.outputVoltage(now: bench.clock.now).value?.value, 1150, within: 4)
        try bench.set(11, false)
        bench.chains[0].setBusy(permille: 1000)
        bench.chains[0].setClock(525_000_000)
        bench.run(.seconds(300))
        let now = bench.clock.now
        let power = try #require(part.outputCurrent(now: now).value).value
        #expect((10_000...16_000).contains(power), "\(power) mA")
        #expect((50...75).contains(bench.rig.boards[0].hottestDie.degrees), "\(bench.rig.boards[0].hottestDie.degrees)")
        try near(part.inputVoltage(now: now).value?.value, 5150, within: 20)
        expectClose(part.temperature(now: now), bench.rig.temperature(at: .regulator(0)), step: 0.25)

        try bench.rig.inject(.board(0, .regulatorTripped))
        bench.run(.milliseconds(400))
        #expect(try part.status().contains([.outputOvercurrent, .off]))
        #expect(!bench.rig.isEnergised(0))
        try part.setOutput(false)
        try part.clearFaults()
        try part.setOutput(true)
        bench.run(.milliseconds(400))
        #expect(bench.rig.isEnergised(0))
        try bench.rig.inject(.board(0, .regulatorDead))
        bench.run(.milliseconds(400))
        #expect(try part.status().isDisjoint(with: .faults), "it reports no fault")
        #expect(
            OutputAgreement(
                measured: try #require(part.outputVoltage(now: bench.clock.now).value), commanded: Millivolts(1150),
                tolerance: Millivolts(50)) == .absent)
    }

    @Test func aTPS546WithTwoPhasesTakesItsCompensation() throws {
        var configuration = TwinRigConfiguration.bitaxe()
        configuration.supply = .fixed12V
        let bench = PlantBench(configuration)
        bench.run(.seconds(1))
        let part = try bench.finish(TPS546D24A.Startup(on: try bench.bus(), profile: .twoPhase))
        #expect(try part.status().contains(.communication) == false)
    }

    @Test func aDS4432UTrimsTheRegulator() throws {
        var board = TwinBoardConfiguration.bitaxe
        board.supply = .regulator(
            standard: Millivolts(1451), currentLimit: Milliamperes(30_000), temperatureLimit: .degrees(145),
            startsOn: true)
        let bench = PlantBench.with((0x48, .ds4432u(board: 0)), boards: [board])
        try bench.setSupply(true)
        try bench.set(1, true)
        bench.run(.seconds(1))
        #expect(bench.rig.boards[0].voltage == Millivolts(1451))
        let part = DS4432U(on: try bench.bus(), limits: Millivolts(1000)...Millivolts(1600))
        try part.validate()
        for wanted in [1000, 1200, 1300, 1500] as [Int32] {
            try part.setVoltage(Millivolts(wanted), output: .out0)
            bench.run(.milliseconds(200))
            // The driver rounds to the DAC's steps, and calculates from an idle voltage 7 mV higher.
            try near(bench.rig.boards[0].voltage.value, wanted, within: 12)
        }
    }

    @Test func eepromsAreReadAndEveryWriteIsAViolation() throws {
        let bench = PlantBench()
        let memory = AT24C02(on: try bench.bus(), at: 0x50)
        let contents = try memory.contents()
        #expect(AT24C02.preamble(contents[0], contents[1]) == .s19Pro(payloadLength: 0x4A))
        #expect(contents[2...].allSatisfy { $0 == 0xFF })
        #expect(bench.rig.violations.eepromBytesWritten == 0)
        let guarded = GuardedI2CBus(try bench.bus(), occupants: [(0x50, .eeprom)])
        #expect(throws: BusFault.self) { try I2CDevice(guarded, at: 0x50).writeByte(1, to: 9) }
        #expect(bench.rig.violations.eepromBytesWritten == 0)
        try I2CDevice(try bench.bus(), at: 0x50).writeByte(1, to: 9)
        #expect(bench.rig.violations.eepromBytesWritten == 1)
    }

    @Test func aWholeBusCanFail() throws {
        let bench = PlantBench()
        let sensor = TMP75(.tmp75, on: try bench.bus(), at: 0x48)
        try bench.rig.inject(.bus(0, .stuck), for: .milliseconds(300))
        #expect(throws: ChipFault.self) { try sensor.configure() }
        bench.run(.milliseconds(500))
        try sensor.configure()
        try bench.rig.inject(.bus(0, .timeout))
        guard case .failed(.bus(let fault)) = sensor.temperature(now: bench.clock.now) else { throw StuckDialogue() }
        #expect(fault.kind == .timeout && fault.bus == BusName(.i2c, 0) && fault.address == 0x48)
        #expect(bench.rig.i2c(7) == nil)
    }
}
