import Base

/// Holds a zone's worst margin at zero by one duty for all its fans.
///
/// Proportional, integral and derivative parts and a feed-forward from electrical power, in whole millionths of full duty
/// and thousandths of a degree, so that every machine computes the same. A gain of one thousandth of full duty per °C is
/// one millionth per thousandth of a degree.
struct FanLoop {
    /// What the loop is to follow at a tick.
    struct Demand {
        /// How far the leading channel's estimate is above its target; nil without any estimate.
        var error: Celsius?
        /// The channel that leads, and its newest value: what the derivative is taken of.
        var leader = -1
        var measurement = Celsius.zero
        /// The zone's electrical power in thousandths of its full power.
        var powerPermille: Int64 = 0
        /// The output is not to be lower than this, nor does the loop wind up against it.
        var floor = DutyCycle.off
        /// An emergency: full duty now, without slew.
        var isEmergency = false
        /// Something is hot: the fans may turn faster at once whatever they did last.
        var isHot = false
    }

    private static let full: Int64 = 1_000_000

    private(set) var gains: FanGains
    /// The output in millionths.
    private(set) var output: Int64
    /// Already multiplied by its gain, so that another gain changes only what is added from then on.
    private(set) var integral: Int64 = 0
    private var proportional: Int64 = 0
    private var leader = -1
    private var filtered: Int64 = 0
    /// 1 upward, −1 downward, 0 before the first move.
    private var direction: Int8 = 0
    private var turnedAt: Instant?
    /// The power that the feed-forward counts with, and since when the real one has been below.
    private var heldPower: Int64 = 0
    private var powerFellAt: Instant?

    init(gains: FanGains, output: DutyCycle) {
        self.gains = gains
        self.output = Int64(output.permille) * 1000
    }

    var duty: DutyCycle { DutyCycle(permille: Int32((output + 500) / 1000)) }

    /// Other gains from the next tick on, without a step in the output.
    mutating func retune(_ new: FanGains) {
        let error = gains.proportional == 0 ? 0 : proportional / Int64(gains.proportional)
        integral += proportional - error * Int64(new.proportional)
        integral += heldPower * Int64(gains.feedForward - new.feedForward)
        proportional = error * Int64(new.proportional)
        gains = new
    }

    /// Takes a change of all targets out of the next output: the loop closes in on the new one without a step.
    mutating func shift(_ change: Celsius) {
        integral += Int64(gains.proportional) * Int64(change.millidegrees)
    }

    /// Moves the output on by one tick.
    mutating func update(
        _ demand: Demand, elapsed: Duration, now: Instant, tuning: ThermalTuning, disabled: Protections
    ) {
        let milliseconds = min(max(elapsed.nanoseconds / 1_000_000, 0), 10_000)
        let wanted = request(demand, milliseconds, now: now, tuning: tuning, disabled: disabled)
        let floor = Int64(demand.floor.permille) * 1000
        let target = demand.isEmergency ? Self.full : min(max(wanted, floor), Self.full)
        let isHeld = !demand.isEmergency && isHeld(toward: target, demand, now: now, tuning: tuning, disabled: disabled)
        if !isHeld { move(to: target, demand, milliseconds, now: now, tuning: tuning, disabled: disabled) }
        let isSaturated = target != wanted || (!isHeld && output != target)
        if isSaturated, !disabled.contains(.backCalculation) {
            // Back-calculation: where the output is limited, the integral follows it instead of the error.
            let tracking = max(tuning.tracking.nanoseconds / 1_000_000, 1)
            integral += (output - wanted) * milliseconds / (tracking + milliseconds)
        } else if let error = demand.error {
            integral += Int64(gains.integral) * Int64(error.millidegrees) * milliseconds / 100_000
        }
        if !disabled.contains(.backCalculation) { integral = min(max(integral, -Self.full), Self.full) }
    }

    /// What the loop would set if nothing limited it.
    private mutating func request(
        _ demand: Demand, _ milliseconds: Int64, now: Instant, tuning: ThermalTuning,
        disabled: Protections
    ) -> Int64 {
        let forward = feedForward(demand, milliseconds, now: now, tuning: tuning, disabled: disabled)
        // Without any estimate the error is unknown; the floor and the emergencies speak.
        guard let error = demand.error else {
            leader = -1
            return forward
        }
        proportional = Int64(gains.proportional) * Int64(error.millidegrees)
        return proportional + integral + forward
            + derivative(Int64(demand.measurement.millidegrees), of: demand.leader, milliseconds, tuning: tuning)
    }

    /// Power counts at once when it rises, and only after the cool-down dwell when it falls: the heat is still there.
    private mutating func feedForward(
        _ demand: Demand, _ milliseconds: Int64, now: Instant, tuning: ThermalTuning,
        disabled: Protections
    ) -> Int64 {
        if disabled.contains(.feedForward) { return 0 }
        if demand.powerPermille >= heldPower || disabled.contains(.coolDownDwell) {
            heldPower = demand.powerPermille
            powerFellAt = nil
        } else if let powerFellAt {
            if now - powerFellAt > tuning.coolDownDwell { heldPower = demand.powerPermille }
        } else {
            powerFellAt = now
        }
        return Int64(gains.feedForward) * heldPower
    }

    /// Of the filtered measurement, not of the error: a new target gives no kick. Nor does a new leader.
    private mutating func derivative(
        _ measurement: Int64, of channel: Int, _ milliseconds: Int64, tuning: ThermalTuning
    ) -> Int64 {
        if channel != leader {
            leader = channel
            filtered = measurement
            return 0
        }
        guard milliseconds > 0 else { return 0 }
        let constant = max(tuning.derivativeFilter.nanoseconds / 1_000_000, 1)
        let change = (measurement - filtered) * milliseconds / (constant + milliseconds)
        filtered += change
        return Int64(gains.derivative) * change * 1000 / milliseconds
    }

    /// Whether a move is too small, or would turn round too soon after the last turn.
    private func isHeld(
        toward target: Int64, _ demand: Demand, now: Instant, tuning: ThermalTuning, disabled: Protections
    ) -> Bool {
        let change = target - output
        if change == 0 { return false }
        let floor = Int64(demand.floor.permille) * 1000
        if change.magnitude < UInt64(max(tuning.deadBand, 0)) * 1000, target != Self.full, target != floor,
            !disabled.contains(.reversalDwell)
        {
            return true
        }
        if change > 0, demand.isHot { return false }
        guard direction != 0, (change > 0) != (direction > 0), let turnedAt, !disabled.contains(.reversalDwell) else {
            return false
        }
        return now - turnedAt < tuning.reversalDwell
    }

    private mutating func move(
        to target: Int64, _ demand: Demand, _ milliseconds: Int64, now: Instant, tuning: ThermalTuning,
        disabled: Protections
    ) {
        let before = duty
        if demand.isEmergency || disabled.contains(.slewLimit) {
            output = target
        } else {
            let up = Int64(tuning.slewUp) * milliseconds
            let down = Int64(tuning.slewDown) * milliseconds
            output = min(max(target, output - down), output + up)
        }
        // Only what a fan gets to see is a move.
        guard duty != before else { return }
        let new: Int8 = duty > before ? 1 : -1
        if new != direction { turnedAt = now }
        direction = new
    }
}
