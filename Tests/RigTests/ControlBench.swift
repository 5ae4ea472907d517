import ASIC
import Base
import Buses
import Testing
import Thermal

@testable import Rig

/// The controller in a loop with a small rig: boards that heat, a supply, fans, chains that take a while. It holds the
/// loop to what must never be, at every step.
struct ControlBench {
    struct Board {
        enum Defect {
            case noChips, noHashes, hung, welded, unplugged, foreignChips
            /// The chain gives up after a minute of hashing.
            case dies
        }

        var defect: Defect?
        var lineUp = false
        var inReset = true
        var clock = ClockFrequency.megahertz(50)
        var stage = BoardStatus.Stage.off
        var stageSince = Instant(nanoseconds: 0)
        var nonces: UInt64 = 0
        var errors: UInt64 = 0
        var temperature = 25.0
        var power = 0.0
        /// When its enable lease ends.
        var leaseUntil = Instant(nanoseconds: 0)
        var starts = 0
        /// The chips run at this clock whatever they are told.
        var stuckClock: ClockFrequency?

        var fault: ChainFault { defect == .foreignChips ? .foreignChips(model: 0x1397) : .noChips }
    }

    static let tick = Duration.seconds(1)
    static let model = BoardPowerModel(
        rest: Milliwatts(50_000), clock: .megahertz(500), voltage: Millivolts(13_000), power: Milliwatts(1_000_000),
        hashesPerCycle: 100 * 500)

    var controller: RigController
    var seen: RigObservation
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var unixSeconds: Int64? = 1_764_000_000
    var boards: [Board]
    var supplyOn = false
    var supplyTold = Millivolts(12_800)
    var supplyDead = false
    var supplyVolts = 0.0
    var fanDuty: [DutyCycle]
    var fanStalled = [false, false]
    var sensorDead: [Bool]
    var partyHangs = false
    var actions: [ControlAction] = []
    var events: [Event] = []
    var persisted: [ControlRecord] = []
    var fed = 0
    var ambient = 25.0
    var measuresPower = true
    /// What reached storage.
    var stored: [ControlRecord: [UInt8]] = [:]
    /// What was found to be as it must never be.
    private(set) var findings = Findings()
    /// Whether somebody looks at `findings`; otherwise each is a failure of the test.
    private let isCollecting: Bool

    init(
        boards count: Int = 3, memory: ControlMemory? = nil, targets: Tuner.Target? = nil,
        disabling disabled: PowerProtections? = nil
    ) throws {
        isCollecting = disabled != nil
        let limits = try #require(
            TemperatureLimits(
                target: .degrees(65), hot: .degrees(80), critical: .degrees(90), powerDown: .degrees(100)))
        let thermal = try ThermalConfiguration(
            channels: (0..<count).map {
                ThermalChannel(name: "board \($0)", owner: .board($0), kind: .board, limits: limits)
            },
            fans: (0..<2).map { _ in
                ThermalFan(curve: FanCurve(RPM(0), RPM(1500), RPM(3000), RPM(4500), RPM(6000)))
            },
            boards: (0..<count).map { _ in ThermalBoard(maximumPower: Milliwatts(1_000_000)) })
        let configuration = try ControlConfiguration(
            boards: (0..<count).map { index in
                var board = ControlConfiguration.Board(
                    name: "board \(index)", supply: 0, model: Self.model,
                    clocks: .megahertz(50)...(.megahertz(500)), offBelow: Milliwatts(20_000))
                if let targets {
                    board.target = targets
                    board.tuning = Tuner.Profile(
                        clocks: .megahertz(50)...(.megahertz(500)), voltages: Millivolts(12_800)...Millivolts(12_800))
                }
                return board
            },
            supplies: [
                .apw(
                    "psu", limits: Millivolts(12_000)...Millivolts(15_000), start: Millivolts(12_800),
                    isMeasured: true)
            ],
            thermal: thermal, power: PowerPlan.Profile(base: Milliwatts(50_000), efficiencyPermille: 940),
            parties: [ProgressGate.Party("relay", limit: .seconds(2)), ProgressGate.Party("board", limit: .seconds(5))])
        controller = RigController(
            configuration, memory: memory ?? ControlMemory(supplyCount: 1, boardCount: count),
            disabling: disabled ?? [], now: now)
        seen = RigObservation(temperatureCount: count, fanCount: 2, supplyCount: 1, boardCount: count, partyCount: 2)
        boards = Array(repeating: Board(), count: count)
        fanDuty = [.full, .full]
        sensorDead = Array(repeating: false, count: count)
        send(.hasWork(true))
    }

    /// What is left behind for the next run.
    var memory: ControlMemory {
        get throws { try memory { controller.json(of: $0) } }
    }

    /// What the next run finds after the power was cut just now.
    var memoryAfterCut: ControlMemory {
        get throws { try memory { stored[$0] } }
    }

    private func memory(_ content: (ControlRecord) -> [UInt8]?) throws -> ControlMemory {
        let count = boards.count
        var memory = ControlMemory(supplyCount: 1, boardCount: count)
        if let bytes = content(.faults) { memory.faults = try FaultRecord.read(file: "faults.json", bytes: bytes) }
        if let bytes = content(.cycles) {
            memory.cycles = try CycleLedger.read(
                file: "cycles.json", bytes: bytes, supplyCount: 1, boardCount: count)
        }
        if let bytes = content(.tuning) {
            memory.tuning = try TuningRecord.read(file: "tuning.json", bytes: bytes, boardCount: count)
        }
        if let bytes = content(.starts) { memory.starts = try StartLedger.read(file: "starts.json", bytes: bytes) }
        return memory
    }

    func setpoint(_ watts: Int32, deadline: Duration? = nil, isFrozen: Bool = false) -> ControlInput {
        .setpoint(
            PowerSetpoint(
                limit: Milliwatts(watts * 1000), source: .configured, reason: .claimed, since: now,
                deadline: deadline.map { now + $0 }, isTuningFrozen: isFrozen))
    }

    /// Power at the mains.
    var mains: Double { 50 + boards.reduce(0) { $0 + $1.power } / 0.94 }

    var states: [BoardState] { controller.boards.map(\.state) }

    mutating func send(_ input: ControlInput) {
        actions = []
        controller.handle(input, now: now, into: &actions)
        for action in actions { perform(action) }
    }

    mutating func run(_ duration: Duration, each: (inout ControlBench) -> Void = { _ in }) {
        for _ in 0..<Int(duration / Self.tick) {
            now = now + Self.tick
            if let seconds = unixSeconds, now.nanoseconds % 1_000_000_000 == 0 { unixSeconds = seconds + 1 }
            move()
            observe()
            send(.tick(seen))
            check()
            each(&self)
        }
    }

    // MARK: The rig

    private mutating func move() {
        let makes = supplyOn && !supplyDead
        supplyVolts = makes ? Double(supplyTold.value) / 1000 : max(0, supplyVolts - 3)
        let flow = (0..<2).reduce(0.0) { $0 + (fanStalled[$1] ? 0 : Double(fanDuty[$1].permille) / 2000) }
        for index in boards.indices {
            if boards[index].leaseUntil <= now { boards[index].lineUp = false }
            let isLive = supplyVolts > 10 && (boards[index].lineUp || boards[index].defect == .welded)
            advanceChain(index, isLive)
            let model = Self.model
            boards[index].power =
                !isLive
                ? 0
                : boards[index].stage == .hashing || boards[index].defect == .welded
                    ? Double(model.power(at: boards[index].clock, Millivolts(12_800)).value) / 1000 : 50
            // 1 kW lifts a board by 40 °C with full fans and by 200 °C without; time constant 40 s and more.
            let rise = boards[index].power / (5 + 20 * flow)
            boards[index].temperature += (ambient + rise - boards[index].temperature) / 40
        }
    }

    private mutating func advanceChain(_ index: Int, _ isLive: Bool) {
        let age = now - boards[index].stageSince
        if boards[index].defect == .hung { return }
        switch boards[index].stage {
        case .bringingUp where age >= .seconds(8):
            if !isLive || boards[index].inReset || boards[index].defect == .noChips
                || boards[index].defect == .foreignChips
            {
                enter(.faulted, index)
            } else {
                enter(.hashing, index)
            }
        case .hashing:
            if !isLive || boards[index].inReset {
                enter(.backingOff, index)
            } else if boards[index].defect == .dies, age >= .seconds(60) {
                enter(.faulted, index)
            } else if boards[index].defect != .noHashes {
                boards[index].nonces += 10
            }
        case .backingOff where age >= .seconds(20): enter(.faulted, index)
        default: break
        }
    }

    private mutating func enter(_ stage: BoardStatus.Stage, _ index: Int) {
        boards[index].stage = stage
        boards[index].stageSince = now
    }

    private mutating func observe() {
        for index in boards.indices {
            let board = boards[index]
            seen.temperatures[index] =
                sensorDead[index]
                ? .failed(.allOnes)
                : .ok(
                    Celsius(millidegrees: Int32(board.temperature * 16) * 1000 / 16 + Int32(index % 3) * 62), at: now)
            var status = BoardStatus()
            status.stage = board.stage
            status.fault = board.stage == .faulted ? board.fault : nil
            status.clock = board.stage == .hashing ? board.clock : nil
            status.validNonces = board.nonces
            status.hardwareErrors = board.errors
            status.hashesPerSecond = board.stage == .hashing ? Self.model.hashRate(at: board.clock) : 0
            if board.defect != .hung {
                seen.boards[index].status = status
                seen.boards[index].statusAt = now
            }
            seen.boards[index].isPlugged = board.defect != .unplugged
            seen.boards[index].power =
                measuresPower ? .ok(Milliwatts(Int32(board.power * 1000)), at: now) : .failed(.unverifiedScale)
        }
        for index in fanDuty.indices {
            seen.fans[index].duty = .ok(fanDuty[index], at: now)
            seen.fans[index].speed =
                fanStalled[index] ? .failed(.stopped) : .ok(RPM(fanDuty[index].permille * 6), at: now)
        }
        seen.supplies[0].voltage = .ok(Millivolts(Int32(supplyVolts * 1000)), at: now)
        seen.mainsPower = .ok(Milliwatts(Int32(mains * 1000)), at: now)
        seen.progress[0] += 1
        if !partyHangs { seen.progress[1] += 1 }
        seen.unixSeconds = unixSeconds
    }

    private mutating func perform(_ action: ControlAction) {
        switch action {
        case .fan(let index, let duty): fanDuty[index] = duty
        case .boardLine(let index, let enable):
            boards[index].lineUp = enable
            boards[index].leaseUntil = now + RigController.leaseDuration
        case .boardReset(let index, let asserted): boards[index].inReset = asserted
        case .chain(let index, .start):
            boards[index].starts += 1
            enter(.bringingUp, index)
        case .chain(let index, .stop): if boards[index].defect != .hung { enter(.off, index) }
        case .chain(let index, .setFrequency(let clock)): boards[index].clock = boards[index].stuckClock ?? clock
        case .supply(_, .on): supplyOn = true
        case .supply(_, .off): supplyOn = false
        case .supply(_, .voltage(let voltage)): supplyTold = voltage
        case .event(let event): events.append(event)
        case .persist(let record):
            persisted.append(record)
            stored[record] = controller.json(of: record)
        case .feedWatchdog: fed += 1
        }
    }

    // MARK: What must never be

    private mutating func check() {
        for index in boards.indices {
            let board = boards[index]
            let decision = controller.decision.boards[index]
            if case .off = decision.ceiling { require(!board.lineUp, "line up although heat forbids it") }
            require(board.lineUp == controller.boards[index].state.isEnabled, "line and state differ")
            require(board.temperature < 105, "board \(index) overheats")
            if board.lineUp {
                require(
                    !fanStalled.allSatisfy { $0 } || now - board.stageSince < .seconds(10), "line up without fans")
            }
            if board.power > 20, board.defect != .welded {
                require(fanDuty.contains { $0 >= DutyCycle(percent: 20) }, "hot without fans")
            }
        }
    }

    private mutating func require(_ condition: Bool, _ what: @autoclosure () -> String) {
        if isCollecting { findings.require(condition, what()) } else if !condition { Issue.record("\(what())") }
    }
}
