import ASIC
import Base

/// The life of one hash board: its state, how long that may last, and what is done on entering it.
///
/// Nothing here knows of other boards: one that fails climbs its own ladder and leaves the others alone.
public struct BoardLifeCycle: Sendable {
    /// How long states may last, and how the clock is moved.
    public struct Timing: Hashable, Sendable {
        /// The supply must measure right within this.
        public var supply = Duration.seconds(90)
        /// Chips stay in reset after the board was enabled, so that its own regulators settle.
        public var settle = Duration.seconds(1)
        /// From letting the chips go to their taking work, the chain's own restarts included.
        public var enumeration = Duration.seconds(180)
        /// The clock must arrive at its target within this.
        public var ramp = Duration.seconds(300)
        /// The proof that a board is off must come within this.
        public var off = Duration.seconds(10)
        /// Between upward steps of the clock; downward it goes at once, as fast as the chain steps.
        public var rampInterval = Duration.seconds(2)
        /// The largest upward step of the clock, in hertz.
        public var rampStepHertz: UInt32 = 25_000_000
        /// Hashing without any hashes for so long is a fault.
        public var noHashes = Duration.seconds(120)

        public init() {}
    }

    /// Position in the board file.
    public let index: Int
    public let timing: Timing
    /// The clock that a board is brought up at.
    public let startClock: ClockFrequency
    public private(set) var state: BoardState
    /// When the state began.
    public private(set) var since: Instant
    /// The latest fault; nil before there was any.
    public private(set) var lastFault: BoardFault?
    public private(set) var ladder = RecoveryLadder()
    /// Where the clock is to go.
    public private(set) var targetClock: ClockFrequency
    /// What the chain was last told.
    public private(set) var toldClock: ClockFrequency
    private var nextRampStep: Instant
    private var dwell = Duration.zero
    private var lastHashAt: Instant
    private let disabled: PowerProtections

    /// - Parameter isLockedOut: the board was given up in an earlier run and nobody has unlocked it since.
    public init(
        index: Int, startClock: ClockFrequency, timing: Timing = Timing(), isLockedOut: Bool = false, now: Instant
    ) {
        self.init(
            index: index, startClock: startClock, timing: timing, isLockedOut: isLockedOut, disabling: [], now: now)
    }

    /// For tests that take protections away.
    init(
        index: Int, startClock: ClockFrequency, timing: Timing, isLockedOut: Bool,
        disabling disabled: PowerProtections, now: Instant
    ) {
        self.index = index
        self.disabled = disabled
        self.timing = timing
        self.startClock = startClock
        state = isLockedOut ? .lockedOut : .absent
        since = now
        targetClock = startClock
        toldClock = startClock
        nextRampStep = now
        lastHashAt = now
    }

    /// When the present state has lasted as long as it may; nil where it may last for ever.
    public var deadline: Instant? {
        switch state {
        case .absent, .detected, .hashing, .faulted, .lockedOut: nil
        case .powering: since + timing.supply
        case .inReset: disabled.contains(.settleInReset) ? since : since + timing.settle
        case .enumerating: since + timing.enumeration
        case .ramping: since + timing.ramp
        case .stopping: since + timing.off
        case .recovering: since + dwell
        }
    }

    /// Takes an input; false where it has no meaning in this state and changed nothing.
    @discardableResult
    public mutating func handle(_ input: BoardInput, now: Instant, into plan: inout ControlPlan) -> Bool {
        guard let next = state.next(on: input) else { return false }
        if input == .elapsed || input == .unsupplied, next == .faulted { lastFault = faultOfTimeout(input) }
        if input == .unlock || input == .unplugged { ladder.reset() }
        enter(next, now, &plan)
        return true
    }

    /// Takes a fault: the lines go down in the same call.
    @discardableResult
    public mutating func fail(_ fault: BoardFault, now: Instant, into plan: inout ControlPlan) -> Bool {
        guard state.next(on: .fault) == .faulted else { return false }
        lastFault = fault
        enter(.faulted, now, &plan)
        return true
    }

    /// Sets where the clock is to go: at once when down, step by step when up.
    public mutating func setTarget(_ clock: ClockFrequency, now: Instant, into plan: inout ControlPlan) {
        guard clock != targetClock else { return }
        targetClock = clock
        guard state.isHashing else { return }
        if clock < toldClock { tell(clock, &plan) }
        if state == .hashing { handle(.retarget, now: now, into: &plan) }
    }

    /// Does what is due at `now`.
    /// - Parameters:
    ///   - clock: where the chain's clock is; nil while that is not known.
    ///   - hasHashed: whether the chain has found anything since the last tick.
    public mutating func tick(
        clock: ClockFrequency?, hasHashed: Bool, now: Instant, into plan: inout ControlPlan
    ) {
        if let deadline, deadline <= now { handle(.elapsed, now: now, into: &plan) }
        if hasHashed { lastHashAt = now }
        switch state {
        case .faulted: decide(now, &plan)
        case .ramping: ramp(clock, now, &plan)
        case .hashing where now - max(since, lastHashAt) >= timing.noHashes && !disabled.contains(.hashCheck):
            fail(.noHashes, now: now, into: &plan)
        case .hashing where now - since >= RecoveryLadder.proof || disabled.contains(.ladderRemembers): ladder.reset()
        default: break
        }
    }

    // MARK: Inside

    private func faultOfTimeout(_ input: BoardInput) -> BoardFault {
        if input == .unsupplied { return .powerLost }
        return switch state {
        case .powering: .notSupplied
        case .ramping: .clockStuck
        case .stopping: .notOff
        default: .notReady
        }
    }

    private mutating func decide(_ now: Instant, _ plan: inout ControlPlan) {
        let fault = lastFault ?? .notReady
        if disabled.contains(.ladderEnds), !fault.isFinal { ladder.reset() }
        if let rung = ladder.climb(for: fault, disabling: disabled) {
            dwell = rung.dwell
            handle(.recover(rung.step), now: now, into: &plan)
        } else {
            handle(.giveUp, now: now, into: &plan)
        }
    }

    private mutating func ramp(_ clock: ClockFrequency?, _ now: Instant, _ plan: inout ControlPlan) {
        if toldClock == targetClock {
            let isThere = clock.map(isAtTarget) ?? true
            if isThere || disabled.contains(.clockCheck) { handle(.atTarget, now: now, into: &plan) }
            return
        }
        guard nextRampStep <= now else { return }
        nextRampStep = now + timing.rampInterval
        let (sum, overflow) = toldClock.hertz.addingReportingOverflow(timing.rampStepHertz)
        let isWhole = overflow || disabled.contains(.clockStep)
        tell(isWhole ? targetClock : min(targetClock, ClockFrequency(hertz: sum)), &plan)
    }

    /// Chips take the nearest setting they have, up to 12 MHz away (Docs/chips-spi.md): closer is not asked.
    private func isAtTarget(_ clock: ClockFrequency) -> Bool {
        let distance = max(clock, targetClock).hertz - min(clock, targetClock).hertz
        return distance <= max(12_500_000, targetClock.hertz / 64)
    }

    private mutating func tell(_ clock: ClockFrequency, _ plan: inout ControlPlan) {
        toldClock = clock
        plan.later(.chain(index, .setFrequency(clock)))
    }

    private mutating func enter(_ next: BoardState, _ now: Instant, _ plan: inout ControlPlan) {
        let previous = state
        state = next
        since = now
        plan.changed(board: index, from: previous, to: next)
        switch next {
        case .inReset:
            plan.lines(.boardReset(index, true))
            plan.lines(.boardLine(index, enable: true))
        case .enumerating where previous == .inReset:
            toldClock = disabled.contains(.startsSlow) ? targetClock : min(startClock, targetClock)
            plan.lines(.boardReset(index, false))
            plan.later(.chain(index, .setFrequency(toldClock)))
            plan.later(.chain(index, .start))
        case .ramping:
            nextRampStep = now
            lastHashAt = now
        case .enumerating, .hashing: break
        case .absent, .detected, .powering, .stopping, .faulted, .recovering, .lockedOut:
            cut(&plan, chainRuns: previous.isEnabled)
        }
    }

    /// The way off, and the state of the lines wherever a board is not at work: repeated rather than remembered.
    private func cut(_ plan: inout ControlPlan, chainRuns: Bool) {
        plan.lines(.boardReset(index, true))
        plan.lines(.boardLine(index, enable: false))
        if chainRuns { plan.later(.chain(index, .stop)) }
    }
}
