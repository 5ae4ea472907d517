/// Repeatable chance: the generator of Steele, Lea and Flood (2014), the same sequence on every machine.
public struct Noise: Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// 64 random bits.
    public mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Evenly from 0 up to 1.
    public mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

    /// Normal with mean 0 and deviation 1, from twelve even ones; nothing lies beyond 6.
    public mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += uniform() }
        return sum
    }

    /// True so many times in a thousand.
    public mutating func happens(permille: Int32) -> Bool {
        permille > 0 && bits() % 1000 < UInt64(permille)
    }
}
