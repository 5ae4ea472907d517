/// Numbers that look random and are the same for the same seed on every machine (SplitMix64, Steele, Lea and Flood 2014).
struct CampaignDraws {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in the range, which holds at most 2³² numbers.
    mutating func next(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(((next() >> 32) * UInt64(range.count)) >> 32)
    }
}

/// A fingerprint of everything that was decided and everything that happened (FNV-1a, 64 bits).
struct TraceHash: Equatable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ number: Int32) {
        var rest = UInt32(bitPattern: number)
        for _ in 0..<4 {
            value = (value ^ UInt64(rest & 0xFF)) &* 0x0000_0100_0000_01B3
            rest >>= 8
        }
    }
}
