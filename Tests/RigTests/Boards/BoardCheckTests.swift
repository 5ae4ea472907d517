import Foundation
import Rig
import Testing

/// Files that read well and cannot be.
@Suite struct BoardCheckTests {
    static let chips =
        #""name": "b", "uart": "u", "reset": "r", "chips": 2, "max_frequency_mhz": 500, "max_power_watts": 9, "source": "measured""#

    static func board(_ sections: String, chain: String = #"{"kind": "cpu"}"#) -> String {
        #"{"schema": 1, "name": "b","# + "\n" + sections + "\n" + #""chains": ["# + chain + "]}"
    }

    static let measured = #""source": "measured""#

    @Test(arguments: [
        (
            #""i2c": {"a": {"device": "/dev/i2c-0", \#(measured)}, "b": {"device": "/dev/i2c-0", \#(measured)}},"#,
            "b.json:2:78: i2c.b.device: used twice: i2c.a.device has it already"
        ),
        (
            #""lines": {"a": {"direction": "in", "sysfs": 5, "active_low": true, \#(measured)}, "b": {"direction": "in", "sysfs": 5, "active_low": true, \#(measured)}},"#,
            "b.json:2:96: lines.b: used twice: lines.a has it already"
        ),
        (
            #""gpio": {"g": {"label": "soc", "base": 900, \#(measured)}}, "lines": {"a": {"direction": "in", "gpio": "g", "offset": 7, "sysfs": 908, "active_low": true, \#(measured)}},"#,
            "b.json:2:139: lines.a.sysfs: found 908; gpio.g and offset make it 907"
        ),
        (
            #""gpio": {"g": {"label": "soc", "base": 900, \#(measured)}}, "lines": {"a": {"direction": "in", "gpio": "g", "offset": 7, "active_low": true, \#(measured)}, "b": {"direction": "out", "sysfs": 907, "active_low": true, \#(measured)}},"#,
            "b.json:2:178: lines.b: used twice: lines.a has it already"
        ),
        (
            #""lines": {"a": {"direction": "in", "active_low": true, \#(measured)}},"#,
            #"b.json:2:16: lines.a: expected "gpio" and "offset", "line" or "sysfs" to say which line this is"#
        ),
        (
            #""eeproms": {"a": {"bus": "hush", "address": "0x50", \#(measured)}}, "i2c": {"hash": {"device": "/dev/i2c-0", \#(measured)}},"#,
            #"b.json:2:26: eeproms.a.bus: found "hush"; expected the name of an i2c of this board: did you mean "hash"?"#
        ),
        (
            #""i2c": {"h": {"device": "/dev/i2c-0", \#(measured)}}, "eeproms": {"a": {"bus": "h", "address": "0x50", \#(measured)}, "b": {"bus": "h", "address": "0x50", \#(measured)}},"#,
            "b.json:2:164: eeproms.b.address: used twice: eeproms.a.address has it already"
        ),
        (
            #""i2c": {"h": {"device": "/dev/i2c-0", \#(measured)}}, "eeproms": {"a": {"bus": "h", "address": "0x48", \#(measured)}},"#,
            #"b.json:2:104: eeproms.a.address: found "0x48"; expected an address for EEPROMs, "0x50" to "0x57""#
        ),
        (
            #""watchdog": {"device": "twin:watchdog0", \#(measured)},"#,
            #"b.json:2:24: watchdog.device: found "twin:watchdog0"; expected a path of this board"#
        ),
        (
            #""simulated": {}, "watchdog": {"device": "/dev/watchdog0", "source": "simulated"},"#,
            #"b.json:2:41: watchdog.device: found "/dev/watchdog0"; expected twin:NAME: the board is simulated"#
        ),
        (
            #""simulated": {"behind_kernel": true}, "watchdog": {"device": "twin:watchdog0", "source": "simulated"},"#,
            #"b.json:2:62: watchdog.device: found "twin:watchdog0"; expected a path of this board"#
        ),
        (
            #""watchdog": {"device": "/dev/watchdog", "source": "simulated"},"#,
            #"b.json:2:51: watchdog.source: found "simulated"; the board has no key "simulated""#
        ),
        (
            #""supplies": {"s": {"kind": "line", "enable": "e", "start_mv": 12000, \#(measured)}}, "lines": {"e": {"direction": "in", "sysfs": 1, "active_low": false, \#(measured)}},"#,
            #"b.json:2:46: supplies.s.enable: found "e"; expected the name of a line of direction "out" of this board: the board has none"#
        ),
    ])
    func complainsWhereItIs(sections: String, message: String) {
        #expect(BoardFiles.complaint(Self.board(sections)) == message)
    }

    @Test(arguments: [
        (#""frequency_mhz": 600"#, "chains[0].frequency_mhz: found 600; expected 56.25 to 500 MHz"),
        (#""minimum_chips": 3"#, "chains[0].minimum_chips: found 3; expected 1 to the chain's 2 chips"),
        (#""domains": 3"#, "chains[0].domains: found 3; expected a divisor of the chain's 2 chips"),
        (
            #""supplies": ["s"]"#,
            #"chains[0].supplies[0]: found "s"; expected the name of a supply of this board: the board has none"#
        ),
        (
            #""spi": "u""#,
            #"chains[0]: unknown key "spi"; expected one of kind, name, reset, enable, plug, supplies, chips, minimum_chips, frequency_mhz, max_frequency_mhz, reporting_difficulty, max_power_watts, minimum_sensors, source, uart, domains, domain_edges"#
        ),
    ])
    func chainsThatCannotRun(key: String, message: String) throws {
        let sections =
            #""uart": {"u": {"device": "/dev/ttyS1", "max_baud": 115200, \#(Self.measured)}}, "lines": {"r": {"direction": "out", "sysfs": 1, "active_low": true, \#(Self.measured)}},"#
        #expect(BoardFiles.complaint(Self.board(sections, chain: "{\"kind\": \"bm1362\", \(Self.chips)}")) == nil)
        let said = try #require(
            BoardFiles.complaint(Self.board(sections, chain: "{\"kind\": \"bm1362\", \(Self.chips), \(key)}")))
        #expect(said.hasSuffix(": \(message)"), "\(said)")
    }

    /// A sensor of kind `chips` on a chain of `kind`.
    private func chipSensor(_ kind: String, policy: String) -> String {
        let sections = #"""
            "uart": {"u": {"device": "/dev/ttyS1", "max_baud": 115200, \#(Self.measured)}},
            "spi": {"u": {"device": "/dev/spidev0.0", \#(Self.measured)}},
            "lines": {"r": {"direction": "out", "sysfs": 1, "active_low": true, \#(Self.measured)}},
            "limits": {"l": {"target_celsius": 60, "hot_celsius": 70, "critical_celsius": 80, "power_down_celsius": 90,
                \#(Self.measured)}},
            "sensors": {"own": {"kind": "chips", "place": "chip", "chain": "b", "policy": "\#(policy)", "limits": "l",
                \#(Self.measured)}},
            """#
        var chips = Self.chips
        if kind == "a1" || kind == "t1" { chips = chips.replacing(#""uart""#, with: #""spi""#) }
        if kind == "t1" { chips += #", "min_frequency_mhz": 400"# }
        return Self.board(sections, chain: #"{"kind": "\#(kind)", \#(chips)}"#)
    }

    @Test func chipsThatTellTheirTemperatureMayBeASensor() {
        #expect(BoardFiles.complaint(chipSensor("t1", policy: "required")) == nil)
        #expect(BoardFiles.complaint(chipSensor("bm1368", policy: "removable")) == nil)
        #expect(BoardFiles.complaint(chipSensor("bm1368", policy: "error-prone")) == nil)
    }

    @Test(arguments: ["bm1362", "bm1366", "bm1370", "bm1397", "a1"])
    func chipsThatMeasureNothingAreNoSensor(kind: String) {
        #expect(
            BoardFiles.complaint(chipSensor(kind, policy: "removable"))
                == #"b.json:7:29: sensors.own.kind: found "chips"; \#(kind) chips measure no temperature that can be read, only bm1368 and t1 do"#
        )
    }

    @Test func chipsThatAreAskedSeldomDoNotSuperviseABoard() {
        #expect(
            BoardFiles.complaint(chipSensor("bm1368", policy: "required"))
                == #"b.json:7:79: sensors.own.policy: found "required"; expected "removable" or "error-prone": bm1368 chips are asked every 10s, too seldom to supervise a board by"#
        )
    }
}
