import Base
import Stratum

/// What the log says about shares: the first one at once, then a summary now and then, since there may be many a second.
struct ShareLog: Sendable {
    private var acceptedThrottle = Throttle(every: .seconds(10))
    private var rejectedThrottle = Throttle(every: .seconds(1))
    private var lostThrottle = Throttle(every: .seconds(1))
    private var isFirst = true

    /// The line for an accepted share, or nil when it is to be summed up in a later one.
    mutating func accepted(_ difficulty: Double, _ latency: Duration, now: Instant) -> String? {
        guard let before = acceptedThrottle.admit(now: now) else { return nil }
        defer { isFirst = false }
        let first =
            isFirst
            ? "first share accepted" : before > 0 ? "accepted \(before + 1) more shares, the last" : "share accepted"
        return "\(first): difficulty \(RigStatus.short(difficulty)), answered in \(Self.milliseconds(latency))"
    }

    mutating func rejected(_ rejection: Rejection, _ latency: Duration, now: Instant) -> String? {
        guard let before = rejectedThrottle.admit(now: now) else { return nil }
        let more = before > 0 ? " (and \(before) more)" : ""
        return "share rejected as \(rejection.summary), answered in \(Self.milliseconds(latency))\(more)"
    }

    mutating func lost(_ loss: PoolGroup.Loss, now: Instant) -> String? {
        guard let before = lostThrottle.admit(now: now) else { return nil }
        let reason =
            switch loss {
            case .stale: "its job was over before it could be submitted"
            case .duplicate: "it was submitted before"
            case .invalid: "its extranonce2 or version bits are not what the pool allows"
            case .overflow: "too many shares wait for a connection"
            case .disconnected: "the connection broke and the session was not resumed in time"
            case .stopped: "the pool did not answer before the agent was told to stop"
            }
        return "share not delivered: \(reason)\(before > 0 ? " (and \(before) more)" : "")"
    }

    private static func milliseconds(_ duration: Duration) -> String {
        Decimal.fixed(Double(duration.nanoseconds) / 1e6, places: 1) + " ms"
    }
}
