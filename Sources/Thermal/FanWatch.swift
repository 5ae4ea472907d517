import Base
import Buses

/// What is known of a fan.
public enum FanCondition: UInt8, CaseIterable, Equatable, Sendable {
    /// Not long enough at its duty to be judged.
    case starting
    case turning
    /// No tachometer, and it holds its duty.
    case untested
    /// Clearly slower than its duty says.
    case slow
    /// Clearly faster: it does not obey, but it cools.
    case fast
    case stalled
    /// Its speed cannot be read.
    case unobserved
    /// Its driver does not hold the duty or does not answer.
    case uncontrolled

    /// Whether it may be counted on for cooling.
    public var works: Bool {
        switch self {
        case .turning, .untested, .slow, .fast: true
        case .starting, .stalled, .unobserved, .uncontrolled: false
        }
    }

    /// Whether the others have to make up for it.
    public var isFaulty: Bool {
        switch self {
        case .slow, .stalled, .unobserved, .uncontrolled: true
        case .starting, .turning, .untested, .fast: false
        }
    }
}

/// Verifies that a fan does what it is told: its driver holds the duty, and its speed follows.
struct FanWatch {
    private(set) var condition = FanCondition.starting
    /// The driver's duty at the last tick was not the one it had been given.
    private(set) var lostDuty = false
    private var command: DutyCycle?
    private var speedCheck: FanSpeedCheck
    private var startedAt: Instant?
    private var deafSince: Instant?
    private var silentSince: Instant?
    private var unreadSince: Instant?
    private var stoppedTicks = 0
    /// Since when a fan that had stalled has been turning.
    private var turnsAgainSince: Instant?

    init(_ fan: ThermalFan) { speedCheck = FanSpeedCheck(fan) }

    /// Judges the fan by what was commanded at the last tick and what is read now.
    mutating func judge(
        _ input: ThermalInputs.Fan?, _ fan: ThermalFan, tuning: ThermalTuning, elapsed: Duration, now: Instant,
        disabled: Protections
    ) {
        guard let command, let startedAt else {
            condition = .starting
            return
        }
        let applied = input?.applied.value ?? command
        speedCheck.follow(command: command, applied: applied, fan, elapsed: elapsed)
        guard command > .off else {
            condition = .starting
            return
        }
        if !holdsDuty(input, command, tuning: tuning, now: now), !disabled.contains(.readBackCheck) {
            condition = .uncontrolled
            return
        }
        guard fan.hasTachometer else {
            condition = now - startedAt < fan.spinUp ? .starting : .untested
            return
        }
        judge(input?.speed ?? .failed(.settling), fan, startedAt, tuning: tuning, now: now, disabled: disabled)
    }

    private mutating func judge(
        _ speed: Reading<RPM>, _ fan: ThermalFan, _ startedAt: Instant, tuning: ThermalTuning, now: Instant,
        disabled: Protections
    ) {
        let isStarting = now - startedAt < fan.spinUp
        switch speed {
        case .ok(let speed, let taken) where speed > .zero:
            stoppedTicks = 0
            unreadSince = nil
            if condition == .stalled, isRecovering(fan, now: now) { return speedCheck.startOver() }
            turnsAgainSince = nil
            if isStarting || disabled.contains(.speedCheck) {
                speedCheck.startOver()
            } else {
                speedCheck.take(speed, at: taken, fan, tuning: tuning, disabled: disabled)
            }
            condition =
                switch speedCheck.finding {
                case .normal: .turning
                case .slow: .slow
                case .fast: .fast
                }
        case .ok, .failed(.stopped):
            unreadSince = nil
            turnsAgainSince = nil
            stoppedTicks = min(stoppedTicks + 1, 1000)
            // One look may have fallen between two pulses.
            guard !isStarting, stoppedTicks >= 2, !disabled.contains(.stallCheck) else { return }
            condition = .stalled
        case .stale, .failed:
            if unreadSince == nil { unreadSince = now }
            if now - (unreadSince ?? now) >= tuning.fanSilenceLimit, !disabled.contains(.stallCheck) {
                condition = .unobserved
            }
        }
    }

    /// A fan that has stalled counts as stalled until it has had the time of a start: on its way up it is not a slow one, and one
    /// that only jerks does not count as turning.
    private mutating func isRecovering(_ fan: ThermalFan, now: Instant) -> Bool {
        if turnsAgainSince == nil { turnsAgainSince = now }
        return now - (turnsAgainSince ?? now) < fan.spinUp
    }

    /// Compares the read-back with the last command. Drivers round to a sixty-third.
    private mutating func holdsDuty(
        _ input: ThermalInputs.Fan?, _ command: DutyCycle, tuning: ThermalTuning, now: Instant
    ) -> Bool {
        guard let applied = input?.applied.value else {
            deafSince = nil
            if silentSince == nil { silentSince = now }
            return now - (silentSince ?? now) < tuning.fanSilenceLimit
        }
        silentSince = nil
        lostDuty = (applied.permille - command.permille).magnitude > 20
        guard lostDuty else {
            deafSince = nil
            return true
        }
        if deafSince == nil { deafSince = now }
        return now - (deafSince ?? now) < tuning.fanSilenceLimit
    }

    /// Notes what the fan is told now.
    mutating func note(_ duty: DutyCycle, now: Instant) {
        if command.map({ $0 == .off }) ?? true, duty > .off {
            startedAt = now
            stoppedTicks = 0
        }
        command = duty
    }

    /// Whether it stands still as far as is known, so that a start has to be a strong one.
    func isStanding(_ fan: ThermalFan, now: Instant) -> Bool {
        guard let command, command > .off, let startedAt else { return true }
        return now - startedAt < fan.spinUp
    }
}
