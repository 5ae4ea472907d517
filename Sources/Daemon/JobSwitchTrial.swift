import Base
import Platform
import Rig
import SHA256

/// Measures how long it takes until the hash workers obey a new job: busy workers on all processors, as the daemon runs them,
/// are given another task again and again at moments that they cannot foresee.
public struct JobSwitchTrial {
    /// From an order to the first nonces searched for it, of every worker each time; shortest first.
    public private(set) var delays: [Duration] = []
    /// How much later than asked the ordering thread was woken each time; shortest first. It is what this machine itself adds
    /// to anything that waits.
    public private(set) var wakeups: [Duration] = []
    public let workerCount: Int

    /// Time between two orders: between these, evenly spread.
    private static let pauses: ClosedRange<UInt64> = 1_000_000...9_000_000
    /// How long the workers may take to obey one order before the trial is given up.
    private static let patience = Duration.seconds(10)

    /// Why there is no result.
    public enum Failure: Error {
        case system(SystemError)
        /// No kernel computes right on this processor.
        case noKernel
        /// A worker did not obey in time.
        case notObeyed
    }

    /// Orders `switches` tasks, one after the other.
    /// - Parameter nice: scheduling niceness of the workers, −20 to 19; nil: as the daemon runs them. Where other programs keep
    ///   the machine busy, a lower one shows what of the delay is theirs.
    public init(switches: Int, nice: Int? = nil) throws(Failure) {
        guard let kernel = KernelSelection(processorTime: { Clock.threadProcessorTime }).fastest else {
            throw .noKernel
        }
        var isObeyed = true
        do throws(SystemError) {
            let reports = try Mailbox<HashReport>(capacity: 1024)
            var chain = CPUChainDescription()
            if let nice { chain.nice = nice }
            let workers = try HashWorkers(chain, kernel: kernel, reports: reports)
            var desk = OrderDesk(workers.mailboxes)
            workerCount = workers.count
            delays.reserveCapacity(switches * workers.count)
            wakeups.reserveCapacity(switches)
            var seed = Entropy.seed()
            for number in 0..<switches where isObeyed {
                let due = Clock.now + .nanoseconds(Int64(Self.pause(&seed)))
                Thread.sleep(due - Clock.now)
                wakeups.append(max(.zero, Clock.now - due))
                isObeyed = try self.order(UInt64(number), workers, &desk, reports)
            }
            try workers.stop(&desk) { while reports.take() != nil {} }
        } catch {
            throw .system(error)
        }
        guard isObeyed else { throw .notObeyed }
        delays.sort()
        wakeups.sort()
    }

    /// Gives every worker the task `number` and waits until all have begun it; false when they have not in time.
    private mutating func order(
        _ number: UInt64, _ workers: HashWorkers, _ desk: inout OrderDesk, _ reports: Mailbox<HashReport>
    ) throws(SystemError) -> Bool {
        let now = Clock.now
        // No hash is low enough for this limit but by a chance of 2^-32: the workers search and find nothing.
        let block = ScanBlock(midstate: .init(repeating: UInt32(truncatingIfNeeded: number)), tail: (0, 0, 0))
        let task = HashTask(
            workID: number, block: block, firstNonce: 0, nonceCount: 1 << 32, topLimit: 0, causedAt: now)
        for worker in 0..<workers.count { desk.give(.replace(task), to: worker) }
        var missing = workers.count
        while missing > 0 {
            guard let report = try reports.take(until: now + Self.patience) else { return false }
            guard case .began(_, number, let delay) = report else { continue }
            delays.append(delay)
            missing -= 1
        }
        return true
    }

    /// The next pause in nanoseconds (xorshift64, Marsaglia 2003).
    private static func pause(_ state: inout UInt64) -> UInt64 {
        state |= 1
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return pauses.lowerBound + state % (pauses.upperBound - pauses.lowerBound + 1)
    }
}
