import Base
import Buses
import Peripherals
import Testing
import Twin

/// What the hardware does by itself when the agent falls silent, under the agent's own drivers.
@Suite struct PartsLeaseTests {
    func supply(_ bench: PlantBench, transport: APWTransport = APWTransport()) throws -> APWSupply {
        let configuration = APWSupply.Configuration(
            transport: transport, limits: Millivolts(12_000)...Millivolts(15_000), allowUnverifiedType: true,
            allowUnverifiedADCScale: true)
        return try bench.finish(APWSupply.Identification(on: try bench.bus(1), configuration: configuration))
    }

    @Test(arguments: [APWTransport.Style.wholeFrames, .singleBytes], [APWTransport.Prefix.legacy, .v2])
    func anAPWIsIdentifiedAndAsked(style: APWTransport.Style, prefix: APWTransport.Prefix) throws {
        let bench = PlantBench()
        let supply = try supply(bench, transport: APWTransport(prefix: prefix, style: style))
        #expect(supply.type.code == 0x76)
        #expect(supply.firmware == 0x17)
        #expect(try bench.finish(try supply.ask(.outputState)) == 0)
        try bench.setSupply(true)
        bench.run(.milliseconds(400))
        #expect(try bench.finish(try supply.ask(.outputState)) == 1)
        #expect(try bench.finish(try supply.ask(.faultFlag)) == 0)
        let adc = try bench.finish(try supply.ask(.measurement))
        let measured = try #require(supply.outputVoltage(adc: adc, at: bench.clock.now).value)
        #expect((measured.value - bench.rig.supplyVoltage.value).magnitude < 20)
    }

    @Test func anAPWIsLedToAnotherVoltage() throws {
        let bench = PlantBench()
        try bench.setSupply(true)
        bench.run(.milliseconds(400))
        let supply = try supply(bench)
        let reached = try bench.finish(try supply.ramp(to: Millivolts(12_800)))
        bench.run(.milliseconds(200))
        #expect((bench.rig.supplyVoltage.value - 12_800).magnitude < 10)
        #expect((reached.value - 12_800).magnitude < 10)
    }

    @Test func aSilentAgentLosesTheSupplyWithinItsWatchdog() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 60)
        try bench.mine()
        let supply = try supply(bench)
        _ = try bench.finish(try supply.setWatchdog(true))
        for _ in 0..<4 {
            bench.run(.seconds(20))
            _ = try bench.finish(try supply.ask(.faultFlag))
        }
        #expect(bench.rig.isEnergised(0))
        let fed = bench.clock.now
        bench.run(.seconds(70))
        for board in bench.rig.boards {
            let off = try #require(board.deEnergisedAt) - fed
            #expect(off > .seconds(59) && off < .milliseconds(60_100), "\(off)")
        }
        #expect(bench.rig.acPower.value < 120_000)
        #expect(bench.rig.fanSpeed(0) > RPM(3000), "fans run on the standby output")
        bench.run(.seconds(60))
        #expect(!bench.rig.isSupplyOn, "the enable line still asks for it")
    }

    @Test func aPICDropsTheBoardWithoutHeartbeat() throws {
        let bench = PlantBench(.s9())
        try bench.setFans(percent: 60)
        bench.run(.seconds(1))
        let bus = try bench.bus()
        let limits = Millivolts(8000)...Millivolts(9400)
        let pic = try bench.finish(PIC16F1704.Startup(on: bus, at: 0x55, limits: limits))
        try bench.set(1, true)
        _ = try bench.finish(try pic.setVoltage(Millivolts(8600)))
        #expect(try bench.finish(pic.perform(.voltage)) == 143)
        _ = try bench.finish(pic.perform(.enable(true)))
        for _ in 0..<30 {
            bench.run(.seconds(1))
            _ = try bench.finish(pic.perform(.heartbeat))
        }
        #expect((bench.rig.boards[0].voltage.value - 8600).magnitude < 10)
        let beaten = bench.clock.now
        bench.run(.seconds(15))
        let off = try #require(bench.rig.boards[0].deEnergisedAt) - beaten
        #expect(off > .seconds(9) && off < .milliseconds(10_600), "\(off)")
        #expect(bench.rig.violations.controllerFlashCommands == 0)
    }

    @Test func aT1SupplyHearsWithoutAcknowledging() throws {
        let bench = PlantBench(.t1())
        let supply = T1Supply(on: try bench.bus())
        for board in 0..<3 { try bench.set(UInt32(1 + board), true) }
        bench.run(.seconds(1))
        let level = try #require(InnosiliconVID(10))
        try supply.setVoltage(level, chain: 2)
        try supply.setPower(true, chain: 2)
        try supply.setTimeout(.seconds(60))
        bench.run(.seconds(30))
        #expect(bench.rig.boards[1].voltage == Millivolts(1518))
        #expect(!bench.rig.isEnergised(0))
        #expect(throws: BusFault.self, "it acknowledges nothing") {
            try I2CDevice(try bench.bus(), at: 0x01).writeByte(0, to: 0)
        }
        bench.run(.seconds(31))
        #expect(!bench.rig.isEnergised(1))
    }
}
