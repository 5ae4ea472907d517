import Base
import Buses

/// A fan's speed from the recorded edges of its tachometer line.
///
/// Four-wire fans give two pulses per revolution. The speed is the mean over the newest pulses, at most 16; a fan
/// counts as stopped when no pulse came for a second.
public struct EdgeTachometer: Sendable {
    /// Pulses remembered; at 6000 min⁻¹ the newest 16 span 75 ms.
    private static let depth = 16
    /// A running fan, even at 60 min⁻¹, shows a pulse within this time.
    public static let stoppedAfter = Duration.seconds(1)

    public let pulsesPerRevolution: UInt8
    /// Pulses closer together than this are ringing on the line.
    public let debounce: Duration
    private var times = InlineArray<16, Instant>(repeating: Instant(nanoseconds: 0))
    private var count = 0

    /// - Parameter debounce: 0.1–1 ms for fans; 200 Hz, the rate of 6000 min⁻¹, has a period of 5 ms.
    public init(pulsesPerRevolution: UInt8 = 2, debounce: Duration = .microseconds(500)) {
        self.pulsesPerRevolution = max(pulsesPerRevolution, 1)
        self.debounce = debounce
    }

    /// Takes one edge, oldest first. Only edges to the active state count.
    public mutating func record(_ edge: Edge) {
        guard edge.direction == .toActive else { return }
        if count > 0 {
            let gap = edge.at - times[(count - 1) % EdgeTachometer.depth]
            if gap < debounce { return }
            // After a standstill the mean over the pause would read as a slow fan.
            if gap > EdgeTachometer.stoppedAfter { count = 0 }
        }
        times[count % EdgeTachometer.depth] = edge.at
        count += 1
        // Keeps the running count bounded without disturbing the ring.
        if count == 2 * EdgeTachometer.depth { count = EdgeTachometer.depth }
    }

    /// The speed as of the newest pulse; `settling` until two pulses have come, `stopped` without recent ones.
    public func speed(now: Instant) -> Reading<RPM> {
        guard count > 0 else { return .failed(.stopped) }
        let newest = times[(count - 1) % EdgeTachometer.depth]
        guard now - newest <= EdgeTachometer.stoppedAfter else { return .failed(.stopped) }
        guard count > 1 else { return .failed(.settling) }
        let pulses = min(count, EdgeTachometer.depth) - 1
        let oldest = times[(count - 1 - pulses) % EdgeTachometer.depth]
        let span = (newest - oldest).nanoseconds
        guard span > 0 else { return .failed(.implausible) }
        return .ok(
            RPM(clamping: Int64(pulses) * 60_000_000_000 / (span * Int64(pulsesPerRevolution))), at: newest)
    }
}
