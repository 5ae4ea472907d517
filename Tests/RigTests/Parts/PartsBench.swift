import Base
import Buses
import Rig

/// A crew on fake hardware, and a clock that only moves when it is told.
final class PartsBench {
    static let text = """
        {"schema": 1, "name": "bench",
        "i2c": {"slow": {"device": "/dev/i2c-0", "source": "measured"}},
        "uart": {"u": {"device": "/dev/ttyS1", "max_baud": 115200, "source": "measured"}},
        "pwm": {"front": {"device": "/sys/class/pwm/pwmchip0", "channel": 0, "period_ns": 40000, "source": "measured"}},
        "lines": {
            "reset": {"direction": "out", "sysfs": 1, "active_low": true, "source": "measured"},
            "plug": {"direction": "in", "sysfs": 2, "active_low": true, "source": "measured"},
            "psu": {"direction": "out", "sysfs": 3, "active_low": true, "source": "measured"},
            "tach": {"direction": "in", "sysfs": 4, "active_low": true, "source": "measured"}},
        "supplies": {"psu": {"kind": "line", "enable": "psu", "start_mv": 12000, "source": "measured"}},
        "chains": [{"kind": "bm1362", "name": "b", "uart": "u", "reset": "reset", "plug": "plug", "supplies": ["psu"],
            "chips": 2, "max_frequency_mhz": 500, "max_power_watts": 9, "source": "measured"}],
        "fans": {"front": {"kind": "pwm", "pwm": "front", "tachometers": ["tach"], "source": "measured"}},
        "limits": {"l": {"target_celsius": 60, "hot_celsius": 70, "critical_celsius": 80, "power_down_celsius": 90,
            "source": "measured"}},
        "sensors": {
            "a": {"kind": "tmp75", "bus": "slow", "address": "0x48", "offset_celsius": 5, "place": "board", "chain": "b",
                "limits": "l", "source": "measured"},
            "room": {"kind": "tmp75", "bus": "slow", "address": "0x49", "place": "inlet", "limits": "l",
                "source": "measured"}},
        "eeproms": {"b": {"bus": "slow", "address": "0x50", "chain": "b", "source": "measured"}}}
        """

    let hardware = FakePartsHardware()
    let crew: PartsCrew
    private(set) var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var news: [PartNews] = []

    init() throws {
        let board = try Board.read(file: "bench.json", bytes: Array(Self.text.utf8))
        crew = PartsCrew(board, clearance: try Clearance(board, confirmed: []), hardware: hardware)
    }

    /// A TMP75 at this temperature in sixteenths of a degree.
    func sensor(at address: UInt8, sixteenths: UInt16) {
        let raw = sixteenths << 4
        hardware.bus.registers[address] = [0: [UInt8(raw >> 8), UInt8(raw & 0xFF)]]
    }

    /// Lets time pass, the crew stepping whenever it asks to; gives the news of that time.
    @discardableResult func run(_ duration: Duration) -> [PartNews] {
        let end = now + duration
        var taken: [PartNews] = []
        while true {
            crew.step(now: now)
            taken += crew.takeNews()
            let next = max(crew.wakeAt, now + .milliseconds(1))
            if next > end { break }
            now = next
        }
        now = end
        news += taken
        return taken
    }
}

extension [PartNews] {
    func temperatures(_ sensor: Int) -> [Reading<Celsius>] {
        compactMap { if case .temperature(sensor, let reading) = $0 { reading } else { nil } }
    }

    func states(_ supply: Int) -> [SupplyState] {
        compactMap { if case .supply(supply, let state) = $0 { state } else { nil } }
    }
}
