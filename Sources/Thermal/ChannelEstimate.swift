import Base
import Buses

/// Turns a channel's readings into the hottest that the part can be: the newest believable value plus the fastest rise
/// since then. A missing, doubtful or old reading can only raise it.
struct ChannelEstimate {
    /// What surrounds a reading.
    struct Circumstances {
        var now: Instant
        /// Whether something heats the part.
        var isHeated: Bool
        /// Since when.
        var heatedSince: Instant?
        /// Since when nothing does, the start of the controller at first; nil while something does.
        var coldSince: Instant?
        var disabled: Protections
    }

    private(set) var quality = SensorQuality.unknown
    /// The newest value that was believed, and when it was taken.
    private(set) var value: Celsius?
    private(set) var takenAt = Instant(nanoseconds: 0)
    /// Readings in a row that gave nothing to believe.
    private(set) var badReadings = 0
    private(set) var estimate: Celsius?

    /// A value that would have been an impossible jump, and how often it has been confirmed.
    private var candidate = Celsius.zero
    private var confirmations = 0
    /// When the newest reading, believed or not, was taken.
    private var seenAt: Instant?

    /// Takes the reading of a tick.
    mutating func take(
        _ reading: Reading<Celsius>, of channel: ThermalChannel, tuning: ThermalTuning,
        in circumstances: Circumstances
    ) {
        let now = circumstances.now
        if !circumstances.isHeated, channel.answersAfterPower != nil, reading.value == nil,
            !circumstances.disabled.contains(.unpoweredIsNotLost)
        {
            quality = .unpowered
            badReadings = 0
        } else {
            judge(reading, of: channel, tuning: tuning, in: circumstances)
            let limit = channel.staleAfter ?? tuning.staleAfter
            if quality == .fresh, now - takenAt > limit, !circumstances.disabled.contains(.staleness) {
                quality = .stale(now - takenAt)
            }
        }
        extrapolate(channel, tuning: tuning, in: circumstances)
    }

    /// Whether too little is known of the channel for too long.
    func isLost(_ channel: ThermalChannel, disabled: Protections) -> Bool {
        switch quality {
        case .fresh, .unpowered: false
        case .unknown, .stale, .stuck: true
        case .implausible(.detached), .implausible(.contradicted): true
        case .implausible, .absent:
            badReadings >= channel.policy.badReadingLimit && !disabled.contains(.badReadingCount)
        }
    }

    private mutating func judge(
        _ reading: Reading<Celsius>, of channel: ThermalChannel, tuning: ThermalTuning,
        in circumstances: Circumstances
    ) {
        switch reading {
        case .ok(let new, let taken):
            if taken == seenAt { return }
            seenAt = taken
            if let reason = doubts(about: new, taken, of: channel, tuning: tuning, in: circumstances) {
                quality = .implausible(reason)
                badReadings += 1
                return
            }
            value = new
            takenAt = taken
            confirmations = 0
            badReadings = 0
            quality = .fresh
        case .stale(let since):
            quality = .stale(circumstances.now - since)
        case .failed(let failure):
            badReadings = min(badReadings + 1, 1000)
            quality = value == nil ? .unknown : .absent(failure)
            if circumstances.disabled.contains(.failedIsNotCold) {
                value = .zero
                takenAt = circumstances.now
                quality = .fresh
            }
        }
    }

    private mutating func doubts(
        about new: Celsius, _ taken: Instant, of channel: ThermalChannel,
        tuning: ThermalTuning, in circumstances: Circumstances
    ) -> SensorQuality.Doubt? {
        let disabled = circumstances.disabled
        if taken > circumstances.now, !disabled.contains(.futureCheck) { return .future }
        if !channel.plausible.contains(new), !disabled.contains(.plausibleRange) { return .range }
        if disabled.contains(.jumpCheck) { return nil }
        let band = 1000 + 2 * Int64(channel.noise.millidegrees) + Int64(channel.resolution.millidegrees)
        guard let value, taken > takenAt else {
            // Nothing to compare a first value with: a hot one has to come again.
            if new < channel.limits.hot { return nil }
            return isConfirmed(new, band: band, rises: true, tuning: tuning, in: circumstances) ? nil : .jump
        }
        let milliseconds = (taken - takenAt).nanoseconds / 1_000_000
        let reach = Int64(channel.slewPerSecond.millidegrees) * milliseconds / 1000
        let change = Int64(new.millidegrees) - Int64(value.millidegrees)
        // Nor does a working part cool faster than it heats without cooling.
        if change.magnitude <= UInt64(reach + band + Int64(channel.loadStep.millidegrees)) { return nil }
        return isConfirmed(new, band: band, rises: change > 0, tuning: tuning, in: circumstances) ? nil : .jump
    }

    /// A jump is believed once the same value has come often enough; what was wrong may have been the value before.
    private mutating func isConfirmed(
        _ new: Celsius, band: Int64, rises: Bool, tuning: ThermalTuning, in circumstances: Circumstances
    ) -> Bool {
        if rises, let since = circumstances.heatedSince, circumstances.now - since < tuning.settleWindow,
            !circumstances.disabled.contains(.settleWindow)
        {
            confirmations = 0
            return false
        }
        let difference = Int64(new.millidegrees) - Int64(candidate.millidegrees)
        confirmations = confirmations > 0 && difference.magnitude <= UInt64(band) ? confirmations + 1 : 1
        candidate = new
        return confirmations >= (rises ? tuning.confirmationsUp : tuning.confirmationsDown)
    }

    private mutating func extrapolate(
        _ channel: ThermalChannel, tuning: ThermalTuning, in circumstances: Circumstances
    ) {
        guard let value else {
            estimate = nil
            return
        }
        guard circumstances.isHeated else { return hold(value, tuning: tuning, in: circumstances) }
        let since = max(takenAt, circumstances.heatedSince ?? takenAt)
        let milliseconds = max((circumstances.now - since).nanoseconds / 1_000_000, 0)
        let rise = Int64(channel.slewPerSecond.millidegrees) * milliseconds / 1000
        var worst = Int64(value.millidegrees) + (circumstances.disabled.contains(.extrapolation) ? 0 : rise)
        if channel.policy != .mustBePresent, isLost(channel, disabled: circumstances.disabled),
            !circumstances.disabled.contains(.optionalDoesNotTrip)
        {
            // Its loss makes the fans work harder, but neither throttles nor stops the board.
            worst = min(worst, max(Int64(value.millidegrees), Int64(channel.limits.hot.millidegrees) - 1))
        }
        var next = Celsius(clamping: worst)
        if quality != .fresh, let estimate, !circumstances.disabled.contains(.failedIsNotCold) {
            next = max(next, estimate)
        }
        estimate = next
    }

    /// Without power nothing gets hotter than it was. Once the fans have had their dwell, what could not be read is cold;
    /// what should have been readable gets more time.
    private mutating func hold(_ value: Celsius, tuning: ThermalTuning, in circumstances: Circumstances) {
        if quality == .fresh {
            estimate = value
            return
        }
        guard let since = circumstances.coldSince else { return }
        if circumstances.now - since > (quality == .unpowered ? tuning.coolDownDwell : tuning.coldForCertain) {
            self.value = nil
            estimate = nil
        }
    }

    /// Replaces the verdict on a fresh value by a doubt that comes from comparing it with something else.
    mutating func mark(_ verdict: SensorQuality) {
        if quality == .fresh { quality = verdict }
    }
}
