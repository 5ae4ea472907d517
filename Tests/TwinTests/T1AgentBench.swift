import ASIC
import Base
import Buses
import Peripherals
import Testing
import Thermal
import Twin

@testable import Rig

/// The agent on a simulated DragonMint board in simulated time: controller, parts crew and chain, each called as often as
/// the daemon's threads call it. The board has four chips only, which take the power of all 63, so that minutes take seconds.
final class T1AgentBench {
    /// How often the controller looks at everything, and how often a board tells its status (Docs/control.md).
    private static let tick = Duration.milliseconds(500)
    private static let statusInterval = Duration.seconds(1)
    private static let shift = 25

    let crew: CrewBench
    let chain: SPIChainModel
    let mining: MiningBench
    private(set) var loop: ControlLoop
    private(set) var events: [Event] = []
    /// The temperatures that the controller goes on being told; nil for those that the chips measure.
    var frozenTemperature: Reading<Celsius>?
    /// At how many ticks since the board hashes a channel was not good, by its name.
    private(set) var doubts: [String: Int] = [:]
    private let reset: GatedTwinLine
    private let enable: GatedTwinLine
    private let start: GatedTwinLine
    private var ticks: UInt64 = 0
    private var nextTick: Instant
    private var nextStatus: Instant

    init() throws {
        crew = try CrewBench(Self.rig, board: Self.board)
        let (plant, clock) = (crew.plant, crew.plant.clock)
        chain = SPIChainModel(
            .t1, chipCount: 4, simulatedShift: Self.shift, kernel: UARTRig.kernel, now: clock.now)
        chain.setPower(true)
        plant.rig.boards[0].attach(chain)
        reset = GatedTwinLine(try #require(plant.rig.output(0, 11)), holds: true)
        enable = GatedTwinLine(try #require(plant.rig.output(0, 1)), holds: false)
        start = GatedTwinLine(
            ChipLine(.startEnable, of: chain, clock: clock, exclusion: plant.rig.exclusion), holds: false)
        let description = try #require(crew.board.chipChains.first)
        let plan = try #require(try description.t1Plan(simulatedShift: Self.shift))
        let bus = TwinSPIBus(name: BusName(.spi, 0), chain: chain, clock: clock, exclusion: plant.rig.exclusion)
        let lines = SPIBoardLines(
            reset: reset, power: enable, startEnable: start, supply: T1ChainSupply(try plant.bus()))
        mining = try MiningBench(
            clock: clock, board: SPIHashBoard(chain: try T1Chain(plan: plan, now: clock.now), bus: bus, lines: lines),
            versionsPerPiece: 4, poolZeroBits: 14)
        let control = try ControlAssembly(
            crew.board, clearance: try Clearance(crew.board, confirmed: []), running: [0])
        let power = try #require(PowerSettings(rated: control.rated, minimum: control.minimum))
        loop = ControlLoop(
            control.configuration, wiring: control.wiring, power: power,
            memory: ControlMemory(supplyCount: 1, boardCount: 1), seed: 1, now: clock.now)
        nextTick = clock.now
        // A board's thread and the controller's keep no step: a status waits for the next tick as long as it can.
        nextStatus = clock.now + .milliseconds(10)
        send(.hasWork(true))
    }

    var now: Instant { crew.now }
    var state: BoardState { loop.controller.boards[0].state }
    /// What the thermal controller thinks of a sensor.
    func channel(_ name: String) -> ChannelStatus? {
        let channels = loop.controller.configuration.thermal.channels
        return channels.firstIndex { $0.name == name }.flatMap { loop.controller.thermal.status(ofChannel: $0) }
    }

    /// The sensor that the board's fans follow.
    var leader: String? {
        loop.controller.decision.boards[0].leader.map { loop.controller.configuration.thermal.channels[$0].name }
    }

    /// Lets time pass until `condition`, which is looked at with every tick; false when that did not come in time.
    @discardableResult
    func run(_ limit: Duration, until condition: () -> Bool = { false }) throws -> Bool {
        let end = now + limit
        while now < end {
            crew.crew.step(now: now)
            for news in crew.crew.takeNews() { loop.take(news) }
            if nextStatus <= now {
                nextStatus = now + Self.statusInterval
                var status = mining.status
                if let frozenTemperature { status.chipTemperature = frozenTemperature }
                loop.take(status, ofBoard: 0, now: now)
            }
            if nextTick <= now {
                nextTick = now + Self.tick
                try look()
                if condition() { return true }
            }
            let next = min(end, nextTick, nextStatus, max(crew.crew.wakeAt, now + .milliseconds(1)))
            try mining.run(for: next - now)
            crew.plant.rig.advance(to: now)
        }
        return condition()
    }

    private func look() throws {
        ticks += 1
        for party in 0..<3 { loop.note(progress: ticks, ofParty: party) }
        var actions: [ControlLoop.Action] = []
        loop.tick(unixSeconds: nil, now: now, into: &actions)
        for action in actions { try perform(action) }
        guard state.isHashing else { return }
        for name in ["chips", "outlet"] where channel(name)?.isGood != true { doubts[name, default: 0] += 1 }
    }

    private func send(_ input: ControlInput) {
        var actions: [ControlLoop.Action] = []
        loop.control(input, now: now, into: &actions)
    }

    private func perform(_ action: ControlLoop.Action) throws {
        switch action {
        case .fan(let fan, let duty): crew.crew.setDuty(duty, fan: fan, now: now)
        case .boardLine(_, let isEnabled):
            try enable.setGate(isEnabled)
            try start.setGate(isEnabled)
        case .boardReset(_, let isHeld): try reset.setGate(isHeld)
        case .chain(_, .start): try mining.start()
        case .chain(_, .stop): mining.board.stop(now: now)
        case .chain(_, .setFrequency(let frequency)): mining.board.setFrequency(frequency, now: now)
        case .supply(let supply, let order): crew.order(order, supply)
        case .event(let event): events.append(event)
        case .persist, .feedWatchdog: break
        }
    }

    // MARK: The rig

    /// The first slot of a T1, with a third of its stream. Each of the four chips takes as much power as a quarter of the
    /// real board's, and gets no hotter.
    private static var rig: TwinRigConfiguration {
        var rig = TwinRigConfiguration.t1()
        rig.cooling.fullStream /= 3
        var board = rig.boards[0]
        let share = Int32(board.chips / 4)
        board.chips = 4
        board.chipPower = Milliwatts(board.chipPower.value * share)
        board.dieToSink /= share
        board.sinkToStream /= share
        board.dieCapacity *= share
        board.sinkCapacity *= share
        board.boardCapacity *= share
        rig.boards = [board]
        rig.lines = rig.lines.filter { line in
            switch line.role {
            case .boardEnable(let board), .boardReset(let board), .boardPlug(let board): board == 0
            default: true
            }
        }
        return rig
    }

    private static let board = """
        {"schema": 1, "name": "bench", "simulated": {},
        "i2c": {"hash": {"device": "twin:i2c-0", "source": "simulated"}},
        "spi": {"s": {"device": "twin:spi0", "source": "simulated"}},
        "gpio": {"g": {"device": "twin:gpiochip0", "source": "simulated"}},
        "pwm": {"front": {"device": "twin:pwmchip0", "channel": 0, "period_ns": 40000, "source": "simulated"}},
        "lines": {
            "power": {"direction": "out", "gpio": "g", "offset": 1, "active_low": false, "source": "simulated"},
            "start": {"direction": "out", "gpio": "g", "offset": 2, "active_low": false, "source": "simulated"},
            "reset": {"direction": "out", "gpio": "g", "offset": 11, "active_low": false, "source": "simulated"},
            "plug": {"direction": "in", "gpio": "g", "offset": 21, "active_low": false, "source": "simulated"},
            "tach1": {"direction": "in", "gpio": "g", "offset": 31, "active_low": false, "source": "simulated"},
            "tach2": {"direction": "in", "gpio": "g", "offset": 32, "active_low": false, "source": "simulated"}},
        "supplies": {"out1": {"kind": "t1", "bus": "hash", "address": "0x01", "output": 1, "start_mv": 1608,
            "source": "simulated"}},
        "chains": [{"kind": "t1", "name": "b", "spi": "s", "reset": "reset", "enable": "power", "start": "start",
            "plug": "plug", "supplies": ["out1"], "chips": 4, "min_frequency_mhz": 1200, "frequency_mhz": 1332,
            "max_frequency_mhz": 1392, "chip_mv": 390, "max_power_watts": 700, "source": "simulated"}],
        "cooling": {"minimum_fans": 1},
        "fans": {"front": {"kind": "pwm", "pwm": "front", "tachometers": ["tach1", "tach2"], "source": "simulated"}},
        "limits": {"die": {"target_celsius": 60, "hot_celsius": 95, "critical_celsius": 105, "power_down_celsius": 115,
            "source": "simulated"}},
        "sensors": {
            "outlet": {"kind": "lm75", "bus": "hash", "address": "0x48", "place": "board", "chain": "b",
                "policy": "removable", "limits": "die", "source": "simulated"},
            "chips": {"kind": "chips", "place": "chip", "chain": "b", "limits": "die", "source": "simulated"}}}
        """
}

/// An output that both the chain and the controller have a say in, as `GatedLine` of the daemon: a reset line is active
/// while either holds it, any other while both want it.
private final class GatedTwinLine: OutputLine {
    private let line: any OutputLine
    private let holds: Bool
    private var wish: Bool
    private var gate: Bool

    init(_ line: any OutputLine, holds: Bool) {
        self.line = line
        self.holds = holds
        wish = holds
        gate = holds
    }

    func set(_ active: Bool) throws(BusFault) {
        wish = active
        try apply()
    }

    func setGate(_ active: Bool) throws(BusFault) {
        gate = active
        try apply()
    }

    func isActive() throws(BusFault) -> Bool { try line.isActive() }

    private func apply() throws(BusFault) {
        try line.set(holds ? wish || gate : wish && gate)
    }
}

/// The first output of a T1's supply as its chain sets it.
private final class T1ChainSupply: VoltageSupply {
    private let part: T1Supply

    init(_ bus: any I2CBus) {
        part = T1Supply(on: bus)
    }

    func set(_ vid: SupplyVID) throws(BusFault) {
        guard let level = InnosiliconVID(vid.number) else {
            throw BusFault(.unsupported, bus: BusName(.i2c, 0), operation: "set a supply")
        }
        do throws(ChipFault) {
            try part.setVoltage(level, chain: 1)
        } catch {
            throw BusFault(.unsupported, bus: BusName(.i2c, 0), operation: "set a supply")
        }
    }
}
