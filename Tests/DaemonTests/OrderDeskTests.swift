import Base
import Platform
import Rig
import Testing

@testable import Daemon

/// Orders for workers that are slow to take them.
@Suite struct OrderDeskTests {
    /// Short names for orders: `r7` replace by task 7, `a8` append task 8.
    private func name(_ order: HashOrder) -> String {
        switch order {
        case .replace(let task): "r\(task.workID)"
        case .append(let task): "a\(task.workID)"
        case .idle: "idle"
        case .stop: "stop"
        }
    }

    /// Takes everything, as a worker does that comes back after a while.
    private func drain(_ mailbox: Mailbox<HashOrder>, _ desk: inout OrderDesk) -> [String] {
        var names: [String] = []
        repeat {
            while let order = mailbox.take() { names.append(name(order)) }
            desk.deliver()
        } while mailbox.count > 0
        return names
    }

    private func flood(_ desk: inout OrderDesk, jobs: Range<UInt64>, worker: Int = 0) {
        for job in jobs {
            desk.give(.replace(HashBench.endless(2 * job)), to: worker)
            desk.give(.append(HashBench.endless(2 * job + 1)), to: worker)
        }
    }

    private func obey(_ order: HashOrder, _ queue: inout TaskQueue) {
        let goesOn = queue.obey(order)
        #expect(goesOn)
    }

    @Test(arguments: [1, 2, 3, 8])
    func aFloodOfJobsEndsWithTheNewest(capacity: Int) throws {
        let mailbox = try Mailbox<HashOrder>(capacity: capacity)
        var desk = OrderDesk([mailbox])
        flood(&desk, jobs: 0..<1000)
        #expect(desk.hasWaiting)
        let names = drain(mailbox, &desk)
        #expect(names.suffix(2) == ["r1998", "a1999"])
        // What is kept is bounded by the mailbox and two.
        #expect(names.count <= capacity + CPUChain.depth)
        #expect(!desk.hasWaiting)
    }

    @Test func whatTheQueueMakesOfItIsTheNewestJob() throws {
        let mailbox = try Mailbox<HashOrder>(capacity: 8)
        var desk = OrderDesk([mailbox])
        var queue = TaskQueue()
        for round in 0..<50 as Range<UInt64> {
            flood(&desk, jobs: round * 20..<round * 20 + 20)
            // The worker takes some in between, never all.
            for _ in 0..<3 { if let order = mailbox.take() { obey(order, &queue) } }
            desk.deliver()
        }
        while desk.hasWaiting || mailbox.count > 0 {
            while let order = mailbox.take() { obey(order, &queue) }
            desk.deliver()
        }
        #expect(queue.current?.workID == 1998)
        #expect(queue.isFresh)
        queue.finishCurrent()
        #expect(queue.current?.workID == 1999)
    }

    @Test func idleAndStopGoBeforeWhatWaits() throws {
        let mailbox = try Mailbox<HashOrder>(capacity: 2)
        var desk = OrderDesk([mailbox])
        flood(&desk, jobs: 0..<10)
        desk.give(.idle, to: 0)
        #expect(drain(mailbox, &desk).suffix(2) == ["a1", "idle"])
        flood(&desk, jobs: 0..<10)
        desk.give(.stop, to: 0)
        #expect(drain(mailbox, &desk).last == "stop")
    }

    @Test func oneSlowWorkerDoesNotDelayAnother() throws {
        let mailboxes = [try Mailbox<HashOrder>(capacity: 1), try Mailbox<HashOrder>(capacity: 8)]
        var desk = OrderDesk(mailboxes)
        flood(&desk, jobs: 0..<3, worker: 0)
        flood(&desk, jobs: 3..<4, worker: 1)
        #expect(mailboxes[1].count == 2)
        #expect(drain(mailboxes[1], &desk) == ["r6", "a7"])
        #expect(drain(mailboxes[0], &desk).suffix(2) == ["r4", "a5"])
        // An order for a worker that does not exist reaches nobody.
        desk.give(.stop, to: 2)
        #expect(!desk.hasWaiting)
    }
}
