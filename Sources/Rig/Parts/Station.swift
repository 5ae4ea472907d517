import Base

/// One part, or one line, that the crew attends to.
protocol Station: AnyObject {
    /// When `step` is due.
    var wakeAt: Instant { get }
    /// The chain whose board the part sits on; nil for the rig's own.
    var chain: String? { get }
    /// Does what is due: a bounded number of transfers, no waiting.
    func step(now: Instant, into news: inout [PartNews])
    /// The part's board is not plugged in: there is nothing to talk to.
    func rest(now: Instant, into news: inout [PartNews])
}
