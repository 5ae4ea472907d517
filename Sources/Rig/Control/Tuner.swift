import ASIC
import Base

/// Finds the clock and voltage at which one board meets a target of power or hash rate, step by step and by what is
/// measured at each: first the clock, then as little voltage as the chips stand.
///
///     resting ─▶ searching ⇄ trimming ─▶ settled
///                    └───────────┴─────▶ aborted
///
/// Bounded in steps; goes back at once when hardware errors abound; stands still while it is frozen or the board runs at
/// another clock than it was given, because somebody allows less.
public struct Tuner: Sendable {
    /// What is wanted of a board.
    public enum Target: Hashable, Sendable {
        case power(Milliwatts)
        case hashRate(UInt64)
    }

    /// Within which bounds and at what pace is searched (Docs/control.md, "Tuning").
    public struct Profile: Equatable, Sendable {
        public var clocks: ClosedRange<ClockFrequency>
        /// One voltage where the board cannot set its own.
        public var voltages: ClosedRange<Millivolts>
        public var voltageStep = Millivolts(20)
        /// The grid of clocks, and the longest way at once, in hertz.
        public var clockStep: UInt32 = FrequencyRamp.stepHertz
        public var longestStep: UInt32 = 25_000_000
        /// How long a setting is watched, at least and at most.
        public var dwell = Duration.seconds(60)
        public var longestDwell = Duration.seconds(300)
        /// Results that a setting is judged by, at least.
        public var results: UInt64 = 300
        /// Hardware errors in thousandths of all results: too many to stay, and too many to wait.
        public var errorLimitPermille: UInt64 = 20
        public var alarmPermille: UInt64 = 100
        /// How near the target is near enough, in thousandths.
        public var tolerancePermille: UInt64 = 10
        public var stepLimit = 60
        public var strikeLimit = 5

        public init(clocks: ClosedRange<ClockFrequency>, voltages: ClosedRange<Millivolts>) {
            self.clocks = clocks
            self.voltages = voltages
        }
    }

    /// What a board is told.
    public struct Setting: Hashable, Sendable {
        public var clock: ClockFrequency
        public var voltage: Millivolts

        public init(clock: ClockFrequency, voltage: Millivolts) {
            self.clock = clock
            self.voltage = voltage
        }
    }

    /// What is seen of the board.
    public struct Observation: Equatable, Sendable {
        /// Nil while the board does not hash at a steady clock and voltage.
        public var setting: Setting?
        /// Measured, or what the model says where nothing measures it.
        public var power: Milliwatts
        public var isPowerMeasured: Bool
        public var hashesPerSecond: UInt64
        /// Counts since the chain was made.
        public var validNonces: UInt64
        public var hardwareErrors: UInt64

        public init(
            setting: Setting?, power: Milliwatts, isPowerMeasured: Bool, hashesPerSecond: UInt64,
            validNonces: UInt64, hardwareErrors: UInt64
        ) {
            self.setting = setting
            self.power = power
            self.isPowerMeasured = isPowerMeasured
            self.hashesPerSecond = hashesPerSecond
            self.validNonces = validNonces
            self.hardwareErrors = hardwareErrors
        }
    }

    /// How far the search is.
    public enum Phase: Hashable, Sendable {
        case resting
        case searching
        case trimming
        case settled
        /// The board errs too often wherever it was tried.
        case aborted
    }

    /// So many calm windows, a day or more, forget earlier strikes.
    static let forgiveness = 1440

    /// What is known of a setting that was watched.
    struct Judgement {
        var metric: UInt64
        var errorPermille: UInt64
    }

    struct Window {
        let since: Instant
        let validNonces: UInt64
        let hardwareErrors: UInt64
    }

    public let profile: Profile
    public private(set) var phase = Phase.resting
    public private(set) var target: Target?
    /// What the board is to run at.
    public private(set) var setting: Setting
    /// What was found; persisted and used again.
    public private(set) var result: TuningResult?
    public private(set) var steps = 0
    private var strikes = 0
    /// Windows without too many errors since the search was over.
    private var calm = 0
    private var good: Setting?
    /// The highest clock at which errors stayed few.
    private var ceiling: ClockFrequency
    private var window: Window?
    private let safe: Setting
    private let disabled: PowerProtections

    /// - Parameters:
    ///   - safe: a setting that the board is known to stand; where a search begins and an aborted one ends.
    ///   - result: what an earlier search found.
    public init(profile: Profile, safe: Setting, result: TuningResult? = nil) {
        self.init(profile: profile, safe: safe, result: result, disabling: [])
    }

    /// For tests that take protections away.
    init(profile: Profile, safe: Setting, result: TuningResult?, disabling disabled: PowerProtections) {
        self.profile = profile
        self.disabled = disabled
        self.safe = Setting(
            clock: min(max(safe.clock, profile.clocks.lowerBound), profile.clocks.upperBound),
            voltage: min(max(safe.voltage, profile.voltages.lowerBound), profile.voltages.upperBound))
        setting = self.safe
        ceiling = profile.clocks.upperBound
        if let result, profile.clocks.contains(result.setting.clock),
            profile.voltages.contains(result.setting.voltage)
        {
            self.result = result
            target = result.target
            setting = result.setting
            good = result.setting
            phase = .settled
        }
    }

    /// Searches for `target`; what was found for the same one is used again unless `isAnew`.
    public mutating func seek(_ target: Target, isAnew: Bool = false) {
        if !isAnew, phase != .resting, self.target == target { return }
        self.target = target
        (phase, steps, strikes, window, good) = (.searching, 0, 0, nil, nil)
        ceiling = profile.clocks.upperBound
        setting = safe
        result = nil
    }

    /// Takes what is seen; true when `setting` or `phase` has changed.
    public mutating func tick(_ seen: Observation, isFrozen: Bool, now: Instant) -> Bool {
        guard phase == .searching || phase == .trimming || phase == .settled else { return false }
        guard !isFrozen, seen.setting == setting else {
            window = nil
            return false
        }
        guard let window, window.validNonces <= seen.validNonces, window.hardwareErrors <= seen.hardwareErrors else {
            self.window = Window(since: now, validNonces: seen.validNonces, hardwareErrors: seen.hardwareErrors)
            return false
        }
        let valid = seen.validNonces - window.validNonces
        let errors = seen.hardwareErrors - window.hardwareErrors
        let results = valid + errors
        let permille = results == 0 ? 1000 : errors * 1000 / results
        if results >= 50, permille > profile.alarmPermille, !disabled.contains(.tuningAbort) { return retreat() }
        let age = now - window.since
        guard age >= profile.dwell, results >= profile.results || age >= profile.longestDwell else { return false }
        self.window = nil
        let metric =
            switch target {
            case .power: UInt64(max(0, seen.power.value))
            case .hashRate, nil: seen.hashesPerSecond
            }
        return conclude(Judgement(metric: metric, errorPermille: permille), seen)
    }

    // MARK: Inside

    private mutating func conclude(_ found: Judgement, _ seen: Observation) -> Bool {
        if found.errorPermille > profile.errorLimitPermille, !disabled.contains(.tuningAbort) {
            return tooManyErrors()
        }
        good = setting
        if phase == .settled {
            calm += 1
            if calm >= Self.forgiveness { strikes = 0 }
            return false
        }
        if let target {
            result = TuningResult(
                target: target, setting: setting, power: seen.power, isPowerMeasured: seen.isPowerMeasured,
                hashesPerSecond: seen.hashesPerSecond, errorPermille: found.errorPermille)
        }
        steps += 1
        if steps >= profile.stepLimit {
            phase = .settled
            return true
        }
        switch phase {
        case .searching: return search(found)
        case .trimming: return trim()
        case .resting, .settled, .aborted: return false
        }
    }

    /// The clock that would meet the target if the metric were proportional to it, as far as one step leads.
    private mutating func search(_ found: Judgement) -> Bool {
        let wanted =
            switch target {
            case .power(let power): UInt64(max(0, power.value))
            case .hashRate(let rate): rate
            case nil: found.metric
            }
        let distance = wanted > found.metric ? wanted - found.metric : found.metric - wanted
        if found.metric > 0, distance * 1000 > wanted * profile.tolerancePermille {
            let way = Double(distance) / Double(found.metric) * Double(setting.clock.hertz)
            let longest = disabled.contains(.tuningStep) ? 1e9 : Double(profile.longestStep)
            let steps = UInt32(min(way, longest)) / profile.clockStep * profile.clockStep
            let from = setting.clock.hertz
            let next = ClockFrequency(hertz: wanted > found.metric ? from + steps : from - min(from, steps))
            let clock = min(max(next, profile.clocks.lowerBound), min(ceiling, profile.clocks.upperBound))
            if clock != setting.clock {
                setting.clock = clock
                return true
            }
        }
        phase = .trimming
        return trim()
    }

    private mutating func trim() -> Bool {
        let lower = setting.voltage - profile.voltageStep
        guard lower >= profile.voltages.lowerBound, profile.voltageStep > .zero else {
            phase = .settled
            return true
        }
        setting.voltage = lower
        return true
    }

    private mutating func tooManyErrors() -> Bool {
        switch phase {
        case .trimming:
            // One step too little: the last one was enough.
            setting = good ?? safe
            phase = .settled
            return true
        case .searching, .settled: return strike()
        case .resting, .aborted: return false
        }
    }

    /// More voltage if there is any, else a slower clock that is not left upward again.
    private mutating func strike() -> Bool {
        strikes += 1
        guard strikes <= profile.strikeLimit else { return abort() }
        reopen()
        let higher = setting.voltage + profile.voltageStep
        if higher <= profile.voltages.upperBound, profile.voltageStep > .zero {
            setting.voltage = higher
        } else {
            let slower = ClockFrequency(hertz: setting.clock.hertz - min(setting.clock.hertz, 2 * profile.clockStep))
            ceiling = max(slower, profile.clocks.lowerBound)
            if setting.clock == ceiling { return abort() }
            setting.clock = ceiling
        }
        return true
    }

    /// Errors abound: back to what was good, without waiting.
    private mutating func retreat() -> Bool {
        window = nil
        guard phase != .trimming else { return tooManyErrors() }
        strikes += 1
        guard strikes <= profile.strikeLimit, let good, good != setting else { return abort() }
        if good.clock < setting.clock { ceiling = max(good.clock, profile.clocks.lowerBound) }
        setting = good
        reopen()
        return true
    }

    private mutating func reopen() {
        if phase == .settled { (steps, calm) = (0, 0) }
        phase = .searching
    }

    private mutating func abort() -> Bool {
        phase = .aborted
        setting = safe
        result = nil
        return true
    }
}
