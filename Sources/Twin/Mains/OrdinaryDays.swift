/// The frequency of ordinary days on a large network, a value a second: what a product must sleep through.
///
/// Made to the figures of 28 days of Continental Europe (Docs/grid.md, "Ordinary days"): deviation 21.6 mHz, steps of 1.5 mHz
/// from second to second with a few of 5, and an excursion beyond −100 mHz every third day that lasts half a minute.
/// Simulated, not recorded.
public struct OrdinaryDays: Sendable {
    /// How fast the wandering forgets, in seconds: from the deviation and the step.
    static let memory = 400.0
    static let deviation = 21.5
    /// Excursions a day: below, above.
    static let deepLow = 0.36
    static let deepHigh = 0.18
    /// They begin within seconds and fade in minutes.
    static let onset = 5.0
    static let fading = 150.0

    private var noise: Noise
    private var wander = 0.0
    private var excursion = 0.0
    private var target = 0.0
    private var onsetLeft = 0

    public init(seed: UInt64) { noise = Noise(seed: seed) }

    /// The next second's deviation from nominal in millihertz.
    public mutating func next() -> Double {
        let keep = 1 - 1 / Self.memory
        // Two in a thousand steps are three and a half times as large.
        let size = noise.happens(permille: 2) ? 3.5 : 1.0
        wander = keep * wander + size * Self.deviation * (1 - keep * keep).squareRoot() * roughNormal()
        let chance = noise.uniform() * 86_400
        if onsetLeft == 0, excursion.magnitude < 5, chance < Self.deepLow + Self.deepHigh {
            let depth = 100 + 6 * exponential()
            target = (chance < Self.deepLow ? -depth : depth) - wander
            onsetLeft = Int(Self.onset)
        }
        if onsetLeft > 0 {
            excursion += target / Self.onset
            onsetLeft -= 1
        } else {
            excursion *= 1 - 1 / Self.fading
        }
        return wander + excursion
    }

    /// Normal enough for a sum of many.
    private mutating func roughNormal() -> Double {
        let bits = noise.bits()
        var sum = -2.0
        for shift in [0, 16, 32, 48] as [UInt64] { sum += Double(bits >> shift & 0xFFFF) / 65536 }
        // Four even numbers have a variance of 1/3.
        return sum * 1.7320508
    }

    /// With mean 1; at most 6.
    private mutating func exponential() -> Double {
        // The number of trials of 1/16 until one succeeds.
        var count = 0.0
        while count < 96, noise.bits() & 15 != 0 { count += 1 }
        return count / 16
    }
}
