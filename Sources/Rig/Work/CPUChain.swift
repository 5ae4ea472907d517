import Base
import Mining
import SHA256

/// The processor as a chain: keeps every hash worker supplied with the header it searches and the one after it.
public struct CPUChain: Sendable {
    /// An order for one worker.
    public struct Dispatch: Sendable {
        public let worker: Int
        public let order: HashOrder
    }

    /// Headers that a worker holds: the one it searches and the next, so that it never waits for the supervisor.
    public static let depth = 2

    public let workerCount: Int

    public init(workerCount: Int) {
        self.workerCount = workerCount
    }

    /// The orders that move all workers to the distributor's present job at once.
    /// - Parameter causedAt: when the news of the job arrived, for the measured switching time.
    public func begin(_ distributor: inout WorkDistributor, causedAt: Instant, now: Instant) -> [Dispatch] {
        var orders: [Dispatch] = []
        // First a header for everyone, so that the last worker does not wait for the first one's reserve.
        for round in 0..<Self.depth {
            for worker in 0..<workerCount {
                guard let task = task(from: &distributor, causedAt: causedAt, now: now) else { break }
                orders.append(Dispatch(worker: worker, order: round == 0 ? .replace(task) : .append(task)))
            }
        }
        return orders
    }

    /// The order that refills `worker` after it has used up a header; nil when the job has no more.
    public func refill(_ worker: Int, from distributor: inout WorkDistributor, now: Instant) -> Dispatch? {
        task(from: &distributor, causedAt: now, now: now).map { Dispatch(worker: worker, order: .append($0)) }
    }

    /// The orders that stop all hashing but not the workers.
    public func idle() -> [Dispatch] {
        (0..<workerCount).map { Dispatch(worker: $0, order: .idle) }
    }

    private func task(from distributor: inout WorkDistributor, causedAt: Instant, now: Instant) -> HashTask? {
        guard let piece = distributor.drawHeader(now: now) else { return nil }
        let header = piece.work.header
        let tail = header.tail
        return HashTask(
            workID: piece.id,
            block: ScanBlock(midstate: header.midstate, tail: (tail.root, tail.time, tail.bits)),
            firstNonce: header.nonce, nonceCount: piece.work.nonceCount,
            topLimit: piece.work.searchTarget.top32, causedAt: causedAt)
    }
}
