import Base
import Buses

/// Turns the kernel's records of a line into edges with one clock and a count, and counts those that were lost.
struct EdgeRecord {
    /// Both directions are recorded, so that two edges in the same direction have a lost one between them.
    let alternates: Bool
    private(set) var lost: UInt64 = 0
    private var sequence: UInt32 = 0
    private var lastDirection: Edge.Direction?
    private var lastTime = Instant(nanoseconds: 0)

    init(alternates: Bool) {
        self.alternates = alternates
    }

    /// The next edge; nil when its time cannot be told, which counts as lost.
    ///
    /// - Parameters:
    ///   - nanoseconds: CLOCK_MONOTONIC, or CLOCK_REALTIME from kernels before 5.7 through libgpiod 1. A time later than
    ///     `now` is the latter: the clock that counts from 1970 is ahead of the one that counts from the boot.
    ///   - number: the kernel's count of the line's edges from 1; 0 where the interface has none.
    ///   - wall: CLOCK_REALTIME at `now`.
    mutating func add(
        _ direction: Edge.Direction, nanoseconds: UInt64, number: UInt32, now: Instant, wall: Int64
    ) -> Edge? {
        if number > 0 {
            lost += UInt64(number &- sequence &- 1)
            sequence = number
        } else if alternates, lastDirection == direction {
            lost += 1
            sequence &+= 2
        } else {
            sequence &+= 1
        }
        lastDirection = direction
        var at = Instant(nanoseconds: nanoseconds)
        if at > now {
            let ahead = Int64(clamping: wall) - Int64(clamping: now.nanoseconds)
            at = at + .nanoseconds(-ahead)
        }
        // Not so when the wall clock was set between the edge and now.
        guard at <= now, at >= lastTime else {
            lost += 1
            return nil
        }
        lastTime = at
        return Edge(direction, at: at, sequence: sequence)
    }
}
