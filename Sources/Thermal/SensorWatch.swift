import Base

/// Looks for a sensor that answers with plausible numbers which are not its part's temperature: one that is stuck, and
/// one that has come off.
struct SensorWatch {
    private var lastValue: Celsius?
    /// Since when the value has been the same to the last bit.
    private(set) var unchangedSince: Instant?
    /// The board's power when the value last changed.
    private var powerAtChange = Milliwatts.zero
    /// Since when the power has been another one.
    private var powerMovedSince: Instant?
    private var coldSince: Instant?
    /// The value when its board was switched on: the reference where no inlet sensor gives one.
    private var baseline: Celsius?

    /// What a fresh value has to be compared with.
    struct Surroundings {
        var now: Instant
        /// The board's power now and at most; nil for a channel that is no board's.
        var power: Milliwatts
        var maximumPower: Milliwatts
        /// Since when the board has been energised.
        var energisedSince: Instant?
        /// Since when it has drawn a good part of its full power.
        var workingSince: Instant?
        var ambient: Celsius?
        var disabled: Protections
    }

    /// The verdict on a fresh value; nil when nothing speaks against it.
    mutating func verdict(
        on value: Celsius, of channel: ThermalChannel, tuning: ThermalTuning,
        in surroundings: Surroundings
    ) -> SensorQuality? {
        if isStuck(value, of: channel, tuning: tuning, in: surroundings), !surroundings.disabled.contains(.stuckCheck) {
            return .stuck
        }
        if isDetached(value, of: channel, tuning: tuning, in: surroundings),
            !surroundings.disabled.contains(.detachedCheck)
        {
            return .implausible(.detached)
        }
        return nil
    }

    /// A value to the last bit the same for a long time, although noise or another power should have changed it.
    private mutating func isStuck(
        _ value: Celsius, of channel: ThermalChannel, tuning: ThermalTuning,
        in surroundings: Surroundings
    ) -> Bool {
        let now = surroundings.now
        if value != lastValue || surroundings.energisedSince == nil {
            lastValue = value
            unchangedSince = now
            powerAtChange = surroundings.power
            powerMovedSince = nil
            return false
        }
        let change = Int64(surroundings.power.value) - Int64(powerAtChange.value)
        if change.magnitude < UInt64(surroundings.maximumPower.value) / 4 {
            powerMovedSince = nil
        } else if powerMovedSince == nil {
            powerMovedSince = now
        }
        // A sensor with noise of a step or more cannot repeat itself for long.
        let isSuspectSince = channel.noise >= channel.resolution ? unchangedSince : powerMovedSince
        guard let isSuspectSince else { return false }
        return now - isSuspectSince > tuning.stuckAfter
    }

    /// A board that has worked for a while is warmer than the air; a sensor that says otherwise does not touch it.
    private mutating func isDetached(
        _ value: Celsius, of channel: ThermalChannel, tuning: ThermalTuning,
        in surroundings: Surroundings
    ) -> Bool {
        let now = surroundings.now
        guard channel.kind.isHeatedByHashing, surroundings.energisedSince != nil else {
            baseline = nil
            coldSince = nil
            return false
        }
        // A board restarted hot may cool down to its target: its first value says nothing about the air.
        if baseline == nil { baseline = min(value, channel.limits.target - .degrees(20)) }
        guard let reference = surroundings.ambient ?? baseline, let working = surroundings.workingSince,
            now - working > tuning.warmingTime, value < reference + channel.minimumRise
        else {
            coldSince = nil
            return false
        }
        if coldSince == nil { coldSince = now }
        return now - (coldSince ?? now) >= tuning.disagreementDwell
    }
}

/// Compares two channels that belong together.
struct CrossCheckWatch {
    private var disagreeSince: Instant?

    /// The channel to be doubted, if any: the colder one of two fresh ones that have disagreed for the dwell.
    mutating func doubted(
        _ check: ThermalCrossCheck, _ first: Celsius?, _ second: Celsius?, isWorking: Bool, now: Instant,
        dwell: Duration
    ) -> Int? {
        guard let first, let second, isWorking else {
            disagreeSince = nil
            return nil
        }
        let difference = Int64(first.millidegrees) - Int64(second.millidegrees)
        guard difference.magnitude > UInt64(max(check.tolerance.millidegrees, 0)) else {
            disagreeSince = nil
            return nil
        }
        if disagreeSince == nil { disagreeSince = now }
        guard now - (disagreeSince ?? now) >= dwell else { return nil }
        return difference < 0 ? check.first : check.second
    }
}
