import Base
import Thermal
import Twin

/// A closed loop of controller, drivers and simulated rig, in simulated time, with one thing after another going wrong.
///
/// Twenty minutes without incident show how the loop settles; then every ten to fifteen minutes an incident of another
/// class, until the hours are over. The load changes and the room's temperature wanders meanwhile.
public struct Campaign {
    /// How often the controller decides, and the rig is looked at.
    public static let tick = Duration.milliseconds(500)
    /// The control board's watchdog, fed at every tick.
    static let watchdogTimeout = Duration.seconds(3)
    /// From the watchdog's bite until the agent is back.
    static let bootTime = Duration.seconds(20)
    /// Without incident, at first.
    static let calm = Duration.seconds(1200)

    let rig: CampaignRig
    let seed: UInt64
    private var controller: ThermalController
    private var inputs: ThermalInputs
    private var decision = ThermalDecision()
    private var draws: CampaignDraws
    private var wanted: [Int32]
    /// When the agent comes back; nil while it runs.
    private var agentBackAt: Instant?
    private var restartsSeen = 0
    private let start: Instant
    private var loadChangesAt: Instant
    private var incidentAt: Instant
    /// How far the clock is into the tick already.
    private var intoTick = Duration.zero
    private var kinds: [IncidentClass] = []
    private var incident: OpenIncident?
    private var measures: CampaignMeasures
    /// When something was last wrong that reaches the fans: they, their power, their controller.
    private var fansTroubledAt: Instant
    private let disabled: Protections

    /// - Throws: when the model's rig or configuration does not fit the harness.
    public init(_ model: CampaignModel, seed: UInt64) throws(CampaignFault) {
        try self.init(model, seed: seed, disabling: [])
    }

    /// For tests that take protections away.
    package init(_ model: CampaignModel, seed: UInt64, disabling disabled: Protections) throws(CampaignFault) {
        rig = try CampaignRig(model, seed: seed)
        self.seed = seed
        self.disabled = disabled
        draws = CampaignDraws(seed: seed)
        start = rig.clock.now
        controller = ThermalController(rig.configuration, now: start, disabling: disabled)
        inputs = ThermalInputs(for: rig.configuration)
        wanted = Array(repeating: 1000, count: rig.chains.count)
        loadChangesAt = start + Campaign.calm
        fansTroubledAt = start
        incidentAt = start + Campaign.calm
        measures = CampaignMeasures(model, limits: rig.configuration.channels[0].limits)
        setAmbient(.degrees(Int32(draws.next(in: 15...32))))
        armWatchdog()
        guard rig.start() else { throw .part("a regulator that does not start") }
    }

    /// Runs for the hours and tells what was measured.
    public mutating func run(hours: Int) -> CampaignMeasures {
        let ticks = Int64(hours) * 3_600_000_000_000 / Campaign.tick.nanoseconds
        for _ in 0..<ticks { step() }
        measures.noteDestroyed(rig.twin.violations.destroyedChips)
        measures.finish(hours: hours)
        return measures
    }

    private mutating func step() {
        pass(Campaign.tick - intoTick)
        intoTick = .zero
        let now = rig.clock.now
        superviseAgent(now)
        changeLoad(now)
        if agentBackAt == nil {
            rig.sense(&inputs)
            inputs.unlock = decision.regime == .lockedOut
            decision = controller.decide(inputs, now: now)
            rig.act(decision, wanted: wanted)
            mendSensors()
            feedWatchdog()
        }
        look(now)
        causeIncident(now)
    }

    private func pass(_ time: Duration) {
        rig.clock.advance(by: time)
        rig.twin.advance(to: rig.clock.now)
    }

    // MARK: The agent

    /// A killed or stopped agent neither decides nor feeds the watchdog; after the watchdog's bite a new one starts.
    private mutating func superviseAgent(_ now: Instant) {
        if rig.twin.controlBoardRestarts != restartsSeen {
            restartsSeen = rig.twin.controlBoardRestarts
            agentBackAt = now + Campaign.bootTime
        } else if rig.twin.agent != nil, agentBackAt == nil {
            agentBackAt = now + .seconds(3600)
        }
        guard let back = agentBackAt, now >= back, rig.twin.hasControlPower, rig.twin.agent == nil, rig.start() else {
            return
        }
        agentBackAt = nil
        controller = ThermalController(rig.configuration, now: now, disabling: disabled)
        inputs = ThermalInputs(for: rig.configuration)
        decision = ThermalDecision()
        armWatchdog()
    }

    /// A part that has lost its settings does not always say so: whatever is doubted gets them again.
    private func mendSensors() {
        for index in rig.sensors.indices {
            if let status = controller.status(ofChannel: index), !status.isGood { rig.sensors[index].setUpAgain() }
        }
    }

    private func armWatchdog() {
        // The simulated watchdog refuses nothing.
        do { _ = try rig.twin.controlWatchdog.arm(timeout: Campaign.watchdogTimeout) } catch { return }
    }

    private func feedWatchdog() {
        do { try rig.twin.controlWatchdog.feed() } catch { return }
    }

    // MARK: The world

    private mutating func changeLoad(_ now: Instant) {
        guard now >= loadChangesAt else { return }
        loadChangesAt = now + .seconds(draws.next(in: 240...700))
        let loads: [Int32] = [1000, 1000, 1000, 850, 600, 400, 0]
        let common = loads[draws.next(in: 0...loads.count - 1)]
        for board in wanted.indices {
            wanted[board] = draws.next(in: 0...3) == 0 ? loads[draws.next(in: 0...loads.count - 1)] : common
        }
        setAmbient(.degrees(Int32(draws.next(in: 10...38))))
        inputs.manualFloor = draws.next(in: 0...5) == 0 ? Base.DutyCycle(percent: Int32(draws.next(in: 10...60))) : nil
    }

    private func setAmbient(_ ambient: Celsius) {
        do throws(TwinFaultRefusal) {
            try rig.twin.perform(.set(.ambient(ambient)))
        } catch {
            // Every rig has air of a temperature; only faults are refused.
        }
    }

    private mutating func causeIncident(_ now: Instant) {
        guard incident == nil, now >= incidentAt else { return }
        // All classes before any comes twice, in an order of the seed's.
        if kinds.isEmpty { kinds = shuffledKinds() }
        guard let kind = kinds.popLast(), let next = Incident(kind, on: rig, &draws) else { return }
        // What goes wrong does not wait for a tick.
        intoTick = .milliseconds(draws.next(in: 0...499))
        pass(intoTick)
        incident = OpenIncident(next, at: rig.clock.now, rig: rig)
        // One in four comes at a bad time: hot air, or air that hardly moves.
        let worse: [TwinFault] = [.air(.hotInlet(.degrees(20))), .air(.dust(permille: 850))]
        let aggravation = draws.next(in: 0...7)
        let isAggravated = aggravation < worse.count && next.kind.response != .staysOn
        for fault in next.faults + (isAggravated ? [worse[aggravation]] : []) {
            // What a model cannot have is not among its incidents.
            do { try rig.twin.inject(fault, for: next.duration) } catch { incident = nil }
        }
    }

    private mutating func shuffledKinds() -> [IncidentClass] {
        var kinds = IncidentClass.allCases
        for index in kinds.indices.dropFirst().reversed() { kinds.swapAt(index, draws.next(in: 0...index)) }
        return kinds
    }

    // MARK: What is seen

    /// Fans with which nothing is wrong are not to be accused.
    private mutating func watchFans(_ now: Instant) {
        let isTroubled = rig.twin.standingFaults.contains { $0.reachesFans }
        if isTroubled || agentBackAt != nil { fansTroubledAt = now }
        guard now - fansTroubledAt > .seconds(20) else { return }
        for fan in 0..<decision.fanCount where decision.fans[fan].condition.isFaulty { measures.noteFalseAlarm() }
    }

    private mutating func look(_ now: Instant) {
        watchFans(now)
        measures.note(
            rig, decision, isAgentRunning: agentBackAt == nil, isCalm: now - start < Campaign.calm, now: now,
            sinceStart: now - start)
        guard var watched = incident else { return }
        watched.look(rig, decision, now: now)
        if now - watched.at > watched.incident.duration + .seconds(30), let result = watched.result(now: now) {
            measures.note(result)
            incident = nil
            incidentAt = now + .seconds(draws.next(in: 400...700))
        } else {
            incident = watched
        }
    }
}

/// An incident that has begun and is watched.
struct OpenIncident {
    let incident: Incident
    let at: Instant
    /// What had to happen had happened before: nothing can be measured.
    private let isMoot: Bool
    private var respondedAt: Instant?
    /// A board tripped that should have stayed on.
    private var hasTripped = false

    init(_ incident: Incident, at now: Instant, rig: CampaignRig) {
        self.incident = incident
        at = now
        switch incident.kind.response {
        case .boardOff:
            // Next to what it says, a wrong value is no different from a right one.
            let isBelievable = incident.saysCold && rig.twin.boards[incident.board].hottestDie < .degrees(55)
            isMoot = isBelievable || !rig.twin.isEnergised(incident.board)
        case .allOff, .othersFull: isMoot = !rig.chains.indices.contains { rig.twin.isEnergised($0) }
        case .staysOn, .nothingTooHot: isMoot = true
        }
    }

    mutating func look(_ rig: CampaignRig, _ decision: ThermalDecision, now: Instant) {
        if incident.kind.response == .staysOn,
            (0..<decision.boardCount).contains(where: { decision.boards[$0].regime == .tripped })
        {
            hasTripped = true
        }
        guard respondedAt == nil, !isMoot else { return }
        let isAllOff = !rig.chains.indices.contains { rig.twin.isEnergised($0) }
        switch incident.kind.response {
        case .boardOff: if !rig.twin.isEnergised(incident.board) { respondedAt = now }
        case .allOff: if isAllOff { respondedAt = now }
        case .othersFull:
            let isFull = rig.fans.indices.allSatisfy { $0 == incident.fan || decision.fans[$0].duty == .full }
            if isFull || isAllOff { respondedAt = now }
        case .staysOn, .nothingTooHot: break
        }
    }

    /// How it ended; nil while it is too early to say.
    func result(now: Instant) -> IncidentResult? {
        guard let limit = incident.kind.response.limit, !isMoot else {
            return IncidentResult(kind: incident.kind, latency: nil, isLate: hasTripped)
        }
        let latency = (respondedAt ?? now) - at
        // Shorter than the limit: it may have been over in time by itself.
        if respondedAt == nil, incident.duration < limit {
            return IncidentResult(kind: incident.kind, latency: nil, isLate: false)
        }
        return IncidentResult(kind: incident.kind, latency: latency, isLate: latency > limit)
    }
}

/// How an incident ended.
public struct IncidentResult: Sendable {
    public let kind: IncidentClass
    /// From the incident until what had to follow; nil where nothing could be measured.
    public let latency: Duration?
    public let isLate: Bool
}
