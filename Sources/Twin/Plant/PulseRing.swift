import Base

/// The newest pulses of a tachometer wire, kept once somebody listens.
final class PulseRing {
    /// What a kernel keeps for a GPIO line is of this size too.
    private static let capacity = 64

    private(set) var isListening = false
    private(set) var lost: UInt64 = 0
    private var times: [Instant] = []
    private var first = 0
    private var count = 0
    private var sequence: UInt32 = 0

    func listen() {
        guard !isListening else { return }
        isListening = true
        times = [Instant](repeating: Instant(nanoseconds: 0), count: PulseRing.capacity)
    }

    func add(_ time: Instant) {
        sequence &+= 1
        guard count < PulseRing.capacity else {
            lost += 1
            return
        }
        times[(first + count) % PulseRing.capacity] = time
        count += 1
    }

    /// The oldest pulse and its number since listening began.
    func next() -> (at: Instant, sequence: UInt32)? {
        guard count > 0 else { return nil }
        let time = times[first]
        // Lost pulses are the newest ones: those that wait are numbered as they came.
        let number = sequence &- UInt32(truncatingIfNeeded: lost) &- UInt32(count - 1)
        first = (first + 1) % PulseRing.capacity
        count -= 1
        return (time, number)
    }
}
