import ASIC

/// Why a hash board cannot go on.
public enum BoardFault: Hashable, Sendable {
    /// Its chain gave up after restarts of its own.
    case chain(ChainFault)
    /// Its bus failed so often that the chain's owner gave up.
    case busLost
    /// The supply went away while the board was at work.
    case powerLost
    /// The supply did not come within its time.
    case notSupplied
    /// The chips were not ready within their time.
    case notReady
    /// The clock did not arrive at its target within its time.
    case clockStuck
    /// No hashes at full power.
    case noHashes
    /// The board was told to be off and is not.
    case notOff
    /// Nothing has been heard of the board's thread for too long.
    case unresponsive

    /// The lowest rung that can cure it: one that cannot is not worth the wait.
    public var leastStep: RecoveryStep {
        switch self {
        case .chain(.overheated): .backOff
        case .chain(.supplyFailed), .chain(.voltage), .powerLost, .notSupplied, .noHashes, .notOff: .powerCycle
        case .chain(.silent), .busLost, .unresponsive: .reset
        case .chain, .notReady, .clockStuck: .reinitialise
        }
    }

    /// Whether it is the supply's: a grid that fails often must not use up a good board's recoveries.
    public var isOfSupply: Bool { self == .powerLost || self == .notSupplied }

    /// Whether trying again could do harm, so that only a person may do it.
    public var isFinal: Bool {
        switch self {
        case .chain(.foreignChips), .notOff: true
        default: false
        }
    }
}
