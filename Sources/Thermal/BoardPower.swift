import Base

/// A board's supply as the controller sees it.
struct BoardPower {
    private(set) var power = Milliwatts.zero
    private(set) var energisedSince: Instant?
    /// Since when it has been off; the controller's start at first.
    private(set) var offSince: Instant?
    /// Since when it has drawn at least a quarter of its full power.
    private(set) var workingSince: Instant?
    /// It draws power although its supply was said to be off.
    private(set) var isPoweredWhileOff = false
    /// It was switched on, or off, at this tick.
    private(set) var hasStarted = false
    private(set) var hasStopped = false

    init(now: Instant) {
        offSince = now
    }

    var isEnergised: Bool { energisedSince != nil }

    mutating func update(
        _ input: ThermalInputs.Board?, _ board: ThermalBoard, now: Instant, disabled: Protections
    ) {
        let maximum = board.maximumPower
        let isSaidOn = input?.isEnergised ?? false
        var isOn = isSaidOn
        switch input?.power ?? .unknown {
        case .measured(let measured):
            power = measured
            // A shorted switch keeps a board hot whatever its line says. Below a twentieth it is leakage and logic.
            if Int64(measured.value) * 20 > Int64(maximum.value), !disabled.contains(.measuredPowerCounts) {
                isOn = true
            }
        case .estimated(let estimated): power = isSaidOn ? estimated : .zero
        case .unknown: power = isSaidOn ? maximum : .zero
        }
        isPoweredWhileOff = isOn && !isSaidOn
        hasStarted = isOn && energisedSince == nil
        hasStopped = !isOn && energisedSince != nil
        if hasStarted {
            energisedSince = now
            offSince = nil
        } else if hasStopped {
            energisedSince = nil
            offSince = now
        }
        if isOn, Int64(power.value) * 4 >= Int64(maximum.value) {
            if workingSince == nil { workingSince = now }
        } else {
            workingSince = nil
        }
    }
}
