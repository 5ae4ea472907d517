import Base

/// How much power a claim is about.
public enum PowerLimit: Hashable, Sendable {
    /// No hashing at all: chips in reset, the supply's output off.
    case off
    /// Electrical power at the mains.
    case power(Milliwatts)
    /// Thousandths of the rig's rated power, 0–1000; 0 is the same as `off`.
    case permille(Int)

    /// The limit in milliwatts for a rig of this rated power, 0 for off and never above `rated`.
    public func resolved(rated: Milliwatts) -> Milliwatts {
        switch self {
        case .off: .zero
        case .power(let power): min(max(power, .zero), rated)
        case .permille(let permille):
            Milliwatts(clamping: Int64(rated.value) * Int64(min(max(permille, 0), 1000)) / 1000)
        }
    }

    /// Whether the limit means a number that there can be: no negative power, no more than 1000 ‰.
    var isSensible: Bool {
        switch self {
        case .off: true
        case .power(let power): power >= .zero
        case .permille(let permille): (0...1000).contains(permille)
        }
    }
}
