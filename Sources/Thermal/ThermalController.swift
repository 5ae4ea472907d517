import Base
import Buses

/// Decides from readings and the time how fast the fans turn and how much power each board may draw.
///
/// Pure: it reads no clock and drives nothing. A tick allocates nothing. Without a decision at every tick the hardware
/// underneath has to switch off by itself. Docs/thermal.md explains the regimes and every number.
public struct ThermalController: Sendable {
    public let configuration: ThermalConfiguration
    let disabled: Protections
    let startedAt: Instant
    var lastTick: Instant

    var estimates: [ChannelEstimate]
    var sensorWatches: [SensorWatch]
    var crossWatches: [CrossCheckWatch]
    var power: [BoardPower]
    var boards: [Supervision]
    var rig: Supervision
    var fanWatches: [FanWatch]
    var zones: [ZoneCooling]
    /// Of the boards in order, then of the rig; gathered anew at every tick.
    var surveys = InlineArray<9, Survey>(repeating: Survey())
    var targetShift = Celsius.zero
    var stopAskedAt: Instant?
    var decision = ThermalDecision()

    /// A controller that starts in `boot`: boards off, fans at full speed.
    public init(_ configuration: ThermalConfiguration, now: Instant) {
        self.init(configuration, now: now, disabling: [])
    }

    /// For tests that take protections away.
    package init(_ configuration: ThermalConfiguration, now: Instant, disabling disabled: Protections) {
        self.configuration = configuration
        self.disabled = disabled
        startedAt = now
        lastTick = now
        estimates = Array(repeating: ChannelEstimate(), count: configuration.channels.count)
        sensorWatches = Array(repeating: SensorWatch(), count: configuration.channels.count)
        crossWatches = Array(repeating: CrossCheckWatch(), count: configuration.crossChecks.count)
        power = Array(repeating: BoardPower(now: now), count: configuration.boards.count)
        boards = Array(repeating: Supervision(now: now), count: configuration.boards.count)
        rig = Supervision(now: now)
        fanWatches = configuration.fans.map { FanWatch($0) }
        let loop = FanLoop(gains: configuration.tuning.gains, output: .full)
        zones = Array(repeating: ZoneCooling(loop: loop), count: configuration.zones.count)
        decision.fanCount = configuration.fans.count
        decision.boardCount = configuration.boards.count
    }

    /// One tick, at regular intervals of a quarter to one second. A clock that stands still or goes back counts as no
    /// time.
    public mutating func decide(_ inputs: ThermalInputs, now: Instant) -> ThermalDecision {
        let now = max(now, lastTick)
        let elapsed = now - lastTick
        lastTick = now
        decision.degraded = []
        applyShift(inputs.targetShift)
        updatePower(inputs, now: now)
        updateChannels(inputs, now: now)
        updateFans(inputs, elapsed: elapsed, now: now)
        survey()
        superviseRig(inputs, now: now)
        superviseBoards(inputs, now: now)
        summarise()
        decision.stop = stopProgress(inputs, now: now)
        cool(inputs, elapsed: elapsed, now: now)
        return decision
    }

    /// Other gains from the next tick on, without a step in any fan.
    public mutating func retune(_ gains: FanGains) {
        for index in zones.indices { zones[index].loop.retune(gains) }
    }

    /// What is known of a channel, by its index in the configuration; nil outside it.
    public func status(ofChannel index: Int) -> ChannelStatus? {
        guard estimates.indices.contains(index) else { return nil }
        let estimate = estimates[index]
        let target = configuration.channels[index].limits.target(shifted: targetShift)
        return ChannelStatus(
            quality: estimate.quality, raw: estimate.value,
            age: estimate.value == nil ? .zero : lastTick - estimate.takenAt, estimate: estimate.estimate,
            margin: estimate.estimate.map { target - $0 })
    }

    private mutating func applyShift(_ wish: Celsius) {
        guard wish != targetShift else { return }
        for index in zones.indices { zones[index].loop.shift(wish - targetShift) }
        targetShift = wish
    }

    private mutating func updatePower(_ inputs: ThermalInputs, now: Instant) {
        for index in power.indices {
            let input = inputs.boards.indices.contains(index) ? inputs.boards[index] : nil
            power[index].update(input, configuration.boards[index], now: now, disabled: disabled)
            if power[index].isPoweredWhileOff { decision.degraded.insert(.poweredWhileOff) }
        }
    }

    private mutating func updateFans(_ inputs: ThermalInputs, elapsed: Duration, now: Instant) {
        for index in fanWatches.indices {
            let input = inputs.fans.indices.contains(index) ? inputs.fans[index] : nil
            fanWatches[index].judge(
                input, configuration.fans[index], tuning: configuration.tuning, elapsed: elapsed, now: now,
                disabled: disabled)
            switch fanWatches[index].condition {
            case .starting, .turning, .untested: break
            case .slow, .fast: decision.degraded.insert(.fanSpeed)
            case .stalled, .unobserved: decision.degraded.insert(.fanLost)
            case .uncontrolled: decision.degraded.insert(.fanControl)
            }
        }
    }

    /// The rig's regime, reason and leader: those of whatever is worst off.
    private mutating func summarise() {
        decision.regime = rig.regime
        decision.reason = rig.reason
        var leader = surveys[boards.count].leader
        var worst = surveys[boards.count].worstError
        for index in boards.indices {
            if boards[index].regime.severity > decision.regime.severity || index == 0 && rig.regime == .regulating {
                decision.regime = boards[index].regime
                decision.reason = boards[index].reason
            }
            if let candidate = surveys[index].leader, leader == nil || surveys[index].worstError > worst {
                leader = candidate
                worst = surveys[index].worstError
            }
        }
        decision.leader = nil
        guard let leader, let status = status(ofChannel: leader), let estimate = status.estimate,
            let margin = status.margin
        else { return }
        decision.leader = ThermalLeader(
            channel: leader, estimate: estimate, raw: status.raw, age: status.age, margin: margin)
    }

    /// A clean stop waits until the boards are off, the fans have had their dwell and everything is cool; or for its limit.
    private mutating func stopProgress(_ inputs: ThermalInputs, now: Instant) -> StopProgress {
        guard inputs.isStopping else {
            stopAskedAt = nil
            return .notAsked
        }
        if stopAskedAt == nil { stopAskedAt = now }
        if disabled.contains(.stopWaits) { return .done }
        var isCool = surveys[boards.count].isCool
        for index in boards.indices {
            guard let off = power[index].offSince else { return .cooling }
            if !surveys[index].isCool || (off > startedAt && now - off < configuration.tuning.coolDownDwell) {
                isCool = false
            }
        }
        return isCool || now - (stopAskedAt ?? now) >= configuration.tuning.stopLimit ? .done : .cooling
    }
}
