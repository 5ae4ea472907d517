import Base

/// A board's power ceiling: down step by step while something is hot, up again slowly.
struct ThrottleLadder {
    private(set) var rung = 0
    private var steppedAt: Instant?

    var isFull: Bool { rung == 0 }

    /// - Parameters:
    ///   - hasRoom: everything is below `hot` by more than the window.
    mutating func update(
        _ regime: Regime, level: TemperatureLevel, hasRoom: Bool, tuning: ThermalTuning, now: Instant,
        disabled: Protections
    ) {
        let bottom = tuning.ladder.count - 1
        switch regime {
        case .overheat, .coolDown:
            guard !disabled.contains(.criticalLevel) else { return }
            rung = bottom
            steppedAt = now
        case .throttling:
            guard !disabled.contains(.throttleLadder) else { return }
            let dwell = level >= .hot ? tuning.stepDownDwell : tuning.stepUpDwell
            if let steppedAt, now - steppedAt < dwell, !disabled.contains(.ladderDwell) { return }
            if level >= .hot, rung < bottom {
                rung += 1
            } else if level == .nominal, hasRoom, rung > 0 {
                rung -= 1
            } else {
                return
            }
            steppedAt = now
        case .boot, .warmUp, .regulating, .tripped, .lockedOut:
            break
        }
    }

    /// A board that got too hot starts again with the least power.
    mutating func startOver(tuning: ThermalTuning, now: Instant) {
        rung = tuning.ladder.count - 1
        steppedAt = now
    }

    /// The ceiling in thousandths of full power.
    func ceiling(_ tuning: ThermalTuning) -> Int32 { tuning.ladder[rung] }
}
