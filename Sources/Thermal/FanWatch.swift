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
    /// The duty as the fan's inertia lets it follow, in millionths.
    private var followed: Int64 = 0
    private var startedAt: Instant?
    private var deafSince: Instant?
    private var silentSince: Instant?
    private var unreadSince: Instant?
    private var offCurveSince: Instant?
    private var onCurveSince: Instant?
    private var stoppedTicks = 0

    /// Judges the fan by what was commanded at the last tick and what is read now.
    mutating func judge(
        _ input: ThermalInputs.Fan?, _ fan: ThermalFan, tuning: ThermalTuning, now: Instant,
        disabled: Protections
    ) {
        guard let command, let startedAt, command > .off else {
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
        switch input?.speed ?? .failed(.settling) {
        case .ok(let speed, _) where speed > .zero:
            stoppedTicks = 0
            unreadSince = nil
            judge(speed, fan, startedAt, tuning: tuning, now: now, disabled: disabled)
        case .ok, .failed(.stopped):
            unreadSince = nil
            stoppedTicks = min(stoppedTicks + 1, 1000)
            // One look may have fallen between two pulses.
            guard now - startedAt >= fan.spinUp, stoppedTicks >= 2, !disabled.contains(.stallCheck) else { return }
            condition = .stalled
        case .stale, .failed:
            if unreadSince == nil { unreadSince = now }
            if now - (unreadSince ?? now) > tuning.fanSilenceLimit, !disabled.contains(.stallCheck) {
                condition = .unobserved
            }
        }
    }

    private mutating func judge(
        _ speed: RPM, _ fan: ThermalFan, _ startedAt: Instant, tuning: ThermalTuning,
        now: Instant, disabled: Protections
    ) {
        let expected = Int64(fan.expectedSpeed(at: DutyCycle(permille: Int32(followed / 1000))).value)
        let tolerance = expected * Int64(tuning.speedTolerance) / 100
        let difference = Int64(speed.value) - expected
        let isSteady = (followed - Int64(command?.permille ?? 0) * 1000).magnitude <= 50_000
        guard difference.magnitude > tolerance.magnitude, !disabled.contains(.speedCheck) else {
            offCurveSince = nil
            if onCurveSince == nil { onCurveSince = now }
            // A slow fan passes by what is expected of it while that changes.
            let isBack = isSteady && now - (onCurveSince ?? now) >= tuning.speedDwellMoving
            if isBack || (condition != .slow && condition != .fast) { condition = .turning }
            return
        }
        onCurveSince = nil
        if offCurveSince == nil { offCurveSince = now }
        let dwell = isSteady ? tuning.speedDwell : tuning.speedDwellMoving
        if now - (offCurveSince ?? now) >= dwell, now - startedAt >= fan.spinUp {
            condition = difference < 0 ? .slow : .fast
        } else if condition != .slow, condition != .fast {
            // What was found slow stays so until it is back on its curve, whatever it is told meanwhile.
            condition = .turning
        }
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
    mutating func note(_ duty: DutyCycle, _ fan: ThermalFan, elapsed: Duration, now: Instant) {
        if command.map({ $0 == .off }) ?? true, duty > .off {
            startedAt = now
            followed = 0
            stoppedTicks = 0
        }
        command = duty
        let milliseconds = max(elapsed.nanoseconds / 1_000_000, 0)
        let inertia = max(fan.spinUp.nanoseconds / 2_000_000, 1)
        followed += (Int64(duty.permille) * 1000 - followed) * milliseconds / (inertia + milliseconds)
    }

    /// Whether it stands still as far as is known, so that a start has to be a strong one.
    func isStanding(_ fan: ThermalFan, now: Instant) -> Bool {
        guard let command, command > .off, let startedAt else { return true }
        return now - startedAt < fan.spinUp
    }
}
