import Base

/// Something that knows a fan's speed: a fan controller chip, a kernel driver, or a counted tachometer line.
public protocol Tachometer: AnyObject {
    /// The speed with the instant it was measured at; `failed(.stopped)` for a fan that does not turn, never 0.
    func speed(now: Instant) -> Reading<RPM>
}
