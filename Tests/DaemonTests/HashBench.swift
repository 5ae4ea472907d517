import Base
import Platform
import Rig
import SHA256

@testable import Daemon

/// Hash workers without a supervisor: the test gives the orders and takes the reports.
enum HashBench {
    /// A header that no test wants to solve.
    static let block = ScanBlock(midstate: .zero, tail: (1, 2, 3))
    /// Lets one hash in sixteen through.
    static let easy: UInt32 = 0x0FFF_FFFF

    static func task(_ id: UInt64, first: UInt32 = 0, count: UInt64, topLimit: UInt32 = 0) -> HashTask {
        HashTask(
            workID: id, block: block, firstNonce: first, nonceCount: count, topLimit: topLimit, causedAt: Clock.now)
    }

    /// More nonces than any test lives to see searched.
    static func endless(_ id: UInt64) -> HashTask { task(id, count: 1 << 32) }

    static func worker(
        duty: Int = 100, processor: Int? = nil, reports: Mailbox<HashReport>
    ) throws(SystemError) -> HashWorker {
        try HashWorker(
            .init(index: 0, kernel: .scalar, dutyPercent: duty, nice: 0, processor: processor), reports: reports)
    }
}

/// A worker's thread that ends with the test.
final class RunningWorker {
    let worker: HashWorker
    let reports: Mailbox<HashReport>
    private let thread: JoinableThread

    struct TimeLimit: Error {}

    init(duty: Int = 100, processor: Int? = nil, reportCapacity: Int = 64) throws {
        reports = try Mailbox(capacity: reportCapacity)
        worker = try HashBench.worker(duty: duty, processor: processor, reports: reports)
        thread = JoinableThread(try worker.start())
    }

    /// Gives an order, waiting for room.
    func give(_ order: HashOrder) throws {
        let limit = Clock.now + .seconds(20)
        while !worker.orders.post(order) {
            guard Clock.now < limit else { throw TimeLimit() }
            Platform.Thread.sleep(.milliseconds(1))
        }
    }

    func nextReport() throws -> HashReport {
        guard let report = try reports.take(until: Clock.now + .seconds(20)) else { throw TimeLimit() }
        return report
    }

    /// Waits for the report that a task has begun; reports before it are dropped.
    func waitForBeginning(of id: UInt64) throws {
        while true {
            if case .began(_, id, _) = try nextReport() { return }
        }
    }

    /// Orders the end and waits for it, taking reports that the worker may be waiting to hand over.
    func stop() throws {
        try give(.stop)
        let limit = Clock.now + .seconds(20)
        while !worker.hasEnded.load(ordering: .acquiring) {
            guard Clock.now < limit else { throw TimeLimit() }
            while reports.take() != nil {}
            Platform.Thread.sleep(.milliseconds(1))
        }
        try thread.join()
    }

    var hashCount: UInt64 { worker.hashCount.load(ordering: .relaxed) }
}
