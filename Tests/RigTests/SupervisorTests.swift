import ASIC
import Base
import Foundation
import Mining
import SHA256
import Stratum
import Testing

@testable import Rig

/// The supervisor against a pool that is a few lines of text, in simulated time.
@Suite struct SupervisorTests {
    /// Answers what the rig asks, and keeps what it wants done.
    struct Bench {
        var supervisor: Supervisor
        var now = Instant(nanoseconds: 1_000_000_000)
        var connection: PoolGroup.Connection?
        var orders: [(worker: Int, order: HashOrder)] = []
        var boardOrders: [(board: Int, order: BoardOrder)] = []
        /// What the supervisor has said about there being work, in order.
        var hadWork: [Bool] = []
        var submitted: [(id: Int, params: [String])] = []
        var events: [String] = []
        var acceptsShares = true
        /// Bytes of extranonce2 that the pool allots, and the time in its jobs.
        var extranonce2Size = 4
        var jobTime = "685468d7"

        init(workers: Int = 1, boards: [BoardProfile] = []) throws {
            var configuration = Configuration()
            configuration.pools = [
                PoolConfiguration(
                    address: try #require(PoolAddress("stratum+tcp://pool.example:3333")), user: "u", password: "x")
            ]
            supervisor = Supervisor(
                configuration, agent: "ballast/test", workerCount: workers, boards: boards, seed: 1, now: now)
        }

        mutating func handle(_ input: Supervisor.Input) throws {
            for action in supervisor.handle(input, now: now) {
                switch action {
                case .connect(let id, _): connection = id
                case .send(let id, let bytes):
                    for line in bytes.split(separator: 0x0A) { try answer(Data(line), id) }
                case .close: connection = nil
                case .order(let worker, let order): orders.append((worker, order))
                case .board(let board, let order): boardOrders.append((board, order))
                case .hasWork(let hasWork): hadWork.append(hasWork)
                case .event(let event): events.append(event.text)
                }
            }
        }

        mutating func answer(_ line: Data, _ id: PoolGroup.Connection) throws {
            let message = try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
            let number = try #require(message["id"] as? Int)
            switch message["method"] as? String {
            case "mining.configure": try say(#"{"id":\#(number),"result":{"version-rolling":false},"error":null}"#, id)
            case "mining.subscribe":
                try say(
                    #"{"id":\#(number),"result":[[["mining.notify","s"]],"01020304",\#(extranonce2Size)],"error":null}"#,
                    id)
            case "mining.submit":
                submitted.append((number, message["params"] as? [String] ?? []))
                try say(
                    acceptsShares
                        ? #"{"id":\#(number),"result":true,"error":null}"#
                        : #"{"id":\#(number),"result":null,"error":[21,"Job not found",null]}"#, id)
            default: try say(#"{"id":\#(number),"result":true,"error":null}"#, id)
            }
        }

        mutating func say(_ line: String, _ id: PoolGroup.Connection) throws {
            try handle(.received(Array((line + "\n").utf8), id))
        }

        /// Connects and gives out the first job, easy enough to solve by hand.
        mutating func begin() throws {
            try handle(.tick)
            let id = try #require(connection)
            try handle(.connected(id))
            try say(#"{"id":null,"method":"mining.set_difficulty","params":[0.0000001]}"#, id)
            try notify("a", isClean: true)
        }

        mutating func notify(_ job: String, isClean: Bool) throws {
            let previous = "6b6455fd6db962c101f2d4fc0d67f4a3bc96391d000152960000000000000000"
            try say(
                #"{"id":null,"method":"mining.notify","params":["\#(job)","\#(previous)","0100","\#(job.utf8.first!)","#
                    + #"[],"20000000","17023a04","\#(jobTime)",\#(isClean)]}"#, try #require(connection))
        }

        mutating func advance(_ duration: Duration) throws {
            let end = now + duration
            while let due = supervisor.deadline, due <= end {
                now = max(now, due)
                try handle(.tick)
            }
            now = end
        }

        /// The task that the worker should be at, by the orders it was given.
        func task(_ worker: Int = 0) throws -> HashTask {
            for (index, order) in orders.reversed() where index == worker {
                if case .replace(let task) = order { return task }
            }
            throw NoTask()
        }
    }

    struct NoTask: Error {}

    /// The first nonce of the task that its limit lets through.
    func solve(_ task: HashTask) throws -> UInt32 {
        var hits = NonceHits()
        _ = ScanKernel.scalar.scan(task.block, from: 0, count: 1 << 20, topLimit: task.topLimit, into: &hits)
        try #require(hits.count > 0)
        return hits[0]
    }

    @Test func aJobBecomesOrdersAndAFindBecomesAnAcceptedShare() throws {
        var bench = try Bench(workers: 2)
        try bench.begin()
        #expect(bench.orders.map(\.worker) == [0, 1, 0, 1])
        let task = try bench.task()
        let nonce = try solve(task)
        try bench.handle(.report(.candidate(worker: 0, workID: task.workID, nonce: nonce)))
        #expect(bench.submitted.count == 1)
        #expect(bench.submitted[0].params[1] == "a")
        #expect(bench.submitted[0].params[4] == String(decoding: hex(nonce), as: UTF8.self))
        #expect(bench.supervisor.status.accepted == 1)
        #expect(bench.supervisor.status.pool == .mining("pool.example:3333"))

        // The same find again is not submitted again.
        try bench.handle(.report(.candidate(worker: 0, workID: task.workID, nonce: nonce)))
        #expect(bench.submitted.count == 1)
    }

    func hex(_ value: UInt32) -> [UInt8] {
        var text: [UInt8] = []
        Hex.append(value, to: &text)
        return text
    }

    @Test func aFindForAWorthlessJobIsCountedAndNotSubmitted() throws {
        var bench = try Bench()
        try bench.begin()
        let old = try bench.task()
        let nonce = try solve(old)
        try bench.notify("b", isClean: true)
        #expect(try bench.task().workID != old.workID)
        try bench.handle(.report(.candidate(worker: 0, workID: old.workID, nonce: nonce)))
        #expect(bench.submitted.isEmpty)
        #expect(bench.supervisor.status.stale == 1)
    }

    @Test func aWrongNonceIsAHardwareError() throws {
        var bench = try Bench()
        try bench.begin()
        let task = try bench.task()
        var wrong: UInt32 = 0
        var hits = NonceHits()
        repeat {
            wrong += 1
            hits.removeAll()
            _ = ScanKernel.scalar.scan(task.block, from: wrong, count: 1, topLimit: task.topLimit, into: &hits)
        } while hits.count > 0
        try bench.handle(.report(.candidate(worker: 0, workID: task.workID, nonce: wrong)))
        #expect(bench.submitted.isEmpty)
        #expect(bench.supervisor.status.hardwareErrors == 1)
    }

    @Test func rejectionsKeepTheirReason() throws {
        var bench = try Bench()
        try bench.begin()
        bench.acceptsShares = false
        let task = try bench.task()
        try bench.handle(.report(.candidate(worker: 0, workID: task.workID, nonce: try solve(task))))
        #expect(bench.supervisor.status.rejected == 1)
        #expect(bench.supervisor.status.stale == 1)
        #expect(bench.events.contains { $0.contains("rejected as stale (code 21): \"Job not found\"") })
        #expect(bench.supervisor.poolStatistics[0].rejections.count == 1)
    }

    @Test func withoutAPoolHashingStopsAndComesBackWithIt() throws {
        var bench = try Bench(boards: [BoardProfile(name: "board 1", versionsPerPiece: 1, isSimulated: true)])
        try bench.begin()
        #expect(bench.hadWork == [true])
        guard case .assign = bench.boardOrders.first?.order else {
            Issue.record("the board gets no work")
            return
        }
        let id = try #require(bench.connection)
        bench.connection = nil
        try bench.handle(.closed(id))
        try bench.advance(.seconds(59))
        #expect(!bench.orders.contains { if case .idle = $0.order { true } else { false } })
        try bench.advance(.seconds(2))
        #expect(bench.orders.contains { if case .idle = $0.order { true } else { false } })
        #expect(bench.hadWork == [true, false], "boards go on burning power")
        // The next attempt finds the pool again.
        bench.orders = []
        bench.boardOrders = []
        for _ in 0..<120 where bench.connection == nil { try bench.advance(.seconds(1)) }
        try bench.handle(.connected(try #require(bench.connection)))
        try bench.notify("c", isClean: false)
        try bench.advance(.seconds(3))
        #expect(bench.hadWork == [true, false, true])
        guard case .assign = bench.boardOrders.first?.order, case .replace = bench.orders.first?.order else {
            Issue.record("work does not resume: \(bench.events)")
            return
        }
    }

    @Test func boardsGetWorkWhenTheyAskAndTheirFindsAreJudged() throws {
        var bench = try Bench(
            workers: 0, boards: [BoardProfile(name: "board 1", versionsPerPiece: 4, isSimulated: true)])
        try bench.begin()
        try bench.handle(.board(0, .needsWork(3)))
        let pieces = bench.boardOrders.compactMap { order -> (Work, UInt64)? in
            if case .assign(let work, let id, _) = order.order { (work, id) } else { nil }
        }
        #expect(pieces.count == 4)
        #expect(Set(pieces.map(\.1)).count == 4)
        let (work, id) = pieces[0]
        var solution = Solution(nonce: 0, versionBits: 0)
        while UInt256(work.header(for: solution).hash) > work.searchTarget { solution.nonce += 1 }
        let found = FoundNonce(workID: id, solution: solution, ticket: work.searchTarget, chip: 3, core: 1)
        try bench.handle(.board(0, .found(found)))
        #expect(bench.submitted.count == 1)
        guard case .record(_, isValid: true) = bench.boardOrders.last?.order else {
            Issue.record("the chain is not told")
            return
        }
        #expect(bench.supervisor.status.isSimulated)
    }

    @Test func theLogStaysReadableUnderAFlood() throws {
        var bench = try Bench()
        try bench.begin()
        bench.events = []
        let id = try #require(bench.connection)
        for index in 0..<500 { try bench.say(#"{"id":null,"method":"nonsense.\#(index)","params":[]}"#, id) }
        #expect(bench.events.count <= 10, "one line for a few calls")
        bench.now = bench.now + .seconds(11)
        try bench.say(#"{"id":null,"method":"nonsense","params":[]}"#, id)
        #expect(bench.events.last?.contains("more)") == true)
    }
}
