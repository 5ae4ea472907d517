import Base

/// Everything that a responder remembers between two steps.
public struct ProductState: Equatable, Sendable {
    /// What is given, in 1/1,000,000,000 of the offered power: positive sheds, negative absorbs.
    var response: Int64 = 0
    /// Where it is going.
    var goal: Int64 = 0
    /// When the frequency called for the response under way.
    var calledAt: Instant?
    /// When the goal was reached after it last grew.
    var reachedAt: Instant?
    /// Since when the frequency has been back.
    var insideSince: Instant?
    /// When the response may end, once that has been drawn.
    var releaseAt: Instant?
    /// Whether the response is on its way back to nothing.
    var isReleasing = false
    /// When the last response was over.
    var endedAt: Instant?
    /// What the last trip-grade readings called for, the newest first.
    var calls: (Int64, Int64, Int64) = (0, 0, 0)
    var callCount = 0
    /// Energy given, in 1/1,000,000 · µs.
    var used: Int64 = 0
    var isExhausted = false
    /// The last reading's word on whether anything can be decided.
    var isSourceLost = false
    var lastStep: Instant?
    var random: UInt64

    /// Two rigs with different seeds come back at different times.
    public init(seed: UInt64) { random = seed }

    public static func == (a: ProductState, b: ProductState) -> Bool {
        a.response == b.response && a.goal == b.goal && a.calledAt == b.calledAt && a.reachedAt == b.reachedAt
            && a.insideSince == b.insideSince && a.releaseAt == b.releaseAt && a.isReleasing == b.isReleasing
            && a.endedAt == b.endedAt && a.calls == b.calls && a.callCount == b.callCount && a.used == b.used
            && a.isExhausted == b.isExhausted && a.isSourceLost == b.isSourceLost && a.lastStep == b.lastStep
            && a.random == b.random
    }

    /// A random time from zero to `limit` in whole milliseconds (generator: Steele, Lea and Flood, 2014).
    mutating func randomDelay(upTo limit: Duration) -> Duration {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        let milliseconds = UInt64(max(0, limit.nanoseconds / 1_000_000))
        return .milliseconds(Int64(truncatingIfNeeded: z % (milliseconds + 1)))
    }

    /// Remembers what one more trip-grade reading called for.
    mutating func note(call: Int64) {
        calls = (call, calls.0, calls.1)
        callCount = min(3, callCount + 1)
    }

    /// The mildest of the last `count` calls; nothing while there are fewer, or they differ in direction.
    func confirmed(_ count: Int) -> Int64 {
        let needed = max(1, min(3, count))
        guard callCount >= needed else { return 0 }
        var mildest = calls.0
        for index in 0..<needed {
            let call = index == 0 ? calls.0 : index == 1 ? calls.1 : calls.2
            guard (call > 0) == (mildest > 0), call != 0 else { return 0 }
            if call.magnitude < mildest.magnitude { mildest = call }
        }
        return mildest
    }
}
