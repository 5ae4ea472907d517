import Base

/// One direction of a simulated serial line: bytes, each with the time at which its stop bit is over and the rate at which
/// it was sent. Bounded; memory is taken at the start.
struct SerialWire {
    struct Passing {
        var byte: UInt8
        var at: Instant
        var baud: UInt32
    }

    /// Ten bits to a byte: start, eight, stop.
    private static let bitsPerByte: UInt64 = 10

    let capacity: Int
    private var ring: [Passing]
    private var first = 0
    private(set) var count = 0
    private var freeAt = Instant(nanoseconds: 0)

    init(capacity: Int) {
        self.capacity = capacity
        ring = Array(
            repeating: Passing(byte: 0, at: Instant(nanoseconds: 0), baud: 0), count: capacity)
    }

    var room: Int { capacity - count }

    /// When the oldest byte is over; nil when the line is idle.
    var nextAt: Instant? { count > 0 ? ring[first].at : nil }

    /// Puts a byte behind those on the line, or at `ready` if the line is idle by then; the caller has seen to the room.
    mutating func send(_ byte: UInt8, ready: Instant, baud: UInt32) {
        let duration = Self.bitsPerByte * 1_000_000_000 / UInt64(max(1, baud))
        freeAt = Instant(nanoseconds: max(freeAt, ready).nanoseconds &+ duration)
        ring[(first + count) % capacity] = Passing(byte: byte, at: freeAt, baud: baud)
        count += 1
    }

    /// Takes the oldest byte if it is over by `now`.
    mutating func take(by now: Instant) -> Passing? {
        guard count > 0, ring[first].at <= now else { return nil }
        defer {
            first = (first + 1) % capacity
            count -= 1
        }
        return ring[first]
    }

    /// Bytes that are over by `now` and have not been taken.
    func arrived(by now: Instant) -> Int {
        // Times rise along the ring.
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if ring[(first + middle) % capacity].at <= now { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func removeAll() {
        count = 0
        freeAt = Instant(nanoseconds: 0)
    }

    /// Whether a receiver at one rate understands a sender at the other. Sampling in the middle of the last bit bears
    /// half a bit in nine and a half.
    static func understands(_ a: UInt32, _ b: UInt32) -> Bool {
        let (low, high) = (UInt64(min(a, b)), UInt64(max(a, b)))
        return (high - low) * 1000 <= low * 45
    }
}
