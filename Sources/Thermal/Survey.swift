import Base

/// What the channels of one board, or those of the rig itself, say together.
struct Survey {
    var level = TemperatureLevel.nominal
    /// The channel at that level that is furthest above its target, and how far: the worst margin with its sign turned.
    var leader: Int?
    var worstError = Celsius.zero
    /// All estimates are at or below their targets, and below `hot` by more than the ladder's window.
    var isCool = true
    var hasRoom = true
    var goodSensors = 0
    /// A required channel that is lost, one that has never answered, any other that is lost.
    var lostRequired: Int?
    var unanswered: Int?
    var hasLostOptional = false

    /// Adds a channel's estimate.
    mutating func add(
        _ estimate: Celsius, of channel: Int, limits: TemperatureLimits, shift: Celsius, window: Celsius
    ) {
        let target = limits.target(shifted: shift)
        let error = estimate - target
        if leader == nil || error > worstError {
            leader = channel
            worstError = error
        }
        level = max(level, limits.level(of: estimate))
        if estimate > target { isCool = false }
        if estimate + window > limits.hot { hasRoom = false }
    }
}

extension TemperatureLimits {
    /// The target moved by a wish, which must not bring it near `hot`.
    func target(shifted shift: Celsius) -> Celsius {
        min(target + shift, max(target, hot - .degrees(1)))
    }
}
