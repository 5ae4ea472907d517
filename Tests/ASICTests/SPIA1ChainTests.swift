import ASIC
import Base
import Mining
import Testing

@Suite struct SPIA1ChainTests {
    typealias Bench = SPIBench<A1Chain, FakeA1Chips>

    func bench(_ count: Int = 4, fitted: Int? = nil, minimum: Int? = nil) throws -> Bench {
        let plan = try A1Plan(chipCount: count, minimumChipCount: minimum)
        return try Bench(A1Chain(plan: plan, now: Instant(nanoseconds: 0)), FakeA1Chips(count: fitted ?? count))
    }

    // MARK: Bring-up

    @Test func comesUpInTheDocumentedOrder() throws {
        var bench = try bench(2)
        #expect(try bench.bringUp())
        let clock = try #require(A1Clock(nearest: .megahertz(800)))
        let reads = [1, 1, 1, 2, 2, 2].map { A1Request.readRegister(chip: $0) }
        #expect(
            Array(bench.chips.requests.prefix(12))
                == [.reset(strategy: A1Request.dropJobs), .startSelfTest, .writeClock(clock, chip: 0)] + reads
                + [.fixSelfTest, .readRegister(chip: 1), .readRegister(chip: 2)])
        #expect(bench.lines == [.reset(true), .reset(false)])
        #expect(bench.events == [.hashing])
        #expect(bench.chain.chips.map(\.cores) == [32, 32])
        #expect(bench.chain.expectedHashesPerSecond(ofChip: 0) == 25.6e9)
    }

    @Test(arguments: [1, 2, 8, 63, 64])
    func everyLengthOfChainComesUp(count: Int) throws {
        var bench = try bench(count)
        #expect(try bench.bringUp())
        #expect(bench.chain.workingCount == count)
        #expect(bench.chain.foundCount == count)
    }

    @Test func aSilentBusIsTriedAgainAfterEverLongerPausesAndThenGivenUp() throws {
        var bench = try bench()
        bench.chips.faults.isSilent = true
        try bench.start()
        #expect(try bench.run(for: .seconds(60)) { $0.chain.stage == .faulted(.noChips) })
        #expect(bench.events == (1...5).map { .restarting(.noChips, attempt: $0) } + [.faulted(.noChips)])
        #expect(bench.lines.last == .reset(true))
        #expect(bench.chain.wakeAt == nil)
        // An operator may start it again.
        bench.chips.faults.isSilent = false
        #expect(try bench.bringUp())
    }

    @Test func aMissingChipIsReportedWhereTheBoardAllowsIt() throws {
        var lenient = try bench(4, fitted: 3, minimum: 2)
        #expect(try lenient.bringUp())
        #expect(lenient.events == [.chipsMissing(found: 3, expected: 4), .hashing])
        var strict = try bench(4, fitted: 3)
        try strict.start()
        try strict.run(for: .seconds(10))
        #expect(strict.events.first == .restarting(.chipCount(found: 3, expected: 4), attempt: 1))
        var crowded = try bench(4, fitted: 5)
        try crowded.start()
        try crowded.run(for: .seconds(10))
        #expect(crowded.events.first == .restarting(.chipCount(found: 5, expected: 4), attempt: 1))
    }

    @Test func theChipsOwnCountIsTrustedUnlessItIsZero() throws {
        var silentAboutIt = try bench()
        silentAboutIt.chips.faults.reportedCount = 0
        #expect(try silentAboutIt.bringUp())
        #expect(silentAboutIt.chain.foundCount == 4)
        var wrong = try bench(4, minimum: 1)
        wrong.chips.faults.reportedCount = 3
        try wrong.start()
        try wrong.run(for: .seconds(3))
        #expect(wrong.events.first == .chipsMissing(found: 3, expected: 4))
    }

    @Test func aClockThatNeverLocksCostsTheChip() throws {
        var bench = try bench(4, minimum: 3)
        bench.chips.faults.unlocked = [1]
        #expect(try bench.bringUp())
        #expect(bench.events == [.chipDisabled(chip: 1), .hashing])
        // Looked at 25 times, every 40 ms.
        #expect(bench.chips.requests.filter { $0 == .readRegister(chip: 2) }.count == 25)
        var strict = try self.bench()
        strict.chips.faults.unlocked = [1]
        try strict.start()
        try strict.run(for: .seconds(5))
        #expect(strict.events.contains(.restarting(.clocksUnlocked(count: 3), attempt: 1)))
    }

    @Test func aBrokenHopHidesEverythingBehindIt() throws {
        var bench = try bench(8, minimum: 4)
        bench.chips.faults.brokenFrom = 5
        #expect(try bench.bringUp())
        #expect(bench.chain.workingCount == 5)
        #expect(bench.events.contains(.chainBroken(at: 5)))
        #expect(bench.events.filter { $0 == .chainBroken(at: 5) }.count == 1)
    }

    @Test func weakChipsAreSlowedAndBrokenOnesGivenUp() throws {
        var bench = try bench(4, minimum: 3)
        bench.chips.chips[1].cores = 29
        bench.chips.chips[2].cores = 25
        #expect(try bench.bringUp())
        #expect(
            bench.events == [
                .chipSlowed(chip: 1, .megahertz(600)), .chipDisabled(chip: 2),
                .chipSlowed(chip: 2, .megahertz(400)), .hashing,
            ])
        #expect(
            bench.chips.chips.map(\.clock?.frequency.hertz) == [800_000_000, 600_000_000, 400_000_000, 800_000_000])
        try bench.run(for: .seconds(1))
        #expect(!bench.chips.jobs.contains { $0.chip == 2 })
        #expect(bench.chain.expectedHashesPerSecond(ofChip: 1) == 29 * 600e6)
    }

    // MARK: Results

    @Test func resultsAreAttributedCheckedAndCounted() throws {
        var bench = try bench(2)
        #expect(try bench.bringUp())
        try bench.run(for: .milliseconds(50))
        let job = try #require(bench.chips.jobs.first { $0.chip == 1 })
        bench.chips.results = [
            .result(jobID: job.job.id, chip: 2, nonce: 77), .result(jobID: job.job.id, chip: 2, nonce: 77),
            .result(jobID: 5, chip: 2, nonce: 78), .result(jobID: 1, chip: 3, nonce: 79),
            .result(jobID: 4, chip: 1, nonce: 80),
        ]
        try bench.run(for: .milliseconds(50))
        let found = try #require(bench.found.first)
        #expect(bench.found.count == 1)
        #expect(found.solution.nonce == 77)
        #expect(found.chip == 1)
        #expect(found.ticket == ReportingTarget.difficulty16.largestHash)
        let statistics = bench.chain.ledger.statistics
        #expect(statistics.chips[1].duplicates == 1)
        #expect(statistics.implausibleReplies == 2)
        #expect(statistics.unknownJobs == 1)
        try bench.record(found, isValid: true)
        try bench.record(found, isValid: false)
        #expect(bench.chain.ledger.statistics.chips[1].validNonces == 1)
        #expect(bench.chain.ledger.statistics.chips[1].hardwareErrors == 1)
        let rate = try #require(bench.chain.ledger.hashRate.rate(now: bench.now))
        #expect(rate.hashesPerSecond > 0)
    }

    @Test func aChainThatFindsNothingIsBroughtUpAnew() throws {
        var bench = try bench(2)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(299))
        #expect(bench.chain.stage == .hashing)
        #expect(bench.events.contains(.chipSilent(chip: 0)))
        try bench.run(for: .seconds(3))
        #expect(bench.events.contains(.restarting(.silent, attempt: 1)))
        #expect(try bench.run(for: .seconds(10)) { $0.chain.stage == .hashing })
    }

    @Test func aSilentChipIsToldFromTheOthers() throws {
        var bench = try bench(2)
        #expect(try bench.bringUp())
        for nonce in UInt32(0)..<90 {
            try bench.run(for: .seconds(1))
            let job = try #require(bench.chips.jobs.last { $0.chip == 0 })
            bench.chips.results = [.result(jobID: job.job.id, chip: 1, nonce: nonce)]
            try bench.run(for: .milliseconds(50))
            try bench.record(try #require(bench.found.last), isValid: true)
        }
        #expect(bench.events == [.hashing, .chipSilent(chip: 1)])
        let job = try #require(bench.chips.jobs.last { $0.chip == 1 })
        bench.chips.results = [.result(jobID: job.job.id, chip: 2, nonce: 1)]
        try bench.run(for: .milliseconds(50))
        try bench.record(try #require(bench.found.last), isValid: true)
        #expect(bench.events.last == .chipRecovered(chip: 1))
    }

    @Test func theBusIsLetGoEveryFewTransfers() throws {
        var bench = try bench(64)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        // The holder of the bus can see to a wish to stop in between.
        #expect((4...18).contains(bench.longestBurst))
    }

    // MARK: Chips in trouble

    @Test func aChipThatStopsAnsweringRestsAndComesBack() throws {
        var bench = try bench(3, minimum: 2)
        #expect(try bench.bringUp())
        bench.chips.faults.brokenFrom = 2
        try bench.run(for: .seconds(1))
        #expect(bench.events.suffix(2) == [.chipCoolingDown(chip: 2), .chainBroken(at: 2)])
        #expect(bench.chips.flushCount == 1)
        bench.chips.faults.brokenFrom = nil
        let jobCount = bench.chips.jobs.filter { $0.chip == 2 }.count
        try bench.run(for: .seconds(28))
        #expect(bench.chain.chips[2].state != .working)
        #expect(bench.chips.jobs.filter { $0.chip == 2 }.count == jobCount)
        try bench.run(for: .seconds(3))
        #expect(bench.chain.chips[2].state == .working)
        #expect(bench.chips.jobs.filter { $0.chip == 2 }.count > jobCount)
    }

    @Test func aChipThatStaysAwayIsGivenUpAfterFourCalls() throws {
        var bench = try bench(3, minimum: 2)
        #expect(try bench.bringUp())
        bench.chips.faults.brokenFrom = 2
        try bench.run(for: .seconds(119))
        #expect(!bench.events.contains(.chipDisabled(chip: 2)))
        try bench.run(for: .seconds(3))
        #expect(bench.events.contains(.chipDisabled(chip: 2)))
        #expect(bench.chain.stage == .hashing)
    }

    @Test func anInvalidQueueIsDoubtedThenRested() throws {
        var bench = try bench(3, minimum: 2)
        #expect(try bench.bringUp())
        bench.chips.faults.invalidQueues = [1]
        try bench.run(for: .milliseconds(60))
        #expect(bench.chain.chips[1].state == .working)
        try bench.run(for: .milliseconds(200))
        #expect(bench.events.last == .chipCoolingDown(chip: 1))
    }

    @Test func aQueueThatStaysFullIsAChipThatDoesNotHash() throws {
        var bench = try bench(3, minimum: 2)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        bench.chips.chips[0].queue.isStuck = true
        try bench.run(for: .seconds(9))
        #expect(bench.chain.workingCount == 3)
        try bench.run(for: .seconds(3))
        #expect(bench.events.last == .chipCoolingDown(chip: 0))
    }

    @Test func aDeadBusRestartsTheChain() throws {
        var bench = try bench(3)
        #expect(try bench.bringUp())
        bench.isBusDead = true
        try bench.run(for: .milliseconds(200))
        #expect(bench.events.contains(.restarting(.busLost, attempt: 1)))
        #expect(bench.lines.last == .reset(true))
    }

    // MARK: Clock, stop

    @Test func theClockChangesWhileHashing() throws {
        var bench = try bench(3)
        bench.chips.chips[1].cores = 29
        #expect(try bench.bringUp())
        try bench.chain.setFrequency(.megahertz(400))
        try bench.run(for: .seconds(2))
        #expect(bench.chips.chips.allSatisfy { $0.clock?.frequency == .megahertz(400) })
        try bench.chain.setFrequency(.megahertz(700))
        try bench.run(for: .seconds(2))
        #expect(bench.chips.chips.map(\.clock?.frequency.hertz) == [700_000_000, 600_000_000, 700_000_000])
        #expect(throws: ChainPlanError.self) { try bench.chain.setFrequency(.megahertz(900)) }
        #expect(bench.chain.stage == .hashing)
        #expect(bench.chips.misplacedJobs == 0)
    }

    @Test func aClockChangeDuringBringUpIsNotMistakenForAnUnlockedClock() throws {
        var bench = try bench(2)
        try bench.start()
        #expect(try bench.run(for: .seconds(5)) { $0.chain.foundCount == 2 })
        try bench.chain.setFrequency(.megahertz(500))
        try bench.run(for: .seconds(3))
        #expect(bench.events == [.hashing])
        #expect(bench.chips.chips.allSatisfy { $0.clock?.frequency == .megahertz(500) })
    }

    @Test func stopIsImmediateAndLateAnswersAreIgnored() throws {
        var bench = try bench(2)
        #expect(try bench.bringUp())
        try bench.stop()
        #expect(bench.chain.stage == .off)
        #expect(bench.chain.wakeAt == nil)
        #expect(bench.lines.last == .reset(true))
        var output = SPIOutput()
        bench.chain.complete(
            UInt32(bench.transferCount), received: [UInt8](repeating: 8, count: 64)[...], now: bench.now, into: &output)
        bench.chain.timer(now: bench.now + .seconds(100), into: &output)
        #expect(output.actions.isEmpty)
        #expect(try bench.bringUp())
    }
}
