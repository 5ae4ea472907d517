import Base
import Buses
import Peripherals
import Testing
import Twin

/// Every sensor driver against the model of its part: start-up, value, and each way to fail.
@Suite struct PartsSensorTests {
    @Test func boardSensors() throws {
        let bench = PlantBench.with(
            (0x48, .lm75(.boardInlet(0))), (0x49, .tmp75(.boardOutlet(0))), (0x4A, .tmp1075(.outletAir)))
        try bench.setFans(percent: 60)
        try bench.mine()
        bench.run(.seconds(60))
        let sites: [TwinSite] = [.boardInlet(0), .boardOutlet(0), .outletAir]
        for (index, model) in [TMP75.Model.lm75, .tmp75, .tmp1075].enumerated() {
            let address = try #require(I2CAddress(sevenBit: 0x48 + UInt8(index)))
            let sensor = TMP75(model, on: try bench.bus(), at: address)
            try sensor.validate()
            try sensor.configure()
            let truth = bench.rig.temperature(at: sites[index])
            #expect(truth > .degrees(28))
            expectClose(sensor.temperature(now: bench.clock.now), truth, step: model == .lm75 ? 0.125 : 0.0625)
        }
    }

    @Test func remoteDiodeSensors() throws {
        let die = TwinSite.chip(board: 0, chip: 100)
        let bench = PlantBench.with(
            (0x4C, .tmp451(own: .boardOutlet(0), remote: die)), (0x4D, .adt7461(own: .boardOutlet(0), remote: die)),
            (0x4E, .nct218(.boardOutlet(0))))
        try bench.setFans(percent: 60)
        try bench.mine()
        bench.run(.seconds(60))
        let bus = try bench.bus()
        let board = bench.rig.temperature(at: .boardOutlet(0))
        for (model, address, step) in [(TMP451.Model.tmp451, 0x4C, 0.0625), (.adt7461, 0x4D, 1.0)] {
            let sensor = TMP451(model, on: bus, at: try #require(I2CAddress(sevenBit: UInt8(address))))
            try sensor.validate()
            #expect(sensor.localTemperature(now: bench.clock.now) == .failed(.deviceReset), "range not set yet")
            try sensor.configure()
            expectClose(sensor.localTemperature(now: bench.clock.now), board, step: step)
            expectClose(sensor.remoteTemperature(now: bench.clock.now), bench.rig.temperature(at: die), step: step)
        }
        let nct = NCT218(on: bus, at: 0x4E)
        try nct.validate()
        try nct.configure()
        expectClose(nct.temperature(now: bench.clock.now), board, step: 1)
    }

    @Test func aTMP421SettlesAfterTheChangeOfRange() throws {
        let die = TwinSite.chip(board: 0, chip: 5)
        let bench = PlantBench.with((0x4C, .tmp421(own: .boardInlet(0), remotes: [die])))
        var sensor = TMP421(.tmp421, on: try bench.bus(), at: 0x4C)
        try sensor.validate()
        try sensor.configure()
        #expect(sensor.temperature(channel: 1, now: bench.clock.now) == .failed(.settling))
        bench.run(.milliseconds(250))
        expectClose(sensor.temperature(channel: 0, now: bench.clock.now), .degrees(25), step: 0.0625)
        expectClose(sensor.temperature(channel: 1, now: bench.clock.now), .degrees(25), step: 0.0625)
    }

    @Test func sensorsGoSilentOpenAndShorted() throws {
        let die = TwinSite.chip(board: 0, chip: 0)
        let bench = PlantBench.with(
            (0x48, .tmp75(.boardInlet(0))), (0x4C, .tmp451(own: .outletAir, remote: die)))
        let board = TMP75(.tmp75, on: try bench.bus(), at: 0x48)
        let remote = TMP451(.tmp451, on: try bench.bus(), at: 0x4C)
        try board.configure()
        try remote.configure()
        bench.run(.seconds(1))
        #expect(bench.rig.sensorNames == ["board1.inlet", "outlet", "board1.chip0"])
        func boardReading() -> Reading<Celsius> { board.temperature(now: bench.clock.now) }
        func remoteReading() -> Reading<Celsius> { remote.remoteTemperature(now: bench.clock.now) }

        try bench.rig.inject(.sensor("board1.inlet", .dead), for: .seconds(5))
        guard case .failed(.bus(let fault)) = boardReading() else { throw StuckDialogue() }
        #expect(fault.kind == .noAcknowledge)
        bench.run(.seconds(6))
        #expect(boardReading().value != nil, "back after its time")
        try bench.rig.inject(.sensor("board1.inlet", .zero))
        #expect(boardReading() == .failed(.allZeros))
        try bench.rig.inject(.sensor("board1.inlet", .ones))
        #expect(boardReading() == .failed(.allOnes))
        try bench.rig.inject(.sensor("board1.inlet", .fixed(.degrees(-64))))
        #expect(boardReading().value == .degrees(-64))
        try bench.rig.inject(.sensor("board1.inlet", .fixed(Celsius(millidegrees: 127_940))))
        #expect(boardReading().value == Celsius(millidegrees: 127_938))
        try bench.rig.clear(.sensor("board1.inlet", .dead))
        expectClose(boardReading(), .degrees(25), step: 0.0625)

        try bench.rig.inject(.sensor("board1.chip0", .openCircuit))
        #expect(remoteReading() == .failed(.openCircuit))
        try bench.rig.inject(.sensor("board1.chip0", .shortCircuit))
        #expect(remoteReading() == .failed(.shortCircuit))
        #expect(throws: TwinFaultRefusal.noSensor("board9.inlet")) {
            try bench.rig.inject(.sensor("board9.inlet", .dead))
        }
    }

    @Test func sensorsLieBelievably() throws {
        let bench = PlantBench.with((0x48, .tmp75(.boardOutlet(0))))
        let sensor = TMP75(.tmp75, on: try bench.bus(), at: 0x48)
        try sensor.configure()
        func reading() -> Double { sensor.temperature(now: bench.clock.now).value?.degrees ?? .nan }
        try bench.setFans(percent: 60)
        bench.run(.seconds(1))
        try bench.rig.inject(.sensor("board1.outlet", .frozen), for: .seconds(90))
        try bench.mine()
        bench.run(.seconds(60))
        #expect((reading() - 25).magnitude < 0.2, "frozen while the board warms")
        bench.run(.seconds(60))
        let truth = bench.rig.temperature(at: .boardOutlet(0)).degrees
        #expect(truth > 40)
        #expect((reading() - truth).magnitude < 0.2)
        try bench.rig.inject(.sensor("board1.outlet", .offset(.degrees(-20))))
        #expect((reading() + 20 - bench.rig.temperature(at: .boardOutlet(0)).degrees).magnitude < 0.2)
        try bench.rig.inject(.sensor("board1.outlet", .detached))
        #expect((reading() - 25).magnitude < 0.2, "it hangs in the air")
        try bench.rig.inject(.sensor("board1.outlet", .spikes(.degrees(120))))
        var spikes = 0
        for _ in 0..<200 {
            bench.run(.milliseconds(125))
            if reading() == 120 { spikes += 1 }
        }
        #expect((5...45).contains(spikes), "one in ten: \(spikes) of 200")
    }

    @Test func valuesScatterAsRealOnesDoAndReadingChangesNothing() throws {
        let bench = PlantBench.with((0x48, .tmp75(.inletAir)))
        let sensor = TMP75(.tmp75, on: try bench.bus(), at: 0x48)
        try sensor.configure()
        var seen: Set<Int32> = []
        for _ in 0..<40 {
            bench.run(.milliseconds(125))
            seen.insert(try #require(sensor.temperature(now: bench.clock.now).value).millidegrees)
        }
        #expect(seen.count >= 2 && seen.count <= 4)
    }
}
