import ASIC
import Base
import Mining
import Testing

/// How A1 chips are kept busy.
@Suite struct SPIA1WorkTests {
    typealias Bench = SPIBench<A1Chain, FakeA1Chips>

    func bench(_ count: Int = 4, fitted: Int? = nil, minimum: Int? = nil) throws -> Bench {
        let plan = try A1Plan(chipCount: count, minimumChipCount: minimum)
        return try Bench(A1Chain(plan: plan, now: Instant(nanoseconds: 0)), FakeA1Chips(count: fitted ?? count))
    }

    @Test func everyChipIsKeptBusyWithHeadersOfItsOwn() throws {
        var bench = try bench(5)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(10))
        #expect(bench.chips.misplacedJobs == 0)
        // A search takes 168 ms: none of ten seconds may be lost.
        for chip in 0..<5 {
            let count = bench.chips.jobs.filter { $0.chip == chip }.count
            #expect((59...62).contains(count))
            let ids = bench.chips.jobs.filter { $0.chip == chip }.map { Int($0.job.id) }
            #expect(ids == ids.indices.map { $0 % 4 + 1 })
        }
        let headers = Set(
            bench.chips.jobs.map { [$0.job.midstate, [$0.job.time, $0.job.merkleTail, 0, 0, 0, 0, 0, 0]] })
        #expect(headers.count == bench.chips.jobs.count)
        #expect(bench.chips.jobs.allSatisfy { $0.job.reportBits == ReportingTarget.difficulty16.bits })
        #expect(bench.events == [.hashing])
    }

    @Test func workThatIsNotAWholeHeaderIsRefused() throws {
        var bench = try bench(1)
        var source = try AcceptedShare.source(now: bench.now)
        let part = try source.nextNonces(upTo: 1 << 20, now: bench.now)
        #expect(throws: WorkRefusal.partOfHeader(first: 0, count: 1 << 20)) { try bench.assign(part) }
        try bench.assign()
        try bench.assign()
        #expect(throws: WorkRefusal.queueFull) { try bench.assign() }
    }

    @Test func aCleanJobReplacesWhatChipsHave() throws {
        var bench = try bench(3)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        let before = bench.chips.jobs.count
        let began = bench.now
        // The first reset is lost: it must be sent again before any new job.
        bench.chips.faults.losesResets = 1
        try bench.assign(isClean: true)
        bench.suppliesWork = true
        try bench.run(for: .milliseconds(100)) { $0.chips.jobs.count >= before + 6 }
        #expect(bench.chips.jobs.count >= before + 6)
        #expect(bench.now - began <= .milliseconds(100))
        #expect(bench.chips.misplacedJobs == 0)
        // A result of the old job is stale.
        let old = bench.chips.jobs[before - 1]
        bench.chips.results = [.result(jobID: old.job.id, chip: UInt8(old.chip + 1), nonce: 1)]
        let replaced = bench.chips.jobs[before...].contains { $0.chip == old.chip && $0.job.id == old.job.id }
        try bench.run(for: .milliseconds(80))
        #expect(bench.chain.ledger.statistics.staleResults == (replaced ? 0 : 1))
    }

    @Test(arguments: 1...12)
    func aCleanJobInTheMiddleOfARoundEndsIt(pauses: Int) throws {
        var bench = try bench(24)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        // The chain lets go of the bus several times in a round.
        var left = pauses
        try bench.run(for: .seconds(1)) { _ in
            left -= 1
            return left < 0
        }
        let before = bench.chips.requests.count
        try bench.assign(isClean: true)
        try bench.run(for: .milliseconds(200))
        let after = bench.chips.requests[before...]
        let reset = try #require(after.firstIndex(of: .reset(strategy: A1Request.dropJobs)))
        // No job is given that the reset would drop.
        #expect(!after[..<reset].contains { if case .writeJob = $0 { true } else { false } })
        #expect(bench.chips.misplacedJobs == 0)
    }

    @Test func anIDThatAChipStillHoldsIsNotGivenAgain() throws {
        var bench = try bench(3, minimum: 2)
        #expect(try bench.bringUp())
        try bench.run(for: .milliseconds(100))
        bench.chips.faults.forgetful = [1]
        try bench.run(for: .milliseconds(150))
        // The first job is done, the second goes on for ever, and job after job goes into the free place and is lost.
        bench.chips.chips[1].queue.isStuck = true
        try bench.run(for: .milliseconds(700)) { $0.chain.chips[1].state != .working }
        #expect(bench.events.last == .chipCoolingDown(chip: 1))
        #expect(bench.chips.misplacedJobs == 0)
    }

    @Test func onlyTheAnswerToTheTransferUnderWayCounts() throws {
        var chain = try A1Chain(plan: A1Plan(chipCount: 2), now: Instant(nanoseconds: 0))
        var output = SPIOutput()
        chain.start(now: Instant(nanoseconds: 0), into: &output)
        chain.timer(now: Instant(nanoseconds: 1_000_000_000), into: &output)
        chain.timer(now: Instant(nanoseconds: 2_000_000_000), into: &output)
        guard case .transfer(let transfer) = try #require(output.actions.last) else {
            Issue.record("no transfer")
            return
        }
        output.removeAll()
        let silence = [UInt8](repeating: 0, count: transfer.receivedLength)
        chain.complete(transfer.number &+ 1, received: silence[...], now: Instant(nanoseconds: 3), into: &output)
        #expect(output.actions.isEmpty)
        chain.complete(transfer.number, received: silence[...], now: Instant(nanoseconds: 3), into: &output)
        #expect(output.actions.count == 1)
    }

    @Test func workThatDoesNotComeIsMissedOnce() throws {
        var bench = try bench(2)
        bench.suppliesWork = false
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(400))
        // Idle chips are no silent chips.
        #expect(bench.events == [.hashing, .workOverdue])
        #expect(bench.workWanted == 4)
        bench.suppliesWork = true
        try bench.assign()
        try bench.run(for: .seconds(1))
        #expect(bench.chips.jobs.count > 4)
    }
}
