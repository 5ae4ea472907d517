import Base
import Thermal
import Twin

/// What was measured of a campaign, or of several together.
public struct CampaignMeasures: Sendable {
    /// Incidents of one class.
    public struct Row: Sendable {
        public var count = 0
        /// Of those that something could be measured of.
        public var measured = 0
        public var late = 0
        public var slowest = Duration.zero
    }

    public private(set) var hours = 0
    public private(set) var ticks = 0
    public private(set) var energisedTicks = 0
    /// Samples with an energised board above its power-down limit and two degrees; must be none.
    public private(set) var tooHot = 0
    /// The hottest die of an energised board, above the power-down limit; normally negative.
    public private(set) var worstExcess = Celsius.degrees(-273)
    public private(set) var hottest = Celsius.degrees(-273)
    /// Turns of the fans' direction, and those less than 10 s after the one before while nothing was hot; must be none.
    public private(set) var turns = 0
    public private(set) var hunting = 0
    /// Fans called faulty at a tick although nothing is wrong with them; must be none.
    public private(set) var falseAlarms = 0
    public private(set) var trips = 0
    public private(set) var lockOuts = 0
    public private(set) var destroyedChips = 0
    /// Of the calm start: until the leading channel stays within 2 °C of its target, the highest that it got above it, and
    /// the range of the duty in the last five minutes.
    public private(set) var settleTime = Duration.zero
    public private(set) var overshoot = Celsius.degrees(-273)
    public private(set) var ripplePermille: Int32 = 0
    public private(set) var rows: [Row] = Array(repeating: Row(), count: IncidentClass.allCases.count)
    /// Of everything that was decided and happened.
    public private(set) var traceHash: UInt64 = 0

    private let powerDown: Celsius
    private var hash = TraceHash()
    private var lastDuty: Int32?
    private var direction: Int32 = 0
    private var turnedAt: Instant?
    private var lastRegimes: [Regime] = []
    private var regimeChangedAt: Instant?
    private var rippleLow: Int32 = 1000
    private var rippleHigh: Int32 = 0

    init(_ model: CampaignModel, limits: TemperatureLimits) {
        powerDown = limits.powerDown
    }

    /// What was measured of incidents of a class.
    public func row(_ kind: IncidentClass) -> Row { rows[kind.rawValue] }

    /// Incidents whose effect came too late; must be none.
    public var late: Int { rows.reduce(0) { $0 + $1.late } }

    /// Whether everything that must not happen has not.
    public var isGood: Bool { tooHot == 0 && hunting == 0 && falseAlarms == 0 && late == 0 && destroyedChips == 0 }

    mutating func note(
        _ rig: CampaignRig, _ decision: ThermalDecision, isAgentRunning: Bool, isCalm: Bool, now: Instant,
        sinceStart: Duration
    ) {
        ticks += 1
        for board in rig.chains.indices {
            let die = rig.twin.boards[board].hottestDie
            hash.add(die.millidegrees)
            guard rig.twin.isEnergised(board) else { continue }
            energisedTicks += 1
            hottest = max(hottest, die)
            worstExcess = max(worstExcess, die - powerDown)
            if die > powerDown + .degrees(2) { tooHot += 1 }
        }
        guard isAgentRunning else {
            lastDuty = nil
            direction = 0
            turnedAt = nil
            lastRegimes = []
            return
        }
        noteDecision(decision, now: now)
        if isCalm { noteCalm(decision, sinceStart) }
    }

    private mutating func noteDecision(_ decision: ThermalDecision, now: Instant) {
        for fan in 0..<decision.fanCount { hash.add(decision.fans[fan].duty.permille) }
        for board in 0..<decision.boardCount {
            let decided = decision.boards[board]
            if case .allow(let permille) = decided.ceiling { hash.add(permille) } else { hash.add(-1) }
            if lastRegimes.count > board, lastRegimes[board] != decided.regime {
                regimeChangedAt = now
                if decided.regime == .tripped { trips += 1 }
                if decided.regime == .lockedOut { lockOuts += 1 }
            }
            if lastRegimes.count > board {
                lastRegimes[board] = decided.regime
            } else {
                lastRegimes.append(decided.regime)
            }
        }
        let duty = decision.fans[0].duty.permille
        defer { lastDuty = duty }
        guard let lastDuty, duty != lastDuty else { return }
        let new: Int32 = duty > lastDuty ? 1 : -1
        if direction != 0, new != direction {
            turns += 1
            // What is hot gets more air at once, and another regime its own: neither is hunting.
            let isSteady = regimeChangedAt.map { now - $0 > .seconds(10) } ?? true
            let isCalled = duty == 1000 || isHot(decision)
            if let turnedAt, now - turnedAt < .seconds(10), isSteady, !isCalled { hunting += 1 }
            turnedAt = now
        }
        direction = new
    }

    private func isHot(_ decision: ThermalDecision) -> Bool {
        for board in 0..<decision.boardCount {
            if case .hot = decision.boards[board].reason { return true }
        }
        return false
    }

    private mutating func noteCalm(_ decision: ThermalDecision, _ sinceStart: Duration) {
        if let leader = decision.leader {
            overshoot = max(overshoot, Celsius.zero - leader.margin)
            if leader.margin > .degrees(2) || leader.margin < .degrees(-2) { settleTime = sinceStart }
        }
        guard Campaign.calm - sinceStart <= .seconds(300) else { return }
        rippleLow = min(rippleLow, decision.fans[0].duty.permille)
        rippleHigh = max(rippleHigh, decision.fans[0].duty.permille)
        ripplePermille = rippleHigh - rippleLow
    }

    mutating func noteFalseAlarm() { falseAlarms += 1 }

    mutating func note(_ result: IncidentResult) {
        let index = result.kind.rawValue
        rows[index].count += 1
        if result.isLate { rows[index].late += 1 }
        guard let latency = result.latency else { return }
        rows[index].measured += 1
        rows[index].slowest = max(rows[index].slowest, latency)
    }

    mutating func finish(hours: Int) {
        self.hours = hours
        traceHash = hash.value
    }

    mutating func noteDestroyed(_ chips: Int) { destroyedChips = chips }

    /// Adds another campaign's measures: counts together, extremes of both. Hashes are combined in this order.
    public mutating func add(_ other: CampaignMeasures) {
        hours += other.hours
        ticks += other.ticks
        energisedTicks += other.energisedTicks
        tooHot += other.tooHot
        worstExcess = max(worstExcess, other.worstExcess)
        hottest = max(hottest, other.hottest)
        turns += other.turns
        hunting += other.hunting
        falseAlarms += other.falseAlarms
        trips += other.trips
        lockOuts += other.lockOuts
        destroyedChips += other.destroyedChips
        settleTime = max(settleTime, other.settleTime)
        overshoot = max(overshoot, other.overshoot)
        ripplePermille = max(ripplePermille, other.ripplePermille)
        for index in rows.indices {
            rows[index].count += other.rows[index].count
            rows[index].measured += other.rows[index].measured
            rows[index].late += other.rows[index].late
            rows[index].slowest = max(rows[index].slowest, other.rows[index].slowest)
        }
        traceHash = traceHash &* 0x0000_0100_0000_01B3 ^ other.traceHash
    }
}
