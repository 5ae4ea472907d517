import Platform
import Rig
import SHA256
import Synchronization

/// The threads of the processor's chain.
final class HashWorkers {
    private let workers: [HashWorker]
    private var threads: [JoinableThread] = []

    /// Starts the workers; they wait for orders. Nil: there are none.
    init(_ chain: CPUChainDescription?, kernel: ScanKernel, reports: Mailbox<HashReport>) throws(SystemError) {
        guard let chain else {
            workers = []
            return
        }
        let processors = try Machine.usableCPUs()
        let count =
            switch chain.workers {
            case .all: max(1, processors.count)
            case .count(let count): count
            }
        var workers: [HashWorker] = []
        for index in 0..<count {
            let processor = chain.isPinned && !processors.isEmpty ? processors[index % processors.count] : nil
            workers.append(
                try HashWorker(
                    .init(
                        index: index, kernel: kernel, dutyPercent: chain.dutyPercent, nice: chain.nice,
                        processor: processor),
                    reports: reports))
        }
        self.workers = workers
        for worker in workers { threads.append(JoinableThread(try worker.start())) }
    }

    var count: Int { workers.count }
    var mailboxes: [Mailbox<HashOrder>] { workers.map { $0.orders } }

    /// Nonces searched since the start, by all workers together.
    var hashCount: UInt64 {
        workers.reduce(0) { $0 &+ $1.hashCount.load(ordering: .relaxed) }
    }

    /// Ends the threads and waits for them, a chunk's time. A worker with finds waits until they are taken, so
    /// `takeReports` must make room for them.
    func stop(_ desk: inout OrderDesk, takeReports: () -> Void) throws(SystemError) {
        for index in workers.indices { desk.give(.stop, to: index) }
        while desk.hasWaiting || workers.contains(where: { !$0.hasEnded.load(ordering: .acquiring) }) {
            takeReports()
            Platform.Thread.sleep(.milliseconds(1))
            desk.deliver()
        }
        takeReports()
        for thread in threads { try thread.join() }
        threads = []
    }
}
