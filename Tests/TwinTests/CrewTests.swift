import Base
import Buses
import Peripherals
import Rig
import Testing
import Twin

/// The agent's parts crew against models that were written from the parts' descriptions, not from its drivers.
@Suite struct CrewTests {
    static let s19 = CrewBench.board(
        """
        "supplies": {"psu": {"kind": "apw", "bus": "psu", "address": "0x10", "min_mv": 12000, "max_mv": 15000,
            "start_mv": 13000, "enable": "psu", "allow_unverified_adc_scale": true, "watchdog": true, "source": "simulated"}},
        "fans": {"front": {"kind": "pwm", "pwm": "front", "tachometers": ["tach1", "tach2"], "source": "simulated"}},
        "sensors": {
            "in": {"kind": "tmp75", "bus": "hash", "address": "0x48", "place": "board", "chain": "b", "limits": "l",
                "source": "simulated"},
            "out": {"kind": "tmp75", "bus": "hash", "address": "0x4c", "place": "board", "chain": "b", "limits": "l",
                "source": "simulated"}},
        "eeproms": {"b": {"bus": "hash", "address": "0x50", "chain": "b", "source": "simulated"}},
        """, chain: #""kind": "bm1362", "uart": "u", "supplies": ["psu"]"#)

    static let bitaxe = CrewBench.board(
        """
        "supplies": {"core": {"kind": "tps546", "bus": "hash", "address": "0x24", "profile": "five-volt",
            "start_mv": 1150, "source": "simulated"}},
        "meters": {"input": {"kind": "ina260", "bus": "hash", "address": "0x40", "source": "simulated"}},
        "fans": {"fan": {"kind": "emc2101", "bus": "hash", "address": "0x4c", "source": "simulated"}},
        "sensors": {
            "asic": {"kind": "emc2101", "bus": "hash", "address": "0x4c", "channel": 1, "place": "chip", "chain": "b",
                "limits": "l", "source": "simulated"},
            "regulator": {"kind": "tps546", "bus": "hash", "address": "0x24", "place": "regulator", "chain": "b",
                "limits": "l", "source": "simulated"}},
        """, chain: #""kind": "bm1370", "uart": "u", "supplies": ["core"]"#)

    static let s9 = CrewBench.board(
        """
        "supplies": {"pic": {"kind": "pic16", "bus": "hash", "address": "0x55", "min_mv": 8000, "max_mv": 9400,
            "start_mv": 8900, "source": "simulated"}},
        """, chain: #""kind": "bm1397", "uart": "u", "supplies": ["pic"]"#)

    static let t1 = CrewBench.board(
        """
        "supplies": {"out1": {"kind": "t1", "bus": "hash", "address": "0x01", "output": 1, "start_mv": 1608,
            "source": "simulated"}},
        """, chain: #""kind": "t1", "spi": "s", "min_frequency_mhz": 400, "supplies": ["out1"]"#)

    @Test func anAPWIsLedToItsVoltageAndMeasured() throws {
        let bench = try CrewBench(.s19(boards: 1), board: Self.s19)
        bench.run(.seconds(2))
        #expect(!bench.plant.rig.isSupplyOn && bench.crew.state(ofSupply: 0) == .off)
        #expect(try #require(bench.news.outputs().compactMap(\.value).last) < Millivolts(500), "measured to be off")
        bench.order(.on)
        let news = bench.run(.seconds(20))
        #expect(news.states() == [.switchingOn, .on])
        #expect((12_800...13_200).contains(bench.plant.rig.supplyVoltage.value), "\(bench.plant.rig.supplyVoltage)")
        let measured = try #require(news.outputs().last?.value)
        #expect(news.outputs().allSatisfy { $0.value != nil }, "half a round is not told")
        #expect((12_500...13_500).contains(measured.value))
        bench.order(.voltage(Millivolts(12_500)))
        bench.run(.seconds(10))
        #expect((12_300...12_700).contains(bench.plant.rig.supplyVoltage.value))
        #expect(bench.news.lost("supplies.psu").isEmpty)
    }

    @Test func theSuppliesWatchdogIsFedAndBitesWhenTheAgentFallsSilent() throws {
        let bench = try CrewBench(.s19(boards: 1), board: Self.s19)
        bench.run(.seconds(2))
        bench.order(.on)
        bench.run(.seconds(180))
        #expect(bench.plant.rig.isSupplyOn)
        bench.plant.run(.seconds(62))
        #expect(!bench.plant.rig.isSupplyOn)
        #expect(bench.run(.seconds(30)).lost("supplies.psu").contains(.output(.absent)))
    }

    @Test func noOrderSwitchesASupplyOnBeforeItIsDischarged() throws {
        let bench = try CrewBench(.s19(boards: 1), board: Self.s19)
        bench.run(.seconds(2))
        for _ in 0..<5 {
            bench.order(.on)
            bench.run(.seconds(7))
            bench.order(.off)
            bench.run(.seconds(3))
        }
        #expect(bench.plant.rig.violations.earlySupplyRestarts == 0)
        bench.order(.on)
        bench.run(.seconds(40))
        #expect(bench.plant.rig.isSupplyOn && bench.plant.rig.violations.earlySupplyRestarts == 0)
        #expect(bench.plant.rig.violations.supplyCalibrationWrites == 0)
    }

    @Test func sensorsAndMemoriesOfAPluggedBoardAreReadAndNothingIsWrittenToAMemory() throws {
        let bench = try CrewBench(.s19(boards: 1), board: Self.s19)
        let news = bench.run(.seconds(5))
        #expect(news.contains(.memory(0, .s19Pro(payloadLength: 0x4A), isPlain: false)))
        for sensor in 0..<2 {
            let value = try #require(news.temperatures(sensor).last?.value)
            #expect((20_000...30_000).contains(value.millidegrees))
        }
        #expect(bench.plant.rig.violations.eepromBytesWritten == 0)
    }

    @Test func aPartThatFallsOffTheBusAndComesBackIsSetUpAnew() throws {
        let bench = try CrewBench(.s19(boards: 1), board: Self.s19)
        bench.run(.seconds(5))
        try bench.plant.rig.inject(.part(0, 0x48, .dead), for: .seconds(20))
        let dead = bench.run(.seconds(15))
        #expect(!dead.lost("sensors.in").isEmpty && dead.temperatures(0).last?.value == nil)
        #expect(dead.temperatures(1).allSatisfy { $0.value != nil }, "its neighbour is not disturbed")
        let back = bench.run(.seconds(40))
        #expect(back.contains(.found("sensors.in")) && back.temperatures(0).last?.value != nil)
    }

    @Test func fansFollowTheirDutyAndALostWriteIsMadeGood() throws {
        let bench = try CrewBench(.s19(boards: 1), board: Self.s19)
        bench.run(.seconds(10))
        let full = bench.plant.rig.fanSpeed(0)
        bench.crew.setDuty(DutyCycle(percent: 40), fan: 0, now: bench.now)
        bench.run(.seconds(15))
        let slow = bench.plant.rig.fanSpeed(0)
        #expect(slow.value < full.value * 3 / 4 && slow > .zero)
        try bench.plant.rig.inject(.fan(0, .lostWrites(2)))
        bench.crew.setDuty(.full, fan: 0, now: bench.now)
        let news = bench.run(.seconds(15))
        #expect(bench.plant.rig.fanSpeed(0).value > full.value * 9 / 10)
        let speeds = news.compactMap { if case .speed(0, 1, let speed) = $0 { speed.value } else { nil } }
        #expect(try #require(speeds.last).value > full.value * 9 / 10)
    }

    @Test func aRegulatorIsProgrammedAndMeasured() throws {
        let bench = try CrewBench(.bitaxe(), board: Self.bitaxe)
        try bench.plant.set(1, true)
        let before = bench.run(.seconds(5))
        #expect(before.temperatures(1).last?.value != nil, "its own sensor answers while its output is off")
        #expect(before.temperatures(0).last?.value != nil && before.contains(.found("fans.fan")))
        bench.order(.on)
        let news = bench.run(.seconds(10))
        #expect(bench.crew.state(ofSupply: 0) == .on && news.lost("supplies.core").isEmpty)
        #expect((1130...1170).contains(try #require(news.outputs().last?.value).value))
        #expect((1130...1170).contains(bench.plant.rig.boards[0].voltage.value))
        let power = news.compactMap { if case .meter(0, _, let power) = $0 { power.value } else { nil } }
        #expect(try #require(power.last) > .zero)
        try bench.plant.rig.inject(.board(0, .regulatorDead))
        #expect(bench.run(.seconds(5)).lost("supplies.core").contains(.output(.absent)))
    }

    @Test func aVoltageControllerHearsItsHeartbeatUntilTheAgentFallsSilent() throws {
        let bench = try CrewBench(.s9(boards: 1), board: Self.s9)
        try bench.plant.set(1, true)
        bench.run(.seconds(5))
        bench.order(.on)
        bench.run(.seconds(60))
        #expect(bench.plant.rig.isEnergised(0))
        #expect((8800...9000).contains(bench.plant.rig.boards[0].voltage.value))
        #expect(bench.plant.rig.violations.controllerFlashCommands == 0)
        bench.plant.run(.seconds(15))
        #expect(!bench.plant.rig.isEnergised(0))
        bench.run(.seconds(5))
        bench.order(.off)
        bench.run(.seconds(5))
        #expect(bench.crew.state(ofSupply: 0) == .off)
    }

    @Test func aSupplyThatAcknowledgesNothingIsSetAllTheSame() throws {
        let bench = try CrewBench(.t1(), board: Self.t1)
        try bench.plant.set(1, true)
        bench.run(.seconds(1))
        bench.order(.on)
        bench.run(.seconds(2))
        #expect((1600...1616).contains(bench.plant.rig.boards[0].voltage.value))
        #expect(!bench.plant.rig.isEnergised(1), "only its own output")
        bench.order(.off)
        bench.run(.seconds(2))
        #expect(!bench.plant.rig.isEnergised(0))
    }
}
