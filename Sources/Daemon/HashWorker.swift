import Base
import Platform
import Rig
import SHA256
import Synchronization

/// One thread that searches nonces on the processor: a worker of a chain of kind `cpu`.
///
/// It takes orders from its mailbox between chunks of about a millisecond, so that a clean job reaches it well within
/// five. When the supervisor is too busy to take reports the worker waits with its finds rather than lose one.
final class HashWorker: Sendable {
    /// Time to search one chunk: short against the 5 ms in which a clean job must take effect, long against the cost of
    /// looking into the mailbox (about 50 ns).
    private static let chunkTarget = Duration.microseconds(500)
    private static let smallestChunk: UInt64 = 256
    private static let largestChunk: UInt64 = 1 << 22

    struct Settings: Sendable {
        /// Index of the worker within its chain.
        var index: Int
        var kernel: ScanKernel
        /// 1–100.
        var dutyPercent: Int
        var nice: Int
        /// The processor to stay on; nil: any.
        var processor: Int?
    }

    let orders: Mailbox<HashOrder>
    /// Nonces searched since the start.
    let hashCount = Atomic<UInt64>(0)
    /// Set when the thread has handed over its last report.
    let hasEnded = Atomic(false)
    private let settings: Settings
    private let reports: Mailbox<HashReport>

    /// - Parameter reports: where finds go; shared by all workers.
    init(_ settings: Settings, reports: Mailbox<HashReport>) throws(SystemError) {
        self.settings = settings
        self.reports = reports
        // The supervisor keeps at most two tasks with a worker, and may idle and replace on top of that.
        orders = try Mailbox(capacity: 8)
    }

    /// Starts the thread; it ends after `HashOrder.stop`.
    func start() throws(SystemError) -> Platform.Thread {
        var attributes = Platform.Thread.Attributes(name: "hash")
        attributes.cpu = settings.processor
        return try Platform.Thread(attributes) { [self] in
            run()
            hasEnded.store(true, ordering: .releasing)
        }
    }

    private func run() {
        // Refused only where a sandbox forbids it; then the workers merely compete with the rest.
        do { try Platform.Thread.setNice(settings.nice) } catch {}
        var queue = TaskQueue()
        var hits = NonceHits()
        var chunk = Self.smallestChunk
        var duty = DutyCycle(percent: settings.dutyPercent)
        var lap = (at: Clock.now, used: Clock.threadProcessorTime)
        while receive(into: &queue) {
            guard var task = queue.current else { continue }
            let begin = Clock.now
            hits.removeAll()
            let searched = settings.kernel.scan(
                task.block, from: task.firstNonce, count: min(chunk, task.nonceCount), topLimit: task.topLimit,
                into: &hits)
            hashCount.wrappingAdd(searched, ordering: .relaxed)
            if queue.isFresh {
                queue.isFresh = false
                deliver(.began(worker: settings.index, workID: task.workID, delay: begin - task.causedAt))
            }
            for index in 0..<hits.count {
                deliver(.candidate(worker: settings.index, workID: task.workID, nonce: hits[index]))
            }
            task.firstNonce = task.firstNonce &+ UInt32(truncatingIfNeeded: searched)
            task.nonceCount -= searched
            if task.nonceCount == 0 {
                deliver(.exhausted(worker: settings.index, workID: task.workID))
                queue.finishCurrent()
            } else {
                queue.current = task
            }

            let end = Clock.now
            chunk = Self.adapted(chunk, spent: end - begin)
            guard settings.dutyPercent < 100 else { continue }
            let used = Clock.threadProcessorTime
            duty.record(end - lap.at, hashing: used - lap.used)
            lap = (end, used)
            // Resting ends with the next order, and goes on after the first chunk of what it brings.
            let rest = duty.rest
            if rest > .zero, queue.current != nil, !wait(until: end + rest, &queue) { return }
        }
    }

    /// Obeys what is in the mailbox, waiting for it when there is nothing to do. False: stop.
    private func receive(into queue: inout TaskQueue) -> Bool {
        while let order = orders.take() {
            guard queue.obey(order) else { return false }
        }
        // Woken at least once an hour, which costs nothing and bounds the wait.
        return queue.current != nil || wait(until: Clock.now + .seconds(3600), &queue)
    }

    /// Waits for one order and obeys it. False: stop; also when the mailbox cannot be waited on, since a worker that
    /// can no longer be told anything must not go on.
    private func wait(until deadline: Instant, _ queue: inout TaskQueue) -> Bool {
        do {
            guard let order = try orders.take(until: deadline) else { return true }
            return queue.obey(order)
        } catch {
            return false
        }
    }

    /// Hands over a report, waiting while the supervisor's mailbox is full.
    private func deliver(_ report: HashReport) {
        while !reports.post(report) { Platform.Thread.sleep(.milliseconds(1)) }
    }

    /// The chunk size that would have taken `chunkTarget`, changed by at most a factor of two at a time.
    private static func adapted(_ chunk: UInt64, spent: Duration) -> UInt64 {
        if spent > chunkTarget * 2 { return max(smallestChunk, chunk / 2) }
        if spent < chunkTarget { return min(largestChunk, chunk * 2) }
        return chunk
    }
}
