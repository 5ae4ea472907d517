import Base
import Mining

/// The jobs that chips may still report results of, by the slot whose id the job was sent under.
///
/// A slot is used again only when its job was replaced long enough ago that no result of it can be on its way. Slots are
/// taken in turn, so that is always the oldest one's turn.
public struct JobTable: Sendable {
    /// A job as it was sent.
    public struct Job: Sendable {
        public let workID: UInt64
        public let work: Work
        /// The largest hash that the chips were told to report.
        public let ticket: UInt256
        /// Whether results are still worth something: false once a clean job has made it worthless.
        fileprivate(set) public var isCurrent: Bool
        fileprivate var replacedAt: Instant?
    }

    /// How long after its replacement results of a job may still arrive: what chips have in their queues and on the wire.
    public let hold: Duration
    private var slots: [Job?]
    private var next = 0
    private var newest: Int?

    /// - Parameters:
    ///   - slotCount: how many ids there are, at least 2.
    ///   - hold: how long an id rests after its job was replaced.
    public init(slotCount: Int, hold: Duration) {
        slots = Array(repeating: nil, count: max(2, slotCount))
        self.hold = hold
    }

    /// When the next slot can be taken; nil when it can be at once.
    public func nextFree(now: Instant) -> Instant? {
        // Only the newest job has not been replaced, and with two slots or more it is never the next in turn.
        guard let replacedAt = slots[next]?.replacedAt else { return nil }
        return replacedAt + hold <= now ? nil : replacedAt + hold
    }

    /// Enters a job in the next slot and returns the slot; nil while none is free.
    public mutating func insert(_ work: Work, id: UInt64, ticket: UInt256, now: Instant) -> Int? {
        guard nextFree(now: now) == nil else { return nil }
        if let newest { slots[newest]?.replacedAt = now }
        let slot = next
        slots[slot] = Job(workID: id, work: work, ticket: ticket, isCurrent: true)
        newest = slot
        next = (slot + 1) % slots.count
        return slot
    }

    /// Declares all jobs so far worthless. They stay known, so that their results can be told from errors.
    public mutating func invalidateAll() {
        for slot in slots.indices { slots[slot]?.isCurrent = false }
    }

    /// Forgets all jobs, for when the chips have been reset.
    public mutating func removeAll() {
        for slot in slots.indices { slots[slot] = nil }
        newest = nil
    }

    /// The job that was sent under the id of `slot`.
    public subscript(slot: Int) -> Job? {
        slots.indices.contains(slot) ? slots[slot] : nil
    }
}
