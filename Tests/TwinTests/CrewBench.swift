import Base
import Buses
import Rig
import Testing
import Twin

/// The parts crew of the agent on the buses of a simulated rig, in simulated time.
final class CrewBench {
    let plant: PlantBench
    let board: Board
    let crew: PartsCrew
    private(set) var news: [PartNews] = []

    init(_ rig: TwinRigConfiguration, board text: String) throws {
        plant = PlantBench(rig)
        board = try Board.read(file: "bench.json", bytes: Array(text.utf8))
        crew = PartsCrew(
            board, clearance: try Clearance(board, confirmed: []), hardware: TwinPartsHardware(plant.rig, board))
    }

    var now: Instant { plant.clock.now }

    /// Lets time pass, the crew at work.
    @discardableResult func run(_ duration: Duration) -> [PartNews] {
        let end = now + duration
        var taken: [PartNews] = []
        while now < end {
            crew.step(now: now)
            taken += crew.takeNews()
            let next = min(end, max(crew.wakeAt, now + .milliseconds(1)))
            plant.run(next - now)
        }
        news += taken
        return taken
    }

    func order(_ order: SupplyOrder, _ supply: Int = 0) { crew.supply(supply, order, now: now) }

    static func board(_ sections: String, chain: String) -> String {
        """
        {"schema": 1, "name": "bench", "simulated": {},
        "i2c": {"hash": {"device": "twin:i2c-0", "source": "simulated"}, "psu": {"device": "twin:i2c-1", "source": "simulated"}},
        "uart": {"u": {"device": "twin:uart0", "max_baud": 115200, "source": "simulated"}},
        "spi": {"s": {"device": "twin:spi0", "source": "simulated"}},
        "gpio": {"g": {"device": "twin:gpiochip0", "source": "simulated"}},
        "pwm": {"front": {"device": "twin:pwmchip0", "channel": 0, "period_ns": 40000, "source": "simulated"}},
        "lines": {
            "psu": {"direction": "out", "gpio": "g", "offset": 0, "active_low": false, "source": "simulated"},
            "reset": {"direction": "out", "gpio": "g", "offset": 11, "active_low": false, "source": "simulated"},
            "plug": {"direction": "in", "gpio": "g", "offset": 21, "active_low": false, "source": "simulated"},
            "tach1": {"direction": "in", "gpio": "g", "offset": 31, "active_low": false, "source": "simulated"},
            "tach2": {"direction": "in", "gpio": "g", "offset": 32, "active_low": false, "source": "simulated"}},
        "limits": {"l": {"target_celsius": 60, "hot_celsius": 70, "critical_celsius": 80, "power_down_celsius": 90,
            "source": "simulated"}},
        \(sections)
        "chains": [{\(chain), "name": "b", "reset": "reset", "plug": "plug", "chips": 1, "max_frequency_mhz": 500,
            "max_power_watts": 1000, "source": "simulated"}]}
        """
    }
}

/// Opens the buses and lines of a simulated rig by the numbers in the board file.
private final class TwinPartsHardware: PartsHardware {
    private let rig: TwinRig
    private let board: Board

    init(_ rig: TwinRig, _ board: Board) {
        self.rig = rig
        self.board = board
    }

    private func require<Opened>(_ opened: Opened?) throws(BusFault) -> Opened {
        guard let opened else { throw BusFault(.noBus, bus: BusName(.gpio, 0), operation: "open") }
        return opened
    }

    func i2c(_ bus: I2CDescription) throws(BusFault) -> any I2CBus {
        try require(rig.i2c(bus.device.hasSuffix("0") ? 0 : 1))
    }

    func pwm(_ output: PWMDescription) throws(BusFault) -> any PWMChannel {
        try require(rig.pwm(0, UInt32(output.channel)))
    }

    func output(_ line: LineDescription) throws(BusFault) -> any OutputLine {
        try require(rig.output(0, UInt32(line.offset ?? 0)))
    }

    func input(_ line: LineDescription) throws(BusFault) -> any InputLine {
        try require(rig.input(0, UInt32(line.offset ?? 0)))
    }

    func tachometer(_ line: LineDescription, pulsesPerRevolution: Int) throws(BusFault) -> any Tachometer {
        try require(rig.tachometer((line.offset ?? 0) - 31))
    }

    func temperature(chip: String, channel: Int) throws(BusFault) -> any TemperatureSource {
        throw BusFault(.noBus, bus: BusName(.i2c, 0), operation: "open")
    }

    func fan(chip: String, channel: Int) throws(BusFault) -> (pwm: any PWMChannel, speed: any Tachometer) {
        throw BusFault(.noBus, bus: BusName(.pwm, 0), operation: "open")
    }
}

extension [PartNews] {
    func temperatures(_ sensor: Int) -> [Reading<Celsius>] {
        compactMap { if case .temperature(sensor, let reading) = $0 { reading } else { nil } }
    }

    func states(_ supply: Int = 0) -> [SupplyState] {
        compactMap { if case .supply(supply, let state) = $0 { state } else { nil } }
    }

    func outputs(_ supply: Int = 0) -> [Reading<Millivolts>] {
        compactMap { if case .supplyOutput(supply, let voltage, _) = $0 { voltage } else { nil } }
    }

    func lost(_ path: String) -> [PartFault] {
        compactMap { if case .lost(path, let fault) = $0 { fault } else { nil } }
    }
}
