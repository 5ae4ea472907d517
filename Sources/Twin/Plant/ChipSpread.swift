import Base

/// What chips of one board differ in, drawn from the rig's seed, and how their power follows from what they do.
struct ChipSpread {
    /// Per chip: watts per hertz at the reference voltage, with all engines busy.
    private let perHertz: [Double]
    /// Per chip: how much more than the mean it takes, −1 to 1.
    let excess: [Double]
    /// Per group: watts at the reference voltage and 60 °C.
    let leakage: [Double]

    /// Efficiency differs by up to 6 %, leakage by up to 35 %: made up, in the range that sorting chips leaves.
    private static let efficiency = 0.06, leaking = 0.35
    /// Part of the power that the clock takes when no engine works. Made up.
    private static let idleShare = 0.2

    init(_ configuration: TwinBoardConfiguration, groupOf: [Int], random: inout SeededDraws) {
        let chip = Double(configuration.chipPower.value) / 1000
        let leaking = chip * Double(configuration.leakagePermille) / 1000
        var perHertz: [Double] = []
        var excess: [Double] = []
        var leakage = [Double](repeating: 0, count: configuration.groups)
        for group in groupOf {
            let difference = random.triangular() * ChipSpread.efficiency
            excess.append(difference)
            perHertz.append((chip - leaking) * (1 + difference) / Double(configuration.referenceClock))
            leakage[group] += leaking * (1 + random.triangular() * ChipSpread.leaking)
        }
        self.perHertz = perHertz
        self.excess = excess
        self.leakage = leakage
    }

    /// Watts of a chip's clock and engines at the reference voltage.
    func switchingPower(_ activity: ChipActivity, chip: Int) -> Double {
        let busy = Double(min(max(activity.busyPermille, 0), 1000)) / 1000
        return perHertz[chip] * Double(activity.clock) * (ChipSpread.idleShare + (1 - ChipSpread.idleShare) * busy)
    }

    /// Leakage at a temperature over that at 60 °C: it doubles every 20 degrees, near enough.
    ///
    /// (1 + x/8)^8 stands for e^x, so that no mathematical library is needed; it grows a little slower.
    static func leakageFactor(_ degrees: Double) -> Double {
        let base = 1 + (degrees - 60) / (28 * 8)
        guard base > 0 else { return 0 }
        let square = base * base
        let fourth = square * square
        return fourth * fourth
    }
}
