import Base
import Buses
import Testing

@testable import Rig

@Suite struct PowerArbiterTests {
    typealias Source = PowerClaim.Source

    @Test func aFreshRigGoesToItsConfiguredTarget() {
        let bench = PowerBench(PowerBench.settings { $0.target = .permille(600) })
        #expect(bench.watts == 1800)
        #expect(bench.source == .configured)
        #expect(bench.reason == .claimed)
    }

    @Test func theLowestLimitHolds() {
        var bench = PowerBench()
        bench.claim(.remote, .power(.watts(2000)))
        #expect(bench.watts == 2000)
        bench.claim(.schedule, .power(.watts(1500)))
        #expect(bench.watts == 1500)
        #expect(bench.source == .schedule)
        bench.claim(.safety, .permille(400))
        #expect(bench.watts == 1200)
        #expect(bench.source == .safety)
    }

    @Test func lessThanTheRigCanRunOnIsOff() {
        var bench = PowerBench()
        bench.claim(.remote, .power(.watts(999)))
        #expect(bench.arbiter.setpoint.isOff)
        #expect(bench.reason == .belowMinimum)
    }

    @Test func moreIsGivenOnlyOverTheHeadOfLowerRanks() {
        var bench = PowerBench(PowerBench.settings { $0.target = .permille(600) })
        bench.claim(.frequency, .permille(1000), .atLeast) { $0.rise = .following }
        #expect(bench.watts == 3000)
        bench.claim(.frequency, .permille(900), .atLeast) { $0.rise = .following }
        #expect(bench.watts == 2700)
        bench.claim(.technician, .permille(500))
        #expect(bench.watts == 2700, "a part-load limit by hand ranks below the grid")
        bench.claim(.safety, .permille(700))
        #expect(bench.watts == 2100)
        bench.release(.frequency)
        #expect(bench.watts == 1500)
    }

    @Test func aManualStopIsLiftedByNobodyElse() {
        var bench = PowerBench()
        bench.claim(.technician, .off)
        for source in [Source.frequency, .remote, .schedule, .surplus] {
            bench.claim(source, .permille(1000), .atLeast)
            bench.run(.seconds(86_400))
            #expect(bench.arbiter.setpoint.isOff, "\(source)")
        }
        for source in [Source.frequency, .remote, .schedule, .surplus] { bench.release(source) }
        bench.release(.technician)
        bench.run(.seconds(1800))
        #expect(bench.watts == 3000)
    }

    @Test(arguments: [Source.safety, .technician, .pool, .configured])
    func someSourcesMayNotAskForMore(source: Source) {
        var bench = PowerBench(PowerBench.settings { $0.target = .permille(500) })
        bench.claim(source, .permille(1000), .atLeast)
        #expect(bench.notes == [.refused(.init(source), .direction)])
        #expect(bench.watts == 1500)
    }

    @Test func whatMakesNoSenseIsRefusedAndRecorded() {
        var bench = PowerBench()
        bench.claim(.remote, .permille(1001))
        bench.claim(.remote, .power(Milliwatts(-1)))
        bench.claim(.remote, .off, .atLeast)
        bench.claim(.remote, .off, slot: 4)
        bench.claim(.safety, .off, slot: 3)
        bench.claim(.remote, .off, for: .zero)
        let refusals = bench.notes.compactMap { if case .refused(_, let refusal) = $0 { refusal } else { nil } }
        #expect(refusals == [.limit, .limit, .direction, .slot, .slot, .expired])
        #expect(bench.arbiter.log.ended.map(\.decision) == refusals.map { .refused($0) })
        #expect(bench.watts == 3000)
    }

    // MARK: Time

    @Test func aClaimHoldsFromItsStartToItsExpiry() {
        var bench = PowerBench()
        bench.claim(.schedule, .permille(500), after: .seconds(60), for: .seconds(60))
        bench.run(.seconds(59))
        #expect(bench.watts == 3000)
        bench.run(.seconds(1))
        #expect(bench.watts == 1500)
        bench.run(.seconds(60))
        #expect(bench.source == .schedule, "power comes back in steps, after a random delay")
        bench.run(.seconds(480 + 5 * 30))
        #expect(bench.watts == 3000)
        #expect(bench.arbiter.log.ended.last?.ending == .expired)
    }

    @Test func aContractThatFallsSilentMeansOff() {
        var bench = PowerBench()
        bench.claim(.remote, .permille(800), for: .seconds(240))
        bench.run(.seconds(239))
        #expect(bench.watts == 2400)
        bench.claim(.remote, .permille(800), for: .seconds(240))
        bench.run(.seconds(239))
        #expect(bench.watts == 2400, "renewed in time")
        bench.run(.seconds(1))
        #expect(bench.arbiter.setpoint.isOff)
        #expect(bench.notes.contains(.failed(.init(.remote), .off)))
        bench.claim(.remote, .permille(800), for: .seconds(240))
        bench.run(.seconds(239))
        #expect(bench.source == .remote)
        bench.claim(.remote, .permille(800), for: .seconds(7200))
        bench.run(.seconds(3600))
        #expect(bench.watts == 2400)
    }

    @Test func aSensorThatFallsSilentMovesNothing() {
        var bench = PowerBench()
        bench.claim(.frequency, .permille(500))
        bench.handle(.silent(.init(.frequency)))
        bench.run(.seconds(86_400))
        #expect(bench.watts == 1500)
        #expect(bench.arbiter.setpoint.isTuningFrozen)
    }

    @Test func tuningIsFrozenWhileTheGridIsServedAndOnTheWayUp() {
        var bench = PowerBench()
        #expect(!bench.arbiter.setpoint.isTuningFrozen)
        bench.claim(.frequency, .off)
        #expect(bench.arbiter.setpoint.isTuningFrozen)
        bench.release(.frequency)
        bench.run(.seconds(120))
        #expect(bench.arbiter.setpoint.isTuningFrozen)
        bench.run(.seconds(480 + 30 * 7))
        #expect(bench.watts == 3000)
        #expect(!bench.arbiter.setpoint.isTuningFrozen)
    }

    // MARK: Records

    @Test func aClaimsLifeIsOnRecord() throws {
        var bench = PowerBench()
        let began = bench.now
        bench.claim(.remote, .off) { $0.deadline = $0.start + .seconds(1) }
        for (index, stage) in OffStage.allCases.enumerated() {
            bench.now = began + .milliseconds(Int64(index))
            bench.handle(.stage(stage, at: bench.now))
        }
        bench.now = began + .milliseconds(90)
        bench.handle(.measured(.ok(.watts(1200), at: bench.now)))
        #expect(bench.arbiter.records.last?.metDeadline(now: bench.now) == nil)
        bench.now = began + .milliseconds(180)
        bench.handle(.measured(.ok(.watts(60), at: bench.now)))
        bench.now = began + .seconds(900)
        bench.handle(.measured(.stale(since: began)))
        bench.release(.remote)

        let record = try #require(bench.arbiter.log.ended.last)
        #expect(record.decision == .applied)
        #expect(record.decided == began)
        #expect(OffStage.allCases.map { record.time(of: $0) } == (0...3).map { began + .milliseconds(Int64($0)) })
        #expect(record.reached == .init(power: .watts(60), at: began + .milliseconds(180)))
        #expect(record.metDeadline(now: bench.now) == true)
        #expect(record.ended == bench.now)
        #expect(record.ending == .released)
    }

    @Test func aMissedDeadlineIsSaidSo() throws {
        var bench = PowerBench()
        bench.claim(.remote, .permille(500)) { $0.deadline = $0.start + .seconds(1) }
        bench.now = bench.now + .seconds(2)
        bench.handle(.measured(.ok(.watts(1501), at: bench.now)))
        #expect(bench.arbiter.records.first { $0.key.source == .remote }?.metDeadline(now: bench.now) == false)
        bench.handle(.measured(.ok(.watts(1500), at: bench.now)))
        #expect(bench.arbiter.records.first { $0.key.source == .remote }?.metDeadline(now: bench.now) == false)
    }

    @Test func twoCausesAtOnceAreBothRecorded() {
        var bench = PowerBench()
        bench.claim(.remote, .off)
        bench.claim(.frequency, .off)
        bench.claim(.schedule, .permille(500))
        let decisions = bench.arbiter.records.map { ($0.key.source, $0.decision) }
        #expect(decisions.first { $0.0 == .frequency }?.1 == .applied)
        #expect(decisions.first { $0.0 == .schedule }?.1 == .outranked(by: .frequency))
    }

    @Test func theLogOfOldClaimsIsBounded() {
        var bench = PowerBench()
        for _ in 0..<200 {
            bench.claim(.remote, .permille(900))
            bench.release(.remote)
        }
        #expect(bench.arbiter.log.ended.count == ClaimLog.limit)
        #expect(bench.arbiter.log.dropped == UInt64(200 - ClaimLog.limit))
        #expect(bench.arbiter.log.ended.last?.number == 201, "the configured target was the first")
    }

    @Test func aClaimThatFollowsASignalIsOneRecord() throws {
        var bench = PowerBench()
        for permille in [900, 800, 700, 900] {
            bench.claim(.surplus, .permille(permille))
            #expect(bench.watts == Int32(permille * 3))
        }
        let record = try #require(bench.arbiter.records.first { $0.key.source == .surplus })
        #expect(record.adjustments == 3)
        #expect(bench.arbiter.log.ended.isEmpty)
    }
}
