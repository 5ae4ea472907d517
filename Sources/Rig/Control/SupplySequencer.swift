import Base
import Buses
import Peripherals

/// What is wrong with a supply.
public enum SupplyFault: Hashable, Sendable {
    /// Told to be on, it makes nothing.
    case noOutput
    /// It makes another voltage than it was told.
    case wrongOutput(OutputAgreement)
    /// Told to be off, it still makes a voltage.
    case staysOn
}

/// Why a supply is not switched although that is asked for.
public enum SupplyRefusal: Hashable, Sendable {
    /// Its times of a day are used up: off stays off, and on stays on with all boards off.
    case cycleBudget
}

/// Switches one supply: in order, not too often, and believing only what is measured.
///
///     switchingOff ─▶ off ─▶ switchingOn ─▶ starting ─▶ on ⇄ moving
///          ▲                      └─────────────┴────────┴─────┤
///          └───────────────────────── off or a fault ──────────┘
///
/// A board's lines drop its load within milliseconds and are not this type's affair: off here is the second stage of the
/// way off. Times and budgets hold for ordinary wishes; an urgent off is never refused.
public struct SupplySequencer: Sendable {
    /// Where the supply is.
    public enum State: Hashable, Sendable {
        /// Told to be off, not yet found to be.
        case switchingOff
        case off
        /// Told to be on, not yet to be judged.
        case switchingOn
        /// On its first way to the starting voltage.
        case starting
        case on
        /// On its way from one voltage to the next.
        case moving
    }

    /// How long an output may be wrong before it counts.
    static let patience = Duration.seconds(3)
    /// A supply that stays on is told again and again.
    static let repeatInterval = Duration.seconds(5)
    /// Beyond its discharge time, until a supply that is still on counts as one that stays on.
    static let offGrace = Duration.seconds(15)

    public let index: Int
    public let profile: SupplyProfile
    public private(set) var state = State.switchingOff
    public private(set) var fault: SupplyFault?
    public private(set) var refusal: SupplyRefusal?
    /// What the output was last told to make.
    public private(set) var commanded: Millivolts
    /// Whether the present state was measured; otherwise it is taken on trust.
    public private(set) var isVerified = false
    private var since: Instant
    private var offSince: Instant
    private var onSince: Instant
    private var wrongSince: Instant?
    /// When the order that the state waits for was last given; nil before the first.
    private var toldAt: Instant?
    private let disabled: PowerProtections

    /// A supply in an unknown state: the first tick switches it off.
    public init(index: Int, profile: SupplyProfile, now: Instant) {
        self.init(index: index, profile: profile, disabling: [], now: now)
    }

    /// For tests that take protections away.
    init(index: Int, profile: SupplyProfile, disabling disabled: PowerProtections, now: Instant) {
        self.index = index
        self.profile = profile
        self.disabled = disabled
        if disabled.contains(.unknownIsOff) { state = .off }
        commanded = profile.start
        since = now
        offSince = now
        onSince = now
    }

    /// Whether boards may draw on it.
    public var isSupplied: Bool { state == .on || state == .moving }

    /// Follows what is wanted and what is measured.
    ///
    /// - Parameters:
    ///   - need: the strongest of all boards on this supply.
    ///   - isUrgent: off must not wait for times or budgets.
    ///   - target: the voltage that is wanted, held within the profile's limits.
    ///   - day: days since 1970, nil while unknown.
    public mutating func tick(
        need: SupplyNeed, isUrgent: Bool, target: Millivolts, voltage: Reading<Millivolts>, ledger: inout CycleLedger,
        day: Int64?, now: Instant, into plan: inout ControlPlan
    ) {
        let measured = profile.isMeasured ? voltage.value : nil
        switch state {
        case .switchingOff: confirmOff(measured, now, &plan)
        case .off: considerOn(need, measured, &ledger, day, now, &plan)
        case .switchingOn, .starting, .on, .moving:
            if considerOff(need, isUrgent, ledger, day, now, &plan) { return }
            follow(target, measured, now, &plan)
        }
    }

    /// Switches off at once, whatever it was doing.
    public mutating func cut(now: Instant, into plan: inout ControlPlan) {
        if state == .off { return }
        if state != .switchingOff { switchOff(now, &plan) }
    }

    // MARK: Off

    private mutating func switchOff(_ now: Instant, _ plan: inout ControlPlan) {
        plan.supply(index, .off)
        enter(.switchingOff, now)
        toldAt = now
        offSince = now
    }

    private mutating func fail(_ fault: SupplyFault, _ now: Instant, _ plan: inout ControlPlan) {
        self.fault = fault
        switchOff(now, &plan)
    }

    private mutating func confirmOff(_ measured: Millivolts?, _ now: Instant, _ plan: inout ControlPlan) {
        guard let toldAt else { return switchOff(now, &plan) }
        let isTrusted = !profile.isMeasured || disabled.contains(.offIsMeasured)
        if let measured, measured < profile.offBelow {
            isVerified = true
            if fault == .staysOn { fault = nil }
            state = .off
        } else if isTrusted, now - offSince >= profile.discharge {
            isVerified = false
            state = .off
        } else if profile.isMeasured, now - toldAt >= Self.repeatInterval, !disabled.contains(.offIsRepeated) {
            plan.supply(index, .off)
            self.toldAt = now
            // What is still live has not begun to discharge.
            if measured != nil { offSince = now }
        }
        // A sensor that fails proves nothing, either way: no new fault, but no on either.
        if state == .switchingOff, measured != nil, now - since >= profile.discharge + Self.offGrace,
            !disabled.contains(.staysOnTold)
        {
            fault = .staysOn
        }
    }

    private mutating func considerOff(
        _ need: SupplyNeed, _ isUrgent: Bool, _ ledger: CycleLedger, _ day: Int64?, _ now: Instant,
        _ plan: inout ControlPlan
    ) -> Bool {
        guard need == .none else {
            refusal = nil
            return false
        }
        if !isUrgent || disabled.contains(.urgentOff) {
            guard now - onSince >= profile.minimumOn || disabled.contains(.minimumOn) else { return false }
            guard hasBudget(ledger, day) else {
                refusal = .cycleBudget
                return false
            }
        }
        refusal = nil
        switchOff(now, &plan)
        return true
    }

    // MARK: On

    private mutating func considerOn(
        _ need: SupplyNeed, _ measured: Millivolts?, _ ledger: inout CycleLedger, _ day: Int64?, _ now: Instant,
        _ plan: inout ControlPlan
    ) {
        if let measured, measured >= profile.offBelow, !disabled.contains(.liveWhileOff) {
            // Off and live at once: somebody else switches it, or its enable line has the wrong polarity.
            return switchOff(now, &plan)
        }
        guard need == .on else {
            refusal = nil
            return
        }
        guard now - offSince >= max(profile.discharge, profile.minimumOff) || disabled.contains(.discharge) else {
            return
        }
        guard hasBudget(ledger, day) else {
            refusal = .cycleBudget
            return
        }
        refusal = nil
        commanded = profile.start
        if profile.kind == .regulator, !disabled.contains(.voltageBeforeOn) { plan.supply(index, .voltage(commanded)) }
        plan.supply(index, .on)
        if ledger.supplies.indices.contains(index) { ledger.supplies[index].record(on: day) }
        if !disabled.contains(.cyclesKept) { plan.later(.persist(.cycles)) }
        enter(.switchingOn, now)
        onSince = now
    }

    private func hasBudget(_ ledger: CycleLedger, _ day: Int64?) -> Bool {
        if disabled.contains(.cycleBudget) { return true }
        guard ledger.supplies.indices.contains(index) else { return false }
        return ledger.supplies[index].count(on: day) < profile.cyclesPerDay
    }

    private mutating func follow(
        _ target: Millivolts, _ measured: Millivolts?, _ now: Instant, _ plan: inout ControlPlan
    ) {
        let agreement = measured.map {
            OutputAgreement(measured: $0, commanded: commanded, tolerance: profile.tolerance)
        }
        switch state {
        case .switchingOn: finishSwitchingOn(measured, now, &plan)
        case .starting:
            if isSettled(agreement, now) {
                fault = nil
                arrive(agreement, now)
            } else if now - since >= profile.startLimit {
                fail(agreement.map { $0 == .absent ? .noOutput : .wrongOutput($0) } ?? .noOutput, now, &plan)
            }
        case .moving:
            if isSettled(agreement, now) { arrive(agreement, now) } else { judge(agreement, now, &plan) }
        case .on:
            judge(agreement, now, &plan)
            if state == .on { step(toward: target, now, &plan) }
        case .off, .switchingOff: break
        }
    }

    private mutating func finishSwitchingOn(_ measured: Millivolts?, _ now: Instant, _ plan: inout ControlPlan) {
        guard now - since >= profile.onSettle else { return }
        let isLive =
            measured.map { $0 >= profile.offBelow } ?? !profile.isMeasured || disabled.contains(.liveBeforeVoltage)
        if isLive {
            if profile.kind == .apw { plan.supply(index, .voltage(commanded)) }
            enter(.starting, now)
        } else if now - since >= profile.startLimit {
            fail(.noOutput, now, &plan)
        }
    }

    /// Where nothing is measured, time has to do.
    private func isSettled(_ agreement: OutputAgreement?, _ now: Instant) -> Bool {
        if let agreement {
            let isRight = agreement == .agrees || state == .starting && disabled.contains(.startCheck)
            return isRight && now - since >= profile.stepSettle
        }
        guard !profile.isMeasured else { return false }
        let way = state == .starting && profile.kind == .apw ? profile.startLimit / 2 : profile.stepSettle
        return now - since >= way
    }

    private mutating func arrive(_ agreement: OutputAgreement?, _ now: Instant) {
        enter(.on, now)
        isVerified = agreement != nil
    }

    /// A wrong output counts after a while; one that cannot be read does not, but is no longer said to be verified.
    private mutating func judge(_ agreement: OutputAgreement?, _ now: Instant, _ plan: inout ControlPlan) {
        isVerified = agreement == .agrees
        let agreement = agreement ?? (disabled.contains(.unreadableIsNotWrong) && profile.isMeasured ? .absent : nil)
        guard let agreement, agreement != .agrees, !disabled.contains(.outputCheck) else {
            wrongSince = nil
            return
        }
        let since = wrongSince ?? now
        wrongSince = since
        if now - since >= Self.patience || disabled.contains(.patience) {
            fail(agreement == .absent ? .noOutput : .wrongOutput(agreement), now, &plan)
        }
    }

    private mutating func step(toward target: Millivolts, _ now: Instant, _ plan: inout ControlPlan) {
        let limits = disabled.contains(.voltageLimits) ? .zero...Millivolts(Int32.max) : profile.limits
        let wanted = min(max(target, limits.lowerBound), limits.upperBound)
        guard wanted != commanded, profile.kind != .line, profile.step > .zero else { return }
        let step = disabled.contains(.voltageStep) ? Millivolts(Int32.max / 2) : profile.step
        commanded = wanted > commanded ? min(wanted, commanded + step) : max(wanted, commanded - step)
        plan.supply(index, .voltage(commanded))
        enter(.moving, now)
    }

    private mutating func enter(_ next: State, _ now: Instant) {
        state = next
        since = now
        wrongSince = nil
        if next != .on, next != .moving { isVerified = false }
    }
}
