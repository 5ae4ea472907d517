import Base

/// The time that the simulated rig lives in: the machine's clock on a desk, simulated time in a campaign.
public protocol TwinClock: AnyObject {
    /// Never goes back.
    var now: Instant { get }
}

/// Simulated time: stands still until it is moved.
public final class ManualClock: TwinClock {
    public private(set) var now: Instant

    public init(now: Instant = Instant(nanoseconds: 0)) {
        self.now = now
    }

    /// Moves on; a negative duration is taken for zero.
    public func advance(by duration: Duration) {
        now = now + max(duration, .zero)
    }
}
