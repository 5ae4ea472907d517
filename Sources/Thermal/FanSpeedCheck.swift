import Base

/// Compares a fan's speed with what a healthy one may have.
///
/// A fan in trouble loses speed only as fast as it coasts: a falling speed below what the duty says therefore counts as what it
/// will be in a moment. A healthy fan that slows down that much is still on its way to what its duty says.
struct FanSpeedCheck {
    /// How a speed looks.
    enum Finding: Equatable { case normal, slow, fast }

    private var envelope: FanEnvelope
    private var slowestBefore: Int64 = 0
    private(set) var finding = Finding.normal
    /// The reading that a fall is measured from.
    private var reference: Int64?
    private var referenceAt = Instant(nanoseconds: 0)
    /// Thousandths of min⁻¹ per second; never positive.
    private var fall: Int64 = 0
    private var seenAt: Instant?
    /// The first of the readings in a row that lie outside, and on which side.
    private var outsideSince: Instant?
    private var isBelow = false
    private var insideSince: Instant?

    init(_ fan: ThermalFan) { envelope = FanEnvelope(fan) }

    mutating func follow(command: DutyCycle, applied: DutyCycle, _ fan: ThermalFan, elapsed: Duration) {
        slowestBefore = envelope.slowest
        envelope.follow(command: command, applied: applied, fan, elapsed: elapsed)
    }

    /// Nothing is held against a fan that has just been started.
    mutating func startOver() {
        finding = .normal
        outsideSince = nil
        insideSince = nil
        reference = nil
        fall = 0
    }

    /// Takes a reading; the same one again tells nothing new.
    mutating func take(
        _ speed: RPM, at taken: Instant, _ fan: ThermalFan, tuning: ThermalTuning, disabled: Protections
    ) {
        guard taken != seenAt else { return }
        seenAt = taken
        let speed = Int64(speed.value) * 1000
        note(speed, at: taken, tuning: tuning)
        // The reading may be as old as the last tick.
        let slowest = disabled.contains(.fanLag) ? envelope.goal : min(envelope.slowest, slowestBefore)
        let least = slowest * Int64(100 - tuning.slowTolerance) / 100
        let full = Int64(fan.expectedSpeed(at: .full).value) * 1000
        let most = envelope.fastest * Int64(100 + tuning.fastTolerance) / 100 + full / 20
        let isSlow = foreseen(speed, tuning: tuning, disabled: disabled) < least
        guard isSlow || speed > most else { return settle(fan, at: taken, tuning: tuning) }
        insideSince = nil
        if outsideSince == nil || isBelow != isSlow { outsideSince = taken }
        isBelow = isSlow
        guard let since = outsideSince, taken - since >= tuning.speedDwell else { return }
        finding = isSlow ? .slow : .fast
    }

    /// What was found slow stays so until it has been where it should be for long: a slow fan passes through on its way.
    private mutating func settle(_ fan: ThermalFan, at taken: Instant, tuning: ThermalTuning) {
        outsideSince = nil
        if insideSince == nil || !envelope.isSettled(fan) { insideSince = taken }
        if taken - (insideSince ?? taken) >= tuning.speedRecovery { finding = .normal }
    }

    private mutating func note(_ speed: Int64, at taken: Instant, tuning: ThermalTuning) {
        guard let reference else {
            self.reference = speed
            referenceAt = taken
            return
        }
        let milliseconds = (taken - referenceAt).nanoseconds / 1_000_000
        // Two readings close together tell more of the counting than of the fan; old ones tell nothing.
        guard milliseconds >= 200 else { return }
        fall = milliseconds > 2000 ? 0 : min((speed - reference) * 1000 / milliseconds, 0)
        self.reference = speed
        referenceAt = taken
    }

    private func foreseen(_ speed: Int64, tuning: ThermalTuning, disabled: Protections) -> Int64 {
        guard speed < envelope.goal, !disabled.contains(.fanForesight) else { return speed }
        return speed + fall * (tuning.speedForesight.nanoseconds / 1_000_000) / 1000
    }
}
