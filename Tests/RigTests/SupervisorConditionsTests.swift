import Base
import Mining
import SHA256
import Stratum
import Testing

@testable import Rig

/// What pools change while the rig mines, in simulated time.
@Suite struct SupervisorConditionsTests {
    typealias Bench = SupervisorTests.Bench

    /// Orders given since the last call.
    private func newOrders(_ bench: inout Bench) -> [HashOrder] {
        defer { bench.orders = [] }
        return bench.orders.map(\.order)
    }

    /// How many of the first 65,536 nonces the task's limit lets through.
    private func finds(_ task: HashTask) -> Int {
        var count = 0
        var position: UInt64 = 0
        while position < 65_536 {
            var hits = NonceHits()
            position += ScanKernel.scalar.scan(
                task.block, from: UInt32(position), count: 65_536 - position, topLimit: task.topLimit, into: &hits)
            count += hits.count
        }
        return count
    }

    @Test func aNewDifficultyHoldsFromTheNextJob() throws {
        var bench = try Bench()
        try bench.begin()
        let easy = try bench.task()
        #expect(finds(easy) > 100)
        #expect(bench.supervisor.status.difficulty == 1e-7)
        let connection = try #require(bench.connection)
        _ = newOrders(&bench)
        try bench.say(#"{"id":null,"method":"mining.set_difficulty","params":[0.001]}"#, connection)
        // Nothing is interrupted for it: the job is still worth what it was announced for.
        #expect(newOrders(&bench).isEmpty)
        #expect(bench.events.last == "share difficulty 0.001")
        let nonce = try SupervisorTests().solve(easy)
        try bench.handle(.report(.candidate(worker: 0, workID: easy.workID, nonce: nonce)))
        #expect(bench.supervisor.status.accepted == 1)
        try bench.notify("b", isClean: false)
        #expect(bench.supervisor.status.difficulty == 0.001)
        let hard = try bench.task()
        #expect(finds(hard) < 10)
    }

    /// 256 values of one byte of extranonce2, and a time that cannot be rolled because it is the last there is.
    @Test func aSearchSpaceThatIsUsedUpIsSaidOnceAndANewJobGoesOn() throws {
        var bench = try Bench()
        bench.extranonce2Size = 1
        bench.jobTime = "ffffffff"
        try bench.begin()
        var headers = newOrders(&bench).count
        #expect(headers == CPUChain.depth)
        var blocks: [HashTask] = []
        for _ in 0..<300 {
            try bench.handle(.report(.exhausted(worker: 0, workID: 0)))
            for order in newOrders(&bench) {
                guard case .append(let task) = order else {
                    Issue.record("a refill must not throw away what the worker is at")
                    return
                }
                blocks.append(task)
                headers += 1
            }
        }
        #expect(headers == 256)
        #expect(Set(blocks.map(\.workID)).count == blocks.count)
        #expect(bench.events.filter { $0.hasPrefix("every header of this job is searched") }.count == 1)
        try bench.notify("b", isClean: true)
        let orders = newOrders(&bench)
        guard orders.count == CPUChain.depth, case .replace = orders.first else {
            Issue.record("the new job is not taken up: \(orders)")
            return
        }
        // The announcement is for one job: another one may be used up as well.
        for _ in 0..<300 { try bench.handle(.report(.exhausted(worker: 0, workID: 0))) }
        #expect(bench.events.filter { $0.hasPrefix("every header of this job is searched") }.count == 2)
    }

    @Test func aJobThatCannotBeMinedLeavesTheOneBefore() throws {
        var bench = try Bench()
        try bench.begin()
        let task = try bench.task()
        _ = newOrders(&bench)
        let previous = String(repeating: "0", count: 64)
        try bench.say(
            #"{"id":null,"method":"mining.notify","params":["b","\#(previous)","01","02",[],"20000000","ff000001","685468d7",false]}"#,
            try #require(bench.connection))
        #expect(newOrders(&bench).isEmpty)
        #expect(bench.events.contains { $0.contains("cannot be mined") || $0.contains("cannot be used") })
        let nonce = try SupervisorTests().solve(task)
        try bench.handle(.report(.candidate(worker: 0, workID: task.workID, nonce: nonce)))
        #expect(bench.supervisor.status.accepted == 1)
    }

    @Test func theStatusLineHasTheFiguresOfTheRun() throws {
        var bench = try Bench()
        #expect(bench.supervisor.status.line.contains("no pool"))
        try bench.handle(.tick)
        #expect(bench.supervisor.status.line.contains("connecting pool.example:3333"))
        try bench.begin()
        let task = try bench.task()
        try bench.handle(
            .report(.candidate(worker: 0, workID: task.workID, nonce: try SupervisorTests().solve(task))))
        bench.acceptsShares = false
        try bench.notify("b", isClean: true)
        // One find for the job before, and one that the pool refuses as late.
        try bench.handle(.report(.candidate(worker: 0, workID: task.workID, nonce: 1)))
        let later = try bench.task()
        try bench.handle(
            .report(.candidate(worker: 0, workID: later.workID, nonce: try SupervisorTests().solve(later))))
        try bench.handle(.temperature(.measured(source: "cpu", decicelsius: 485)))
        let second = Duration.seconds(1)
        for index in 0..<6 as Range<UInt64> {
            bench.now = Instant(nanoseconds: 1_000_000_000) + second * Int(index)
            try bench.handle(.hashed(total: index * 25_000_000))
        }
        #expect(
            bench.supervisor.status.line
                == "25.0 MH/s | accepted 1 | rejected 1 | stale 2 | diff 0.0000001 | cpu 48.5 C | up 5s")
    }
}
