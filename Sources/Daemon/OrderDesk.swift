import Platform
import Rig

/// Hands orders to the hash workers, and keeps those that a worker's mailbox has no room for.
///
/// A pool that sends a job every millisecond must not fill memory, and the newest order must always arrive: what a
/// replacing order makes worthless is dropped, so never more than two orders wait for a worker.
struct OrderDesk {
    private let mailboxes: [Mailbox<HashOrder>]
    private var waiting: [[HashOrder]]

    init(_ mailboxes: [Mailbox<HashOrder>]) {
        self.mailboxes = mailboxes
        waiting = Array(repeating: [], count: mailboxes.count)
    }

    /// True while some worker has not got all its orders.
    var hasWaiting: Bool { waiting.contains { !$0.isEmpty } }

    mutating func give(_ order: HashOrder, to worker: Int) {
        guard mailboxes.indices.contains(worker) else { return }
        switch order {
        case .replace, .idle, .stop: waiting[worker] = [order]
        case .append: waiting[worker].append(order)
        }
        if waiting[worker].count > CPUChain.depth { waiting[worker].removeLast() }
        deliver(to: worker)
    }

    /// Tries again to hand over what waits.
    mutating func deliver() {
        for worker in mailboxes.indices { deliver(to: worker) }
    }

    private mutating func deliver(to worker: Int) {
        while let order = waiting[worker].first, mailboxes[worker].post(order) { waiting[worker].removeFirst() }
    }
}
