import Base
import Buses
import Testing
import Twin

@Suite struct PlantScenarioTests {
    func parse(_ text: String) throws -> TwinScenario { try TwinScenario.parse(Array(text.utf8)) }

    func complaint(_ text: String) -> String {
        do throws(TwinScenarioError) {
            _ = try TwinScenario.parse(Array(text.utf8))
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test func aScenarioIsOneActionALine() throws {
        let scenario = try parse(
            """
            # a fan dies in the hottest hour

            at 90s     set ambient 40C
            at 2m30s   fail fan1 stall for 60s   # it comes back
            at 5m      fail sensor:board1.outlet offset -20.5C
            at 1h500ms clear sensor:board1.outlet offset
            at 2h fail i2c-0@4c lost-writes 3
            at 2h clear all
            """)
        #expect(
            scenario.steps.map(\.action) == [
                .set(.ambient(.degrees(40))), .inject(.fan(0, .stalled), duration: .seconds(60)),
                .inject(.sensor("board1.outlet", .offset(Celsius(millidegrees: -20_500))), duration: nil),
                .clear(.sensor("board1.outlet", .offset(.zero))),
                .inject(.part(0, 0x4C, .lostWrites(3)), duration: nil),
                .clearAll,
            ])
        #expect(
            scenario.steps.map(\.at) == [
                .seconds(90), .seconds(150), .seconds(300), .milliseconds(3_600_500), .seconds(7200), .seconds(7200),
            ])
        #expect(scenario.steps[1].place == TwinScenarioError.Place(line: 4, column: 1))
    }

    @Test func errorsNameLineColumnAndWhatWasExpected() {
        #expect(complaint("\nfail fan1 stall") == "line 2, column 1: expected 'at' and a time, found 'fail'")
        #expect(
            complaint("at 5 fail fan1 stall")
                == "line 1, column 4: expected a time, such as 90s, 2m30s or 500ms, found '5'")
        #expect(complaint("at 5s break it") == "line 1, column 7: expected fail, clear or set, found 'break'")
        #expect(
            complaint("at 5s fail fan0 stall")
                == "line 1, column 12: expected sensor:NAME, sensors, fanN, boardN, supply, i2c-N, i2c-N@ADDRESS, air, "
                + "mains or agent, found 'fan0'")
        #expect(
            complaint("at 5s fail fan1 stal")
                == "line 1, column 17: expected a fault of fanN (stall, dead, worn, tach-loss, tach-zero, lost-writes), found 'stal'"
        )
        #expect(
            complaint("at 5s fail fan1 worn")
                == "line 1, column 21: expected a part, such as 30%, found the end of the line")
        #expect(complaint("at 5s fail fan1 worn 130%") == "line 1, column 22: '130%' is out of range: 0% to 100%")
        #expect(
            complaint("at 5s fail fan1 stall now")
                == "line 1, column 23: expected 'for' or the end of the line, found 'now'")
        #expect(complaint("at 5s set mains 1.5V") == "line 1, column 17: expected volts, such as 230V, found '1.5V'")
        #expect(complaint("at 5s clear all now") == "line 1, column 17: expected the end of the line, found 'now'")
        #expect(complaint("at 5s fail i2c-0@99 dead").hasPrefix("line 1, column 12: expected"))
        #expect(complaint("at 99999999999999999999s set ambient 1C").hasPrefix("line 1, column 4: expected a time"))
        #expect(complaint(String(repeating: "#", count: 70_000)) == "line 1, column 1: longer than 65536")
    }

    /// Every fault there is, once.
    static let faults: [TwinFault] = [
        .sensor("inlet", .dead), .sensor("board2.chip17", .frozen), .sensor("a", .offset(Celsius(millidegrees: -1500))),
        .allSensors(.zero), .allSensors(.ones), .allSensors(.openCircuit), .allSensors(.shortCircuit),
        .allSensors(.fixed(.degrees(-64))), .allSensors(.spikes(.degrees(127))), .allSensors(.detached),
        .fan(0, .stalled), .fan(1, .dead), .fan(2, .worn(permille: 625)), .fan(3, .tachometerLost),
        .fan(3, .tachometerZero),
        .fan(0, .lostWrites(4)), .board(0, .enableStuck(true)), .board(1, .enableStuck(false)),
        .board(2, .resetStuck(true)), .board(0, .resetStuck(false)), .board(0, .regulatorDead),
        .board(0, .regulatorTripped), .board(0, .absent), .board(0, .chainSilent), .board(0, .deadChips(5)),
        .supply(.undervoltage(permille: 850)), .supply(.overtemperature), .supply(.overcurrent), .supply(.noOutput),
        .supply(.stuckOn), .bus(0, .stuck), .bus(1, .noAcknowledge), .bus(12, .timeout), .part(0, 0x4C, .dead),
        .part(1, 0x10, .reset), .part(0, 0x2F, .lostWrites(1)), .air(.hotInlet(.degrees(15))),
        .air(.recirculation(permille: 400)), .air(.dust(permille: 700)), .mains(volts: 0), .mains(volts: 180),
        .agent(.killed), .agent(.stopped),
    ]

    @Test(arguments: faults)
    func everyFaultIsReadAsItIsWritten(fault: TwinFault) throws {
        let text = "fail \(fault) for 3s"
        #expect(try TwinScenario.parseAction(Array(text.utf8)) == .inject(fault, duration: .seconds(3)))
    }

    @Test func everyFaultIsInTheHelp() {
        let help = TwinScenario.help()
        let lines = help.split(separator: "\n").filter { $0.hasPrefix("fail ") }
        #expect(lines.count == PlantScenarioTests.faults.count)
        for word in ["stall", "undervoltage 30%", "offset 12.5C", "dead-chips 3", "volts 180V", "stuck-on"] {
            #expect(help.contains(" \(word): "), "\(word)")
        }
    }

    @Test func randomTextIsRefusedAndNothingElse() throws {
        var generator = SplitMix64(state: 20)
        let words = [
            "at", "5s", "fail", "fan1", "stall", "for", "set", "ambient", "40C", "i2c-0", "@", "#", "\n", "-", "é",
        ]
        for _ in 0..<2000 {
            let count = Int(generator.next() % 9)
            let text = (0..<count).map { _ in words[Int(generator.next() % UInt64(words.count))] }.joined(
                separator: " ")
            _ = complaint(text)
        }
    }

    @Test func aScenarioHappensAtItsTimes() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 60)
        bench.run(.seconds(20))
        try bench.rig.schedule(
            parse(
                """
                at 10s fail fan1 stall for 20s
                at 40s fail fan1 tach-loss
                at 50s clear fan1 tach-loss
                at 60s set ambient 35C
                """))
        bench.run(.seconds(9))
        #expect(bench.rig.fanSpeed(0) > RPM(3000))
        bench.run(.seconds(2))
        #expect(bench.rig.fanSpeed(0) == .zero)
        #expect(bench.rig.standingFaults == [.fan(0, .stalled)])
        bench.run(.seconds(31))
        #expect(bench.rig.fanSpeed(0) > RPM(3000))
        #expect(bench.rig.standingFaults == [.fan(0, .tachometerLost)])
        bench.run(.seconds(60))
        #expect(bench.rig.standingFaults.isEmpty)
        #expect(bench.rig.temperature(at: .inletAir) > .degrees(34))
    }

    @Test func aScenarioThatTheRigCannotHaveChangesNothing() throws {
        let bench = PlantBench()
        let scenario = try parse("at 0s fail fan1 dead\nat 1s fail fan9 dead")
        let error = #expect(throws: TwinScenarioError.self) { try bench.rig.schedule(scenario) }
        #expect(error?.description == "line 2, column 1: no fan9")
        bench.run(.seconds(5))
        #expect(bench.rig.standingFaults.isEmpty)
    }

    @Test func theCommandLine() throws {
        let bench = PlantBench()
        func say(_ line: String) -> String { bench.rig.command(Array(line.utf8)).text }
        #expect(say("fail fan2 dead") == "ok")
        #expect(say("fail sensor:board1.outlet reads 127C for 10s") == "ok")
        #expect(say("faults") == "fan2 dead\nsensor:board1.outlet reads 127.000C")
        #expect(say("fail fan9 dead") == "column 1: no fan9")
        #expect(say("fail board1 regulator-dead") == "column 1: board1 has no regulator of its own")
        #expect(say("fail i2c-0@33 dead") == "column 1: nothing on i2c-0 at 0x33")
        #expect(say("make coffee").hasPrefix("column 1: expected fail, clear or set"))
        #expect(say("at 5s clear all") == "ok")
        bench.run(.seconds(6))
        #expect(say("faults") == "none")
        #expect(say("sensors").hasPrefix("board1.inlet\nboard1.outlet\n"))
        #expect(say("status").contains("hottest die 25.0 °C"))
        #expect(say("") == "")
        for _ in 0..<1024 { _ = say("at 1h fail fan1 dead") }
        #expect(say("at 1h fail fan1 dead") == "column 1: more than 1024 events wait already")
    }
}
