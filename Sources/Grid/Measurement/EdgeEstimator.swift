import Base

/// The mains frequency from the times of its zero crossings, of either or both polarities.
///
/// Two windows are fitted at every edge: a short one that follows steps, and a long one that is precise and gives the rate
/// of change. A trip may rest on the short one only while the long one agrees. Allocates nothing after `init`.
public struct EdgeEstimator {
    /// What is to be measured, and how.
    public struct Configuration: Equatable, Sendable {
        /// Of the network; only scales the plausibility of edges, and is never an output.
        public var nominal: Millihertz
        public var fastWindow: Duration = .milliseconds(100)
        public var slowWindow: Duration = .milliseconds(500)
        public var voltage = VoltageLimits()
        public var timeQuality: FrequencySample.TimeQuality = .local
        /// Whether to take the time before the first edge for an outage.
        public var beginsAfterOutage = false

        public init(nominal: Millihertz) { self.nominal = nominal }
    }

    /// After a phase step no trip rests on so many half cycles: three cycles.
    static let stepHold: Int64 = 6
    /// The short window reaches back so much further while a step lies in it: three cycles.
    static let stepExtension: Int64 = 6
    /// Readings in a row that must lie beyond a threshold, and the rate of change, in millihertz per second away from nominal,
    /// from which one does. The short window is 50 ms old: at this rate the frequency is another 30 mHz further by now, while
    /// a single edge at the end of its gate cannot move the window by more than 23 mHz at 20 µs of jitter.
    static let confirmations = 3
    static let plainRate = 600.0
    /// What taking over the long window's asymmetry may add to the squares that the short fit leaves, in variances of an edge
    /// about it: four deviations of the one parameter that it saves.
    static let asymmetryDoubt = 16.0
    /// A short window less certain than this, one standard deviation in millihertz, is noise.
    static let noiseLimit = 60.0
    /// Half cycles without an edge that count as no mains: 50 ms at 50 Hz.
    static let silence: Int64 = 5
    /// What a stray adds to the measure of disturbance, and where that is too much; each good edge takes off one.
    static let strayWeight = 4
    static let strayLimit = 20

    /// Half periods that differ by so much from half of the period, in thousandths of it, are told: 50 µs at 50 Hz, what a
    /// comparator 0.8 % off zero makes. A default of this project.
    static let asymmetryLimit: Int32 = 5
    static let asymmetryOverBelow: Int32 = 3

    public let configuration: Configuration
    /// How much the clock that stamps the edges runs fast, in parts per 1,000,000,000: what the time daemon adds to it now.
    public var clockRate: Int32 = 0

    private var track: EdgeTrack
    private let halfPeriod: Double
    private let fastSpan: Int64
    private let slowSpan: Int64
    private var outages: OutageWatch
    private var voltage: (permille: Int32, at: Instant)?
    private var hold: (until: Int64, condition: MainsCondition)?
    private var disturbance = 0
    private var isSagging = false
    private var isSilent = true
    private var firstIndex: Int64 = 0
    private var last: MainsReading?
    private var symmetry = FlawWatch(limit: asymmetryLimit, overBelow: asymmetryOverBelow)
    /// Told with the next reading that has nothing else to tell.
    private var pendingFlaw: MainsEvent?

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        let half = 500 / Double(max(1, configuration.nominal.value))
        func halfCycles(_ window: Duration) -> Int64 {
            Int64(max(4, min(600, Int32(nearest: Double(window.nanoseconds) * 1e-9 / half))))
        }
        halfPeriod = half
        fastSpan = halfCycles(configuration.fastWindow)
        slowSpan = max(halfCycles(configuration.fastWindow), halfCycles(configuration.slowWindow))
        track = EdgeTrack(nominal: configuration.nominal, capacity: Int(slowSpan + Self.stepExtension) + 2)
        outages = OutageWatch(isRecovering: configuration.beginsAfterOutage)
    }

    /// Takes the voltage in thousandths of nominal, where the front end measures it.
    public mutating func take(voltage permille: Int32, at: Instant) {
        voltage = (permille, at)
    }

    /// Takes the next zero crossing.
    public mutating func take(_ crossing: Crossing) -> MainsReading {
        let outcome = track.take(crossing)
        var event: MainsEvent?
        switch outcome {
        case .accepted(let missing, let stray):
            disturbance = max(0, disturbance - 1)
            if stray { event = .strayEdge } else if missing > 0, !isSilent { event = .missingEdges(missing) }
            isSilent = false
        case .blanked, .outOfOrder:
            return publish(isFresh: false, event: nil, now: crossing.at)
        case .suspect:
            disturbance = min(2 * Self.strayLimit, disturbance + Self.strayWeight)
            return publish(isFresh: false, event: nil, now: crossing.at)
        case .drift:
            disturbance = max(0, disturbance - Self.strayWeight)
        case .phaseStep(let seconds):
            event = .phaseJump(millidegrees: Int32(nearest: seconds / halfPeriod * 180_000))
            holdAfterStep(.phaseJump)
        case .amplitudeStep:
            event = .amplitudeStep
            holdAfterStep(.sag)
        case .lost:
            event = .trackLost
            forget()
        }
        return publish(isFresh: true, event: event, now: crossing.at)
    }

    /// Looks for edges that do not come; to be called every 50 ms or so while there are none.
    public mutating func check(now: Instant) -> MainsReading {
        if let newest = track.newestAt, now - newest > .nanoseconds(Int64(halfPeriod * 1e9) * Self.silence) {
            track.forget()
            forget()
            isSilent = true
        }
        return publish(isFresh: false, event: nil, now: now)
    }

    private mutating func holdAfterStep(_ condition: MainsCondition) {
        disturbance = max(0, disturbance - 2 * Self.strayWeight)
        hold = track.ring.newest.map { ($0.index + Self.stepHold, condition) }
    }

    private mutating func forget() {
        symmetry.pause()
        hold = nil
        last = nil
        disturbance = 0
    }

    /// Works out what is known now. Without a fresh edge the frequencies are the last ones, and no trip rests on them.
    private mutating func publish(isFresh: Bool, event noted: MainsEvent?, now: Instant) -> MainsReading {
        var reading = last ?? MainsReading(condition: .acquiring, at: now)
        reading.event = noted
        reading.at = now
        reading.agrees = false
        reading.confirmations = Self.confirmations
        let permille = voltage.flatMap { now - $0.at <= configuration.voltage.staleAfter ? $0.permille : nil }
        reading.voltage = permille
        let scatterLimitPassed = isFresh && estimate(into: &reading)
        let isLive = reading.slow != nil
        let limits = configuration.voltage
        let isGone = isSilent || permille.map { $0 < limits.deadBelow } ?? false
        let isGood = isLive && !isGone && permille.map { $0 >= limits.goodFrom } ?? true
        if let told = outages.update(isGone: isGone, isGood: isGood, limits: limits, now: now) { reading.event = told }
        reading.condition = condition(permille, isLive: isLive, isNoisy: scatterLimitPassed, &reading.event)
        if isGone {
            reading.fast = nil
            reading.slow = nil
            reading.agrees = false
        }
        if reading.event == nil {
            reading.event = pendingFlaw
            pendingFlaw = nil
        }
        last = isSilent ? nil : reading
        return reading
    }

    private mutating func condition(
        _ permille: Int32?, isLive: Bool, isNoisy: Bool, _ event: inout MainsEvent?
    ) -> MainsCondition {
        let limits = configuration.voltage
        if isSilent { return .dead }
        if let permille, permille < limits.deadBelow { return .ghost }
        let isLow = permille.map { $0 < limits.sagBelow } ?? false
        if isLow, !isSagging { event = .sag(permille: permille ?? 0) }
        isSagging = isLow
        if let (until, condition) = hold, let newest = track.ring.newest {
            if newest.index <= until { return condition }
            hold = nil
        }
        if isLow { return .sag }
        if isNoisy || disturbance > Self.strayLimit { return .noisy }
        guard isLive else { return .acquiring }
        return outages.isRecovering ? .recovering : .valid
    }

    /// Fills in both windows; whether the short one is too uncertain to be used.
    private mutating func estimate(into reading: inout MainsReading) -> Bool {
        reading.fast = nil
        reading.slow = nil
        let covered = track.ring.newest.map { $0.index - track.ring[track.ring.count - 1].index } ?? 0
        guard covered >= fastSpan else { return false }
        let slow = PhaseFit(track.ring, span: slowSpan, extension: 0, halfPeriod: halfPeriod)
        let parabola = covered >= slowSpan ? slow.parabola : nil
        let fast = shortFit(slow, parabola)
        guard fast.spread >= 15, let fastSlope = fast.slope else { return false }
        track.slope = fastSlope
        reading.fast = sample(slope: fastSlope, center: fast.center, rocof: nil)
        guard let slowSlope = slow.slope, let parabola, let scatter = fast.scatter else { return false }
        let period = halfPeriod + slowSlope
        let rocof = -parabola.curvature / (period * period * period) * 1000
        track.curvature = parabola.curvature
        watchSymmetry(slow, parabola)
        let slowSample = sample(slope: slowSlope, center: slow.center, rocof: Int32(nearest: rocof))
        reading.slow = slowSample
        reading.fast?.rocof = Int32(nearest: rocof)
        // In millihertz per second of slope.
        let scale = 1000 / (2 * period * period)
        let fastNoise = scatter / fast.spread.squareRoot() * scale
        let slowNoise = 3.3 * scatter / slow.spread.squareRoot() * scale
        let difference = abs(fastSlope - slowSlope) * scale
        let extrapolated = parabola.slope + 2 * parabola.curvature * fast.center
        let disagreement = abs(fastSlope - extrapolated) * scale
        let noise = (fastNoise * fastNoise + slowNoise * slowNoise).squareRoot()
        let expected = slow.edges * Int(fastSpan + 1) / Int(slowSpan + 1)
        // Either the long window, carried on to the middle of the short one, says the same; or the short one has left the
        // long one behind by more than noise can, and in the direction that the long one is bending.
        let tellsTheSame = disagreement <= 5 + 1.5 * noise + difference / 4
        let isEvent =
            difference >= 20 + 6 * fastNoise && (extrapolated > slowSlope) == (fastSlope > slowSlope)
        reading.agrees = (tellsTheSame || isEvent) && fast.edges * 10 >= expected * 6 && !track.isPuzzled
        // A positive slope is a frequency below nominal.
        if slow.isUnbroken, rocof.magnitude >= Self.plainRate, (rocof < 0) == (fastSlope > 0) {
            reading.confirmations = 1
        }
        return fastNoise > Self.noiseLimit
    }

    /// The short window, with the asymmetry that the long one has found; with its own while the long one knows none, or where
    /// the edges speak against it because it has just changed.
    private func shortFit(_ slow: PhaseFit, _ parabola: (slope: Double, curvature: Double)?) -> PhaseFit {
        let own = PhaseFit(track.ring, span: fastSpan, extension: Self.stepExtension, halfPeriod: halfPeriod)
        guard slow.isUnbroken, let parabola,
            let asymmetry = slow.asymmetry(slope: parabola.slope, curvature: parabola.curvature)
        else { return own }
        let shared = PhaseFit(
            track.ring, span: fastSpan, extension: Self.stepExtension, halfPeriod: halfPeriod, asymmetry: asymmetry)
        guard let left = shared.residue, let ownLeft = own.residue, let scatter = own.scatter else { return own }
        return left - ownLeft <= Self.asymmetryDoubt * scatter * scatter ? shared : own
    }

    private mutating func watchSymmetry(_ fit: PhaseFit, _ parabola: (slope: Double, curvature: Double)) {
        guard let newest = track.newestAt,
            let asymmetry = fit.asymmetry(slope: parabola.slope, curvature: parabola.curvature)
        else { return symmetry.pause() }
        let permille = Int32(nearest: asymmetry / halfPeriod * 1000)
        guard let change = symmetry.take(permille, now: newest) else { return }
        pendingFlaw = MainsEvent(change, .asymmetry(nanoseconds: Int32(nearest: asymmetry * 1e9)))
    }

    private func sample(slope: Double, center: Double, rocof: Int32?) -> FrequencySample? {
        guard let newest = track.newestAt else { return nil }
        let period = halfPeriod + slope
        let hertz = (1 + Double(clockRate) * 1e-9) / (2 * period)
        return FrequencySample(
            frequency: Microhertz(hertz: hertz), rocof: rocof,
            at: newest + .nanoseconds(Int64(Int32(nearest: center * period * 1e6)) * 1000),
            timeQuality: configuration.timeQuality)
    }
}
