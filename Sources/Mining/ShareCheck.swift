/// The last check before a find is submitted. It believes nobody: every find is hashed again, whoever reports it.
///
/// After `init` a check allocates nothing.
public struct ShareCheck: Sendable {
    /// The largest hash that the pool takes as a share at present. A find also counts when it meets the target that
    /// was in force when its work was made: pools differ in whether a new difficulty holds at once or from the next
    /// job.
    public var shareTarget: UInt256
    private var history: ShareHistory

    /// - Parameter memory: how many shares are remembered to tell duplicates, all jobs together; 1–4096.
    public init(shareTarget: UInt256, memory: Int = 1024) {
        self.shareTarget = shareTarget
        history = ShareHistory(capacity: memory)
    }

    /// Hashes and judges a find.
    ///
    /// - Parameter ticket: the largest hash that the chip or kernel was told to report.
    public mutating func check(_ solution: Solution, of work: Work, ticket: UInt256) -> Verdict {
        let header = work.header(for: solution)
        let hash = UInt256(header.hash)
        guard hash <= ticket else { return .hardwareError(hash) }
        let isBlock = hash <= work.networkTarget
        guard isBlock || hash <= max(work.shareTarget, shareTarget) else { return .belowPool(hash) }
        let share = Share(header, of: work, hash: hash)
        guard history.insert(ShareHistory.Entry(share, version: header.version)) else { return .duplicate(hash) }
        return isBlock ? .block(share) : .share(share)
    }

    /// Forgets all shares, for when every earlier job has become worthless.
    public mutating func forgetShares() {
        history.removeAll()
    }

    /// What a find turned out to be.
    public enum Verdict: Sendable {
        /// The hash misses the ticket: the chip, or the way to it, made a mistake.
        case hardwareError(UInt256)
        /// A correct result that the pool would not take.
        case belowPool(UInt256)
        /// A share that was found before, and not to be submitted again.
        case duplicate(UInt256)
        /// To be submitted.
        case share(Share)
        /// To be submitted before anything else: it solves the block, whether or not it meets the pool's target.
        case block(Share)
    }
}
