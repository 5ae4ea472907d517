import Base

/// Where a frequency comes from, how old it may be, and what its silence means.
public struct SourcePolicy: Equatable, Sendable {
    /// The kinds of source.
    public enum Kind: Equatable, Sendable {
        /// Zero crossings on a line of the board, or a meter of the rig's own.
        case localSensing
        /// A phasor measurement unit over the network.
        case synchrophasor
        /// Numbers from a broker or socket.
        case feed
        /// A recording, for trials.
        case replay
        /// A remote command under a contract that counts silence as danger.
        case contract
    }

    public var kind: Kind
    /// Without news for so long the source is lost.
    public var staleAfter: Duration
    public var onLoss: LossPolicy

    public init(kind: Kind, staleAfter: Duration, onLoss: LossPolicy) {
        self.kind = kind
        self.staleAfter = staleAfter
        self.onLoss = onLoss
    }

    /// What suits a kind (Docs/grid.md, "Sources"): local sensing may have come loose, so its silence changes nothing; a
    /// contract's silence takes the load off after four minutes.
    public static func standard(_ kind: Kind) -> SourcePolicy {
        switch kind {
        case .localSensing: SourcePolicy(kind: kind, staleAfter: .milliseconds(50), onLoss: .holdAndDisarm)
        case .synchrophasor: SourcePolicy(kind: kind, staleAfter: .seconds(2), onLoss: .holdAndDisarm)
        case .feed: SourcePolicy(kind: kind, staleAfter: .seconds(5), onLoss: .holdAndDisarm)
        case .replay: SourcePolicy(kind: kind, staleAfter: .seconds(10), onLoss: .holdAndDisarm)
        case .contract: SourcePolicy(kind: kind, staleAfter: .seconds(240), onLoss: .curtail)
        }
    }

    /// What to do at `now` about a source last heard at `heard`; nil while it is fresh.
    public func verdict(heard: Instant?, now: Instant) -> LossPolicy? {
        guard let heard else { return onLoss }
        return now - heard > staleAfter ? onLoss : nil
    }
}
