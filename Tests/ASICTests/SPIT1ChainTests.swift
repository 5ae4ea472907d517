import ASIC
import Base
import Mining
import Testing

@Suite struct SPIT1ChainTests {
    typealias Bench = SPIBench<T1Chain, FakeT1Chips>

    func bench(
        _ count: Int = 5, fitted: Int? = nil, minimum: Int? = nil, frequency: ClockFrequency = .megahertz(1332)
    ) throws -> Bench {
        let plan = try T1Plan(chipCount: count, minimumChipCount: minimum, frequency: frequency)
        return try Bench(T1Chain(plan: plan, now: Instant(nanoseconds: 0)), FakeT1Chips(count: fitted ?? count))
    }

    // MARK: Bring-up

    @Test func linesAreDrivenAndTheBusSpedUpInTheDocumentedOrder() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        let lines = bench.lines.filter { if case .supply = $0 { false } else { true } }
        #expect(
            lines == [
                .start(false), .reset(false), .power(true), .reset(true), .start(true), .reset(false), .clock(390_625),
                .clock(1_562_500), .clock(6_250_000),
            ])
        #expect(bench.lines[1] == .supply(0))
        #expect(bench.events.last == .hashing)
    }

    @Test func commandsComeInTheDocumentedOrder() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        #expect(
            Array(bench.chips.requests.prefix(3))
                == [.reset(.all), .startSelfTest, .writeConverterDivider(5, chip: 0)])
        let end = try #require(bench.chips.requests.firstIndex(of: .reset(.selfTest)))
        var masked = T1Register(level: T1ClockLevel(301)!)
        masked[7] |= 0x10
        #expect(
            Array(bench.chips.requests[end...].prefix(9))
                == [.reset(.selfTest), .writeRegister(masked, chip: 0), .startSelfTest, .fixSelfTest]
                + (1...5).map { .readRegister(chip: $0) })
        #expect(bench.chain.chips.map(\.cores) == [32, 32, 32, 32, 32])
        #expect(bench.chain.expectedHashesPerSecond(ofChip: 0) == 2 * 32 * 1332e6)
    }

    @Test func theClockGoesUpLevelByLevelAndTheDividerFollows() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        #expect(bench.chips.levels.map(\.number) == Array(0...301))
        #expect(bench.chain.level == T1ClockLevel(301))
        #expect(bench.chips.dividers == [5] + (0...301).map { T1ClockLevel($0)!.converterDivider })
    }

    @Test(arguments: [1, 2, 68])
    func everyLengthOfChainComesUp(count: Int) throws {
        var bench = try bench(count)
        #expect(try bench.bringUp())
        #expect(bench.chain.workingCount == count)
    }

    @Test func theSupplyIsBroughtToJustAboveItsTarget() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        // 404 mV are wanted; 440 − 2 · 18 = 404.
        #expect(bench.chips.vid == SupplyVID(18))
        let settings = bench.lines.compactMap { if case .supply(let number) = $0 { Int(number) } else { nil } }
        // Down until below, one up; the second search looks one below and goes back.
        #expect(settings == Array(0...19) + [18, 19, 18])
        #expect(
            bench.events == [
                .supplyFound(SupplyVID(18)!, averageMillivolts: 404),
                .supplyFound(SupplyVID(18)!, averageMillivolts: 404), .hashing,
            ])
    }

    @Test func aSupplyThatDoesNotObeyEndsTheBringUp() throws {
        var bench = try bench()
        bench.chips.faults.refusesSupply = true
        try bench.start()
        #expect(bench.events == [.restarting(.supplyFailed, attempt: 1)])
        #expect(bench.lines.suffix(2) == [.reset(true), .power(false)])
    }

    @Test func chipsOfAnotherFamilyAreLeftAlone() throws {
        var bench = try bench()
        bench.chips.faults.family = 2
        try bench.start()
        try bench.run(for: .seconds(1))
        #expect(bench.events == [.restarting(.foreignChips(model: 2), attempt: 1)])
    }

    @Test func aSilentBusIsGivenUpWithThePowerOff() throws {
        var bench = try bench()
        bench.chips.faults.isSilent = true
        try bench.start()
        try bench.run(for: .seconds(120))
        #expect(bench.chain.stage == .faulted(.noChips))
        #expect(bench.events.count == 6)
        #expect(bench.lines.suffix(3) == [.reset(true), .power(false), .start(false)])
    }

    @Test func theCountMustFitTheBoardAndTheSecondCountTheFirst() throws {
        var missing = try bench(5, fitted: 4, minimum: 4)
        #expect(try missing.bringUp())
        #expect(missing.events.first == .chipsMissing(found: 4, expected: 5))
        var strict = try bench(5, fitted: 4)
        try strict.start()
        try strict.run(for: .milliseconds(900))
        #expect(strict.events == [.restarting(.chipCount(found: 4, expected: 5), attempt: 1)])
        var changing = try bench()
        changing.chips.faults.secondCount = 3
        try changing.start()
        try changing.run(for: .seconds(60)) {
            $0.events.contains(.restarting(.chipCount(found: 3, expected: 5), attempt: 1))
        }
        #expect(changing.events.last == .restarting(.chipCount(found: 3, expected: 5), attempt: 1))
        var same = try bench()
        same.chips.faults.secondCount = 5
        #expect(try same.bringUp())
    }

    @Test func aClockThatSticksEndsTheBringUp() throws {
        var bench = try bench()
        bench.chips.faults.levelLimit = T1ClockLevel(150)!
        try bench.start()
        try bench.run(for: .seconds(30)) { !$0.events.isEmpty }
        #expect(bench.events == [.restarting(.unanswered(command: 0x0A), attempt: 1)])
        #expect(bench.chips.levels.last == T1ClockLevel(150))
    }

    @Test func aBrokenHopIsNoticedAtTheFirstReadBack() throws {
        var bench = try bench(5, minimum: 2)
        bench.chips.faults.brokenFrom = 3
        try bench.start()
        try bench.run(for: .seconds(2))
        #expect(bench.events.first == .restarting(.unanswered(command: 0x0A), attempt: 1))
    }

    @Test func damagedAnswersAreAskedForAgain() throws {
        var bench = try bench()
        try bench.start()
        bench.chips.faults.damagedAnswers = 2
        #expect(try bench.run(for: .seconds(180)) { $0.chain.stage == .hashing })
        #expect(bench.chain.checksumErrors == 2)
    }

    @Test func chipsWithTooFewCoresGetNoWork() throws {
        var bench = try bench(5, minimum: 4)
        bench.chips.chips[2].cores = 4
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        #expect(bench.events.contains(.chipDisabled(chip: 2)))
        #expect(!bench.chips.jobs.isEmpty)
        #expect(!bench.chips.jobs.contains { $0.chip == 2 })
    }

    // MARK: Work

    @Test func everyChipIsKeptBusyWithHeadersOfItsOwn() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(10))
        #expect(bench.chips.misplacedJobs == 0)
        // A search takes 200 ms.
        for chip in 0..<5 {
            let jobs = bench.chips.jobs.filter { $0.chip == chip }
            #expect((50...53).contains(jobs.count))
            #expect(jobs.indices.allSatisfy { Int(jobs[$0].job.id) == $0 % 4 + 1 })
        }
        // From the last chip to the first.
        #expect(bench.chips.jobs.prefix(10).map(\.chip) == [4, 3, 2, 1, 0, 4, 3, 2, 1, 0])
        // Two each without another look at the queue.
        let filled = bench.chips.requests.drop { if case .writeJob = $0 { false } else { true } }
        #expect(filled.prefix { if case .writeJob = $0 { true } else { false } }.count == 10)
        var headers: Set<[SIMD8<UInt32>]> = []
        for (_, job) in bench.chips.jobs {
            let tail = SIMD8<UInt32>(job.merkleTail, job.time, 0, 0, 0, 0, 0, 0)
            let states = job.midstates
            for state in [states.0, states.1, states.2, states.3] { headers.insert([state, tail]) }
        }
        #expect(headers.count == 4 * bench.chips.jobs.count)
    }

    @Test func aJobsFourSlotsAreFourVersionsOfItsWork() throws {
        var bench = try bench(1)
        bench.suppliesWork = false
        #expect(try bench.bringUp())
        let work = try bench.nextWork()
        try bench.assign(work)
        try bench.run(for: .milliseconds(50))
        let job = try #require(bench.chips.jobs.first?.job)
        let states = job.midstates
        for (slot, state) in [states.0, states.1, states.2, states.3].enumerated() {
            #expect(state == work.header(slot: slot)?.midstate)
        }
        bench.chips.results = [T1Result(jobID: 1, chip: 1, microID: 4, nonce: 99)]
        try bench.run(for: .milliseconds(50))
        #expect(bench.found.map(\.solution) == [try #require(work.solution(nonce: 99, slot: 2))])
        #expect(bench.found.first?.ticket == ReportingTarget.difficulty128.largestHash)
    }

    @Test func workOfMoreVersionsThanAChipTakesIsRefused() throws {
        var bench = try bench(1)
        var source = try AcceptedShare.source(now: bench.now)
        let wide = try source.nextVersions(upTo: 5, now: bench.now)
        #expect(throws: WorkRefusal.tooManyVersions(5)) { try bench.assign(wide) }
    }

    @Test func withoutVersionRollingTheCopiesCountAsDuplicates() throws {
        var bench = try bench(1)
        bench.suppliesWork = false
        #expect(try bench.bringUp())
        var source = try AcceptedShare.source(now: bench.now, versionMask: nil)
        try bench.assign(try source.nextVersions(upTo: 4, now: bench.now))
        try bench.run(for: .milliseconds(50))
        bench.chips.results = [0, 2, 4, 8, 1].map { T1Result(jobID: 1, chip: 1, microID: $0, nonce: 99) }
        try bench.run(for: .milliseconds(50))
        #expect(bench.found.count == 1)
        #expect(bench.chain.ledger.statistics.chips[0].duplicates == 3)
        #expect(bench.chain.ledger.statistics.implausibleReplies == 1)
    }

    @Test func aCleanJobReplacesWhatChipsHave() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        let before = bench.chips.jobs.count
        let began = bench.now
        try bench.assign(isClean: true)
        try bench.run(for: .milliseconds(100)) { $0.chips.jobs.count >= before + 10 }
        #expect(bench.now - began < .milliseconds(50))
        #expect(bench.chips.requests.contains(.reset(.jobs)))
        #expect(bench.chips.misplacedJobs == 0)
    }

    // MARK: Sensors

    @Test func temperaturesAreReadAllTheWayUpAndVoltagesWhileHashing() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(3))
        guard case .value(let millicelsius, let at) = bench.chain.chips[3].millicelsius else {
            Issue.record("no temperature")
            return
        }
        #expect(abs(millicelsius - 60_000) < 700)
        #expect(bench.now - at <= .milliseconds(2100))
        bench.chips.faults.brokenFrom = 4
        try bench.run(for: .seconds(3))
        if case .unanswered = bench.chain.chips[4].millicelsius {} else { Issue.record("a reading out of nothing") }
        let before = bench.chain.chips[0].millivolts
        try bench.run(for: .seconds(60))
        #expect(bench.chain.chips[0].millivolts != before)
    }

    @Test func aSensorThatCannotBeRightIsNotBelieved() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        bench.chips.chips[1].millicelsius = 127_000
        try bench.run(for: .seconds(3))
        if case .implausible = bench.chain.chips[1].millicelsius {} else { Issue.record("taken for a temperature") }
        #expect(bench.chain.stage == .hashing)
    }

    @Test func aChipAt115DegreesSwitchesTheChainOffForGood() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        bench.chips.chips[2].millicelsius = 118_000
        try bench.run(for: .seconds(3))
        #expect(bench.chain.stage == .faulted(.overheated(chip: 2)))
        #expect(bench.lines.suffix(3) == [.reset(true), .power(false), .start(false)])
        try bench.run(for: .seconds(600))
        #expect(bench.chain.stage == .faulted(.overheated(chip: 2)))
    }

    @Test func heatDuringTheBringUpSwitchesOffToo() throws {
        var bench = try bench()
        bench.chips.chips[0].millicelsius = 120_000
        try bench.start()
        try bench.run(for: .seconds(5))
        #expect(bench.chain.stage == .faulted(.overheated(chip: 0)))
    }

    @Test func theBusIsLetGoEveryFewTransfers() throws {
        var bench = try bench(68)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        // The holder of the bus can see to a wish to stop in between.
        #expect((4...18).contains(bench.longestBurst))
    }

    // MARK: Trouble while hashing

    @Test func failedCommandsAreFlushedAndAtLastEndInARestart() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        bench.chips.faults.damagedAnswers = 3
        try bench.run(for: .seconds(1))
        #expect(bench.chain.stage == .hashing)
        #expect(bench.chips.flushCount == 3)
        bench.chips.faults.isSilent = true
        try bench.run(for: .seconds(2))
        #expect(bench.events.last == .restarting(.busLost, attempt: 1))
        bench.chips.faults.isSilent = false
        #expect(try bench.run(for: .seconds(120)) { $0.chain.stage == .hashing })
    }

    @Test func aStuckSampleIsReplacedByAnotherChip() throws {
        var bench = try bench(5, minimum: 4)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(1))
        bench.chips.chips[2].queue.isStuck = true
        try bench.run(for: .seconds(12))
        #expect(bench.events.last == .chipDisabled(chip: 2))
        let count = bench.chips.jobs.count
        try bench.run(for: .seconds(1))
        #expect(bench.chips.jobs.count >= count + 16)
    }

    @Test func aChainThatFindsNothingIsBroughtUpAnew() throws {
        var bench = try bench(2)
        #expect(try bench.bringUp())
        try bench.run(for: .seconds(299))
        #expect(bench.chain.stage == .hashing)
        try bench.run(for: .seconds(3))
        #expect(bench.events.contains(.restarting(.silent, attempt: 1)))
    }

    // MARK: Clock, stop

    @Test func theClockIsSteppedWhileHashing() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        let before = bench.chips.levels.count
        try bench.chain.setFrequency(.megahertz(1200))
        try bench.run(for: .seconds(1))
        #expect(bench.chips.levels[before...].map(\.number) == Array((290...300).reversed()))
        #expect(bench.chips.dividers.last == T1ClockLevel(290)?.converterDivider)
        #expect(throws: ChainPlanError.self) { try bench.chain.setFrequency(.megahertz(1404)) }
        #expect(bench.chain.stage == .hashing)
    }

    @Test func stopTakesTheLoadOffAtOnce() throws {
        var bench = try bench()
        #expect(try bench.bringUp())
        try bench.stop()
        #expect(bench.lines.suffix(2) == [.reset(true), .power(false)])
        #expect(bench.chain.stage == .off)
        // Started again too soon, it waits until the power is gone.
        try bench.start()
        #expect(bench.lines.last == .power(false))
        #expect(try bench.run(for: .seconds(120)) { $0.chain.stage == .hashing })
        try bench.stop()
        try bench.run(for: .seconds(2))
        #expect(bench.lines.suffix(3) == [.reset(true), .power(false), .start(false)])
        #expect(bench.chain.wakeAt == nil)
    }
}
