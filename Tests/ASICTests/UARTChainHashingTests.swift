import ASIC
import Base
import Mining
import SHA256
import Testing

@Suite struct UARTChainHashingTests {
    /// The nonce of the accepted share, and one that says the same of another job or with other bits.
    static let nonce = Response.NonceReply(wireNonce: 0x4C03_5275, excess: 0x0C, result: 0xD2, roll: 0x05A2)

    func hashing(
        _ family: ChipFamily, chipCount: Int = 1, timing: ChainTiming = ChainTiming(), ticketDifficulty: UInt64 = 256
    ) throws -> ChainBench {
        var bench = try ChainBench(
            family, chipCount: chipCount, ticketDifficulty: ticketDifficulty, timing: timing)
        try #require(try bench.bringUp())
        return bench
    }

    @Test func aCapturedJobGoesOutAndItsNonceComesBackAsTheAcceptedShare() throws {
        var bench = try hashing(.bm1370)
        // Id 68 is the sixteenth in the order of ids.
        for _ in 0..<15 { try bench.assign() }
        var source = try AcceptedShare.source(now: bench.now)
        let work = try source.nextVersions(upTo: 1 << 16, now: bench.now)
        try bench.assign(work, id: 99)
        #expect(bench.frames.last == bytes(JobVector.bm1370Job68))

        bench.deliver(bytes("AA 55 4C 03 52 75 0C D2 05 A2 9C"))
        let found = try #require(bench.found.first)
        #expect(found.workID == 99)
        #expect(found.solution == Solution(nonce: AcceptedShare.nonce, versionBits: AcceptedShare.versionBits))
        #expect(found.chip == 0)
        #expect(found.core == 38)
        var check = ShareCheck(shareTarget: work.shareTarget)
        guard case .share(let share) = check.check(found.solution, of: work, ticket: found.ticket) else {
            Issue.record("the pool accepted this share")
            return
        }
        #expect(share.hash == UInt256(hex: Hex.encode(AcceptedShare.hash)))
        #expect(share.versionBits == AcceptedShare.versionBits)
    }

    @Test func fourMidstatesGoOutAndTheSlotNamesTheVersion() throws {
        var bench = try hashing(.bm1397)
        var source = try AcceptedShare.source(now: bench.now)
        let work = try source.nextVersions(upTo: 4, now: bench.now)
        try bench.assign(work, id: 7)
        let job = try #require(bench.chips.midstateJobs.last)
        #expect(job.slotCount == 4)
        for slot in 0..<4 {
            #expect(job.midstates[slot] == work.header(slot: slot)?.midstate)
        }
        #expect(job.merkleTail == work.header.merkleRoot.words[7])
        bench.deliver(.init(wireNonce: 0x97C3_28B6, excess: 1, result: job.id | 3, roll: 0))
        let found = try #require(bench.found.first)
        #expect(found.solution == work.solution(nonce: 0xB628_C397, slot: 3))
        #expect(found.solution.versionBits == 0x0000_6000)
    }

    @Test func idsRestUntilNoResultCanBeUnderWay() throws {
        var bench = try hashing(.bm1370)
        for _ in 0..<16 { try bench.assign(isClean: true) }
        #expect(Set(bench.chips.fullJobs.map(\.id)).count == 16)
        // The seventeenth would take the id of a job that was replaced a moment ago: it waits, and only it.
        try bench.assign(id: 50)
        try bench.assign(id: 51)
        #expect(bench.chips.fullJobs.count == 16)
        try bench.run(for: .milliseconds(240))
        #expect(bench.chips.fullJobs.count == 16)
        try bench.run(for: .milliseconds(20))
        #expect(bench.chips.fullJobs.count == 17)
        #expect(bench.chips.fullJobs[16].id == bench.chips.fullJobs[0].id)
        bench.deliver(.init(wireNonce: 1, excess: 0, result: bench.chips.fullJobs[16].id << 1, roll: 0))
        #expect(bench.found.last?.workID == 51)
    }

    @Test func lateResultsBelongToTheirOwnJobAndWorthlessOnesAreStale() throws {
        var bench = try hashing(.bm1366)
        try bench.assign(id: 1)
        try bench.assign(id: 2)
        let ids = bench.chips.fullJobs.map(\.id)
        bench.deliver(.init(wireNonce: 10, excess: 0, result: ids[0], roll: 0))
        bench.deliver(.init(wireNonce: 11, excess: 0, result: ids[1] | 5, roll: 0))
        #expect(bench.found.map(\.workID) == [1, 2])
        try bench.assign(id: 3, isClean: true)
        bench.deliver(.init(wireNonce: 12, excess: 0, result: ids[0], roll: 0))
        #expect(bench.found.count == 2)
        #expect(bench.chain.statistics.staleResults == 1)
        // An id under which nothing was sent.
        bench.deliver(.init(wireNonce: 13, excess: 0, result: 0x78, roll: 0))
        bench.deliver(.init(wireNonce: 13, excess: 0, result: 0xF8, roll: 0))
        #expect(bench.chain.statistics.unknownJobs == 2)
    }

    @Test func duplicatesAreCountedAndNotReported() throws {
        var bench = try hashing(.bm1370)
        try bench.assign()
        let id = try #require(bench.chips.fullJobs.last).id
        let reply = Response.NonceReply(wireNonce: 0x4C03_5275, excess: 0, result: id << 1, roll: 0x05A2)
        for _ in 0..<3 { bench.deliver(reply) }
        #expect(bench.found.count == 1)
        #expect(bench.chain.statistics.duplicates == 2)
        #expect(bench.chain.statistics.chips[0].duplicates == 2)
    }

    @Test func errorsAndFindsAreCountedPerChipAndCore() throws {
        var bench = try hashing(.bm1362, chipCount: 126)
        try bench.assign()
        let id = try #require(bench.chips.fullJobs.last).id
        // As captured: address DC is chip 110, core 54.
        bench.deliver(.init(wireNonce: 0x6DB8_8EE1, excess: 1, result: id | 4, roll: 0x0354))
        let found = try #require(bench.found.first)
        #expect(found.chip == 110)
        #expect(found.core == 54)
        #expect(found.solution.versionBits == 0x006A_8000)
        bench.record(found, isValid: true)
        bench.record(found, isValid: false)
        #expect(bench.chain.statistics.chips[110].validNonces == 1)
        #expect(bench.chain.statistics.chips[110].hardwareErrors == 1)
        #expect(bench.chain.statistics.core(54, ofChip: 110)?.hardwareErrors == 1)
        #expect(bench.chain.statistics.core(53, ofChip: 110)?.hardwareErrors == 0)
        #expect(bench.chain.statistics.core(65, ofChip: 110) == nil)
        #expect(bench.chain.statistics.hardwareErrors == 1)
    }

    @Test func workIsWantedInTimeAndItsLackIsToldOnce() throws {
        var bench = try hashing(.bm1370)
        #expect(bench.workRequests == 1)
        try bench.assign()
        try bench.run(for: .milliseconds(510))
        #expect(bench.workRequests == 2)
        try bench.run(for: .seconds(5))
        #expect(bench.workRequests == 2)
        #expect(bench.events.filter { $0 == .workOverdue }.count == 1)
        // Without work nobody wonders that no nonces come.
        try bench.run(for: .seconds(3600))
        #expect(bench.chain.stage == .hashing)
        #expect(bench.events.last == .workOverdue)
    }

    /// One chip at 75 MHz should have a nonce of difficulty 256 every 7.2 s: thirty of those are 216 s.
    @Test func silenceRestartsTheChainAndIsGivenUpInTheEnd() throws {
        var timing = ChainTiming()
        timing.restarts = 2
        var bench = try hashing(.bm1370, timing: timing)
        bench.suppliesWork = true
        #expect(try bench.run(for: .seconds(900)) { $0.chain.stage == .faulted(.silent) })
        #expect(bench.events.filter { $0 == .hashing }.count == 3)
        #expect(bench.isResetAsserted)
        // Started again it has all its restarts again.
        #expect(try bench.bringUp())
    }

    @Test func aSilentChipIsToldOnceAndItsReturnToo() throws {
        var bench = try hashing(.bm1366, chipCount: 2)
        bench.suppliesWork = true
        var nonce: UInt32 = 0
        func feed(_ chip: UInt32, _ bench: inout ChainBench) {
            nonce += 1
            let id = bench.chips.fullJobs.last?.id ?? 0
            bench.deliver(.init(wireNonce: chip << 24 | nonce, excess: 0, result: id, roll: 0))
            if let found = bench.found.last { bench.record(found, isValid: true) }
        }
        for _ in 0..<1200 {
            try bench.run(for: .milliseconds(500))
            feed(0, &bench)
        }
        // Chip 1 has address 80: bit 24 of the nonce.
        #expect(bench.events.filter { $0 == .chipSilent(chip: 1) }.count == 1)
        #expect(!bench.events.contains(.chipSilent(chip: 0)))
        #expect(bench.chain.stage == .hashing)
        feed(1, &bench)
        #expect(bench.events.last == .chipRecovered(chip: 1))
        #expect(bench.found.last?.chip == 1)
    }

    @Test func aNoisyLineIsSlowedDown() throws {
        var bench = try ChainBench(.bm1370, chipCount: 2, maximumBaud: 3_125_000)
        #expect(try bench.bringUp())
        #expect(bench.chips.hostBaud == 3_125_000)
        let damaged = bytes("AA 55 4C 03 52 75 0C D2 05 A2 9D")
        for _ in 0..<100 { bench.deliver(damaged) }
        try bench.run(for: .seconds(61))
        #expect(bench.events.contains(.lineErrors(perMinute: 100)))
        #expect(bench.events.last == .lineRate(baud: 1_041_667))
        #expect(bench.chips.chipBaud == 1_041_666)
        #expect(bench.chain.stage == .hashing)
    }

    @Test func theClockMovesBothWaysWithItsSweepDeadline() throws {
        var bench = try hashing(.bm1370, chipCount: 2)
        let mark = bench.chips.commands.count
        try bench.chain.setFrequency(.megahertz(90), now: bench.now)
        try bench.run(for: .seconds(1))
        try bench.chain.setFrequency(.megahertz(80), now: bench.now)
        try bench.run(for: .seconds(1))
        let writes = bench.chips.commands[mark...].compactMap { command -> (Register, UInt32)? in
            guard case .write(let write, .all) = command else { return nil }
            return (write.register, write.value)
        }
        // Upward the shorter deadline comes first, downward the lower clock.
        #expect(
            writes.map(\.0) == [
                .hashCountingNumber, .pll0, .hashCountingNumber, .pll0, .hashCountingNumber, .pll0,
                .pll0, .hashCountingNumber, .pll0, .hashCountingNumber, .pll0, .hashCountingNumber,
            ])
        let clocks = writes.filter { $0.0 == .pll0 }.map {
            PLLWord(word: $0.1, postDividers: .minusOne).setting.frequency.hertz
        }
        #expect(clocks == [81_250_000, 87_500_000, 90_000_000, 87_500_000, 81_250_000, 80_000_000])
        #expect(throws: ChainPlanError.self) { try bench.chain.setFrequency(.megahertz(900), now: bench.now) }
    }

    @Test func versionMasksFollowTheWork() throws {
        var bench = try hashing(.bm1368)
        var source = try AcceptedShare.source(now: bench.now, versionMask: VersionMask(granted: 0x00FF_E000))
        try bench.assign(try source.nextVersions(upTo: 1 << 16, now: bench.now))
        #expect(bench.chips.chips[0].registers[.versionRolling] == 0x9000_07FF)
        var fixed = try AcceptedShare.source(now: bench.now, versionMask: nil)
        try bench.assign(try fixed.nextVersions(upTo: 1, now: bench.now))
        #expect(bench.chips.chips[0].registers[.versionRolling] == 0x9000_0000)
    }

    @Test func healthAndTemperatureAreRead() throws {
        var bench = try hashing(.bm1368, chipCount: 2)
        bench.chips.chips[1].registers[.temperatureResult] = 0x8000_080C
        bench.chips.chips[1].registers[.totalCounter] = 0xFFFF_FFFF
        try bench.run(for: .seconds(11))
        bench.chips.chips[1].registers[.totalCounter] = 99
        try bench.run(for: .seconds(11))
        let health = bench.chain.health[1]
        #expect(health.temperature?.millicelsius == 53450)
        #expect(bench.chain.health[0].temperature == nil)
        // A hundred counts over the wrap, in a little more than ten seconds.
        let rate = try #require(health.total.hashesPerSecond)
        #expect(abs(rate / (100 * 4_294_967_296 / 10.2) - 1) < 0.02)
        let started = bench.chips.commands.filter {
            if case .write(let write, .all) = $0 { write.register == .temperatureControl } else { false }
        }
        #expect(started.count == 8)
    }

    @Test func registersOfChipsThatAreNotThereAreCounted() throws {
        var bench = try hashing(.bm1368, chipCount: 2)
        bench.deliver(bytes("AA 55 80 00 08 0C 33 B4 00 00") + [0])
        var frame: [UInt8] = []
        Response.register(.init(value: 1, chip: 0x33, register: .totalCounter)).append(to: &frame, length: .eleven)
        bench.deliver(frame)
        #expect(bench.chain.statistics.implausibleReplies >= 1)
    }

    @Test(arguments: ChipFamily.all)
    func noBytesWhateverUpsetAChain(_ family: ChipFamily) throws {
        var bench = try ChainBench(family, chipCount: 3)
        var random = SplitMix64(seed: UInt64(family.model))
        bench.start()
        for _ in 0..<400 {
            try bench.run(for: .milliseconds(Int64(random.next() % 400)))
            let noise = (0..<random.next() % 40).map { _ in
                [0xAA, 0x55, UInt8(truncatingIfNeeded: random.next())][Int(random.next() % 3)]
            }
            bench.deliver(noise)
            if random.next() % 8 == 0 { try bench.assign(isClean: random.next() % 2 == 0) }
        }
        // Whatever it took the noise for, left alone it either hashes or has said why it does not.
        try bench.run(for: .seconds(200)) { $0.chain.stage == .hashing }
        switch bench.chain.stage {
        case .hashing, .faulted: break
        default: Issue.record("left in \(bench.chain.stage)")
        }
    }
}
