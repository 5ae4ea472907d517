import Base

/// A zero crossing of the mains voltage.
public struct Crossing: Equatable, Sendable {
    /// Which way the voltage went.
    public enum Polarity: Equatable, Sendable {
        case rising, falling
    }

    public var polarity: Polarity
    public var at: Instant

    public init(_ polarity: Polarity, at: Instant) {
        self.polarity = polarity
        self.at = at
    }
}
