import Base

/// Numbers drawn from the rig's seed: the same seed gives the same rig, chip by chip.
struct SeededDraws {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(state: seed)
    }

    mutating func next() -> UInt64 { generator.next() }

    /// A number from 0 to below 1, all of its 53 bits random.
    mutating func unit() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    /// A number from −1 to 1 whose density falls in a straight line from the middle.
    mutating func triangular() -> Double {
        unit() - unit()
    }

    /// A number that looks random and follows from `word` alone.
    static func mixed(_ word: UInt64) -> UInt64 {
        var generator = SplitMix64(state: word)
        return generator.next()
    }
}
