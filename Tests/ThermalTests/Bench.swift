import Base
import Buses
import Thermal

/// A closed loop of controller and small plant in simulated time, with what can be measured of it.
struct Bench {
    /// Channels 0–1 and 2–3: die and board sensor of boards 0 and 1; 4: inlet; 5: supply.
    static let channelCount = 6

    var controller: ThermalController
    let disabled: Protections
    var boards = [BenchBoard(), BenchBoard()]
    var fans = [BenchFan(), BenchFan(), BenchFan()]
    var ambient = 25.0
    var supply = 30.0
    /// What carries the heat away instead of the fans, as a share of their full air.
    var bath: Double?
    var sensorFaults = Array(repeating: SensorFault.none, count: channelCount)
    /// What the rest of the rig wants of each board, 0–1.
    var wanted = [1.0, 1.0]
    /// The switch of a board that does not open any more.
    var welded = [false, false]
    var inputs: ThermalInputs
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var decision = ThermalDecision()
    var record = BenchRecord()

    private var noise: BenchNoise
    private var lastValue = Array(repeating: 25.0, count: channelCount)
    private var lastReading: [Reading<Celsius>]
    private var written: [DutyCycle?] = [nil, nil, nil]

    static let tick = Duration.milliseconds(500)
    static let maximumPower = 1000.0

    init(disabling disabled: Protections = [], seed: UInt64 = 1, change: (inout BenchSetup) -> Void = { _ in }) throws {
        var setup = BenchSetup()
        change(&setup)
        let configuration = try setup.configuration()
        self.disabled = disabled
        controller = ThermalController(configuration, now: now, disabling: disabled)
        inputs = ThermalInputs(for: configuration)
        noise = BenchNoise(state: seed)
        lastReading = Array(repeating: .failed(.settling), count: Self.channelCount)
    }

    func isEnergised(_ board: Int) -> Bool {
        if welded[board] { return true }
        guard case .allow = decision.boards[board].ceiling else { return false }
        return decision.boardCount > board && wanted[board] > 0
    }

    /// Lets the loop run; `each` sees it after every tick.
    mutating func run(_ duration: Duration, each: (inout Bench) -> Void = { _ in }) {
        let ticks = Int(duration / Self.tick)
        for _ in 0..<ticks {
            step()
            each(&self)
        }
    }

    mutating func step() {
        now = now + Self.tick
        for board in boards.indices {
            var power = 0.0
            if isEnergised(board) {
                var permille = 1000.0
                if case .allow(let ceiling) = decision.boards[board].ceiling { permille = Double(ceiling) }
                power = min(wanted[board], permille / 1000) * Self.maximumPower
                if welded[board], power == 0 { power = Self.maximumPower }
            }
            boards[board].power = power
        }
        let flow = bath ?? fans.map(\.speed).reduce(0, +) / (BenchFan.fullSpeed * Double(fans.count))
        for board in boards.indices { boards[board].advance(0.5, ambient: ambient, flow: flow) }
        for fan in fans.indices { fans[fan].advance(0.5) }
        sense()
        decision = controller.decide(inputs, now: now)
        actuate()
        record.note(self)
    }

    private mutating func sense() {
        let truth = [boards[0].die, boards[0].sink, boards[1].die, boards[1].sink, ambient, supply]
        for channel in truth.indices {
            let isAnswering = controller.configuration.channels[channel].answersAfterPower == nil
            let isPowered = isEnergised(channel / 2 % 2)
            let reading = read(truth[channel], channel)
            inputs.channels[channel] = isAnswering || isPowered ? reading : .failed(.allOnes)
        }
        for fan in inputs.fans.indices {
            let (applied, speed) = fans[fan].input(at: now)
            inputs.fans[fan] = ThermalInputs.Fan(applied: applied, speed: speed)
        }
        for board in boards.indices {
            let isSaidOn = isEnergised(board) && !(welded[board] && wanted[board] == 0)
            inputs.boards[board] = ThermalInputs.Board(
                isEnergised: isSaidOn, power: .measured(Milliwatts(Int32(boards[board].power * 1000))))
        }
    }

    private mutating func read(_ truth: Double, _ channel: Int) -> Reading<Celsius> {
        var value = truth + noise.bipolar() * 0.2
        switch sensorFaults[channel] {
        case .none: break
        case .failed: return .failed(.allOnes)
        case .glitchy(let permille): if noise.next() % 1000 < UInt64(permille) { return .failed(.allOnes) }
        case .frozen: value = lastValue[channel]
        case .silent: return lastReading[channel]
        case .detached: value = ambient + noise.bipolar() * 0.2
        case .offset(let degrees): value += degrees
        case .reads(let degrees): value = degrees
        case .fromFuture(let degrees):
            return .ok(Celsius(millidegrees: Int32(degrees * 1000)), at: now + .seconds(3600))
        }
        lastValue[channel] = value
        // Sixteenths of a degree, as a TMP75 counts.
        lastReading[channel] = .ok(.binary(Int32((value * 16).rounded()), fractionBits: 4), at: now)
        return lastReading[channel]
    }

    private mutating func actuate() {
        for fan in inputs.fans.indices {
            let duty = decision.fans[fan].duty
            if decision.fans[fan].needsSetUp, !disabled.contains(.setUpAgain) { fans[fan].isSetUp = true }
            if disabled.contains(.rewriteEveryTick), written[fan] == duty { continue }
            written[fan] = duty
            fans[fan].write(duty)
        }
    }
}

/// The rig of the bench, to be varied by a test.
struct BenchSetup {
    var profile = ThermalConfiguration.Profile.air
    var policy = ThermalChannel.Policy.mustBePresent
    var boardPolicy = ThermalChannel.Policy.mustBePresent
    var minimumGoodSensors = 2
    var noise = Celsius(millidegrees: 200)
    var dieAnswersAfterPower: Duration?
    var minimumFans = 2
    var idle = DutyCycle(percent: 20)
    var tuning = ThermalTuning()
    var crossCheckTolerance = Celsius.degrees(30)
    var supplyKind = ThermalChannel.Kind.supply

    static func limits(_ target: Int32, _ hot: Int32, _ critical: Int32, _ powerDown: Int32) throws -> TemperatureLimits
    {
        guard
            let limits = TemperatureLimits(
                target: .degrees(target), hot: .degrees(hot), critical: .degrees(critical),
                powerDown: .degrees(powerDown))
        else { throw ThermalConfigurationFault.ladder }
        return limits
    }

    func configuration() throws -> ThermalConfiguration {
        var channels: [ThermalChannel] = []
        for board in 0..<2 {
            channels.append(
                ThermalChannel(
                    name: "die\(board)", owner: .board(board), kind: .die, limits: try Self.limits(65, 75, 85, 95),
                    policy: policy, slewPerSecond: .degrees(4), noise: noise,
                    answersAfterPower: dieAnswersAfterPower))
            channels.append(
                ThermalChannel(
                    name: "pcb\(board)", owner: .board(board), kind: .board, limits: try Self.limits(55, 65, 75, 85),
                    policy: boardPolicy, slewPerSecond: .degrees(2), noise: noise))
        }
        channels.append(
            ThermalChannel(
                name: "inlet", owner: .rig, kind: .inlet, limits: try Self.limits(35, 45, 50, 55), policy: .removable,
                slewPerSecond: Celsius(millidegrees: 200), noise: noise))
        channels.append(
            ThermalChannel(
                name: "supply", owner: .rig, kind: supplyKind, limits: try Self.limits(60, 70, 80, 90),
                slewPerSecond: .degrees(1), noise: noise))
        let fan = ThermalFan(curve: FanCurve(RPM(0), RPM(1500), RPM(3000), RPM(4500), RPM(6000)))
        return try ThermalConfiguration(
            profile: profile, channels: channels,
            crossChecks: [
                ThermalCrossCheck(0, 1, within: crossCheckTolerance),
                ThermalCrossCheck(2, 3, within: crossCheckTolerance),
            ],
            fans: profile == .air ? [fan, fan, fan] : [],
            boards: Array(
                repeating: ThermalBoard(
                    maximumPower: Milliwatts(1_000_000), minimumGoodSensors: minimumGoodSensors), count: 2),
            zones: [ThermalZone(minimumFans: minimumFans, idle: idle)], tuning: tuning)
    }
}

/// What is measured of a run.
struct BenchRecord {
    /// The hottest that a board got while it was energised, and the number of ticks above its power-down limit + 2 °C.
    var hottest = -100.0
    var ticksTooHot = 0
    /// Energised board-seconds.
    var energisedTicks = 0
    /// Turns of the zone's duty; and those less than 10 s after the one before, without anything hot.
    var turns = 0
    var huntingTurns = 0
    /// The greatest step of a fan's duty in one tick while nothing was hot or wrong, in thousandths.
    var greatestStep: Int32 = 0
    /// The number of times that any board was switched on.
    var starts = 0
    var regimes: [Regime] = []

    private var lastDuty: Int32?
    private var direction: Int32 = 0
    private var turnedAt: Instant?
    private var wasEnergised = [false, false]

    mutating func note(_ bench: Bench) {
        for (board, state) in bench.boards.enumerated() where bench.isEnergised(board) {
            energisedTicks += 1
            hottest = max(hottest, state.die)
            if state.die > 97 || state.sink > 87 { ticksTooHot += 1 }
        }
        for board in 0..<2 {
            let isOn = bench.isEnergised(board)
            if isOn, !wasEnergised[board] { starts += 1 }
            wasEnergised[board] = isOn
        }
        if regimes.last != bench.decision.regime { regimes.append(bench.decision.regime) }
        noteDuty(bench)
    }

    private mutating func noteDuty(_ bench: Bench) {
        guard bench.decision.fanCount > 0 else { return }
        let duty = bench.decision.fans[0].duty.permille
        defer { lastDuty = duty }
        guard let lastDuty, duty != lastDuty else { return }
        let isCalm = bench.decision.regime == .regulating && bench.decision.degraded.isEmpty
        if isCalm { greatestStep = max(greatestStep, abs(duty - lastDuty)) }
        let new: Int32 = duty > lastDuty ? 1 : -1
        if direction != 0, new != direction {
            turns += 1
            if let turnedAt, bench.now - turnedAt < .seconds(10), isCalm { huntingTurns += 1 }
            turnedAt = bench.now
        }
        direction = new
    }
}
