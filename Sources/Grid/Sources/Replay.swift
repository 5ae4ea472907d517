import Base

/// Plays a recorded course back on the agent's clock, in real time or faster.
public struct Replay: Equatable, Sendable {
    private let rows: [TraceReader.Row]
    private let start: Instant
    private let speed: Int64
    private var next = 0

    /// - Parameter speed: 1 plays in real time, 60 a minute in a second; 1–100,000.
    public init(_ rows: [TraceReader.Row], start: Instant, speed: Int = 1) {
        self.rows = rows
        self.start = start
        self.speed = Int64(max(1, min(100_000, speed)))
    }

    /// When the next sample is due; nil at the end.
    public var wakeAt: Instant? {
        next < rows.count ? start + .nanoseconds(rows[next].time.nanoseconds / speed) : nil
    }

    /// The next sample that is due at `now`. Its time is the recording's own, so that rates of change are right at any speed.
    public mutating func take(now: Instant) -> MeterSample? {
        guard let due = wakeAt, due <= now else { return nil }
        let row = rows[next]
        next += 1
        return MeterSample(frequency: row.frequency, voltage: row.voltage, at: start + row.time)
    }
}
