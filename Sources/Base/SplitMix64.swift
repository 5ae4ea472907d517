/// A small generator for delays and simulations, not for secrets: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014. The same state gives the same numbers on every machine.
public struct SplitMix64: Equatable, Sendable {
    /// Everything that the numbers to come depend on.
    public var state: UInt64

    public init(state: UInt64) {
        self.state = state
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A duration from zero to `longest`, every nanosecond equally likely; zero when `longest` is not positive.
    public mutating func duration(upTo longest: Duration) -> Duration {
        guard longest > .zero else { return .zero }
        let span = UInt64(longest.nanoseconds) &+ 1
        return .nanoseconds(Int64(truncatingIfNeeded: next().multipliedFullWidth(by: span).high))
    }
}
