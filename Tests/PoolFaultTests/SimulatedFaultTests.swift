import Base
import Testing

@testable import LoopbackPool

/// Every misbehaviour at the agent's own deadlines, some of which take minutes, in simulated time.
@Suite struct SimulatedFaultTests {
    /// What must hold whatever a pool does.
    private func expectNoShareUnaccounted(_ rig: SimulatedRig, sourceLocation: SourceLocation = #_sourceLocation) {
        var taken: UInt64 = 0
        for index in rig.pools.indices {
            let ledger = SubmissionLedger(rig.pools[index].lines)
            let total = rig.statistics(index).total
            taken += UInt64(total.accepted)
            #expect(ledger.excessive.isEmpty, sourceLocation: sourceLocation)
            #expect(total.rejected(.duplicate) <= ledger.repeated, sourceLocation: sourceLocation)
            let others = RejectReason.allCases.filter { $0 != .duplicate && $0 != .refusedOnPurpose }
            for reason in others {
                #expect(total.rejected(reason) == 0, "\(reason)", sourceLocation: sourceLocation)
            }
        }
        let status = rig.status
        #expect(
            rig.found == status.accepted + status.rejected + status.stale + status.lost,
            "one outcome for each share: \(status)", sourceLocation: sourceLocation)
        #expect(status.accepted <= taken, sourceLocation: sourceLocation)
        #expect(taken <= status.accepted + status.rejected + status.lost, sourceLocation: sourceLocation)
        #expect(status.hardwareErrors == 0, sourceLocation: sourceLocation)
        #expect(!rig.events.contains { $0.contains("FORBIDDEN") }, sourceLocation: sourceLocation)
    }

    @Test(arguments: Fault.whileMining) func strikesWhileMining(fault: Fault) throws {
        let rig = try SimulatedRig()
        rig.run(.seconds(8))
        let before = rig.status.accepted
        try #require(before >= 10)
        let client = try #require(rig.clients(0).last)
        rig.pools[0].set(try fault.order, for: client, now: rig.now)
        switch try #require(fault.whileMining) {
        case .none:
            rig.run(.seconds(25))
            #expect(rig.statistics(0).connections == 1)
            #expect(rig.status.accepted >= before + 45)
            #expect(rig.status.rejected + rig.status.stale == 0)
        case .refusal:
            rig.run(.seconds(25))
            #expect(rig.statistics(0).connections == 1)
            #expect(rig.status.accepted <= before + 1)
            #expect(rig.status.rejected >= 45)
            rig.pools[0].set(nil, for: client, now: rig.now)
            #expect(rig.run(within: .seconds(5)) { rig.status.accepted >= before + 5 })
        case .outage:
            // 120 s without a job, and the first delay before a new attempt.
            #expect(rig.run(within: .seconds(122)) { rig.statistics(0).connections == 2 }, "\(rig.events.suffix(5))")
            let broken = rig.status.accepted
            #expect(rig.run(within: .seconds(5)) { rig.status.accepted >= broken + 5 }, "\(rig.events.suffix(5))")
            // The pool resumes the session, so nothing that was found meanwhile is lost.
            #expect(rig.status.lost + rig.status.stale == 0)
        }
        rig.stop()
        expectNoShareUnaccounted(rig)
    }

    @Test(arguments: Fault.all) func isThereFromTheStart(fault: Fault) throws {
        let rig = try SimulatedRig(poolCount: 2)
        rig.pools[0].set(try fault.order, for: nil, now: rig.now)
        switch fault.fromTheStart {
        case .none:
            rig.run(.seconds(60))
            #expect(rig.minedAt == 0)
            #expect(rig.statistics(0).total.accepted >= 60)
        case .refusal:
            rig.run(.seconds(60))
            #expect(rig.minedAt == 0)
            #expect(rig.isHashing)
        case .outage:
            #expect(
                rig.run(within: .seconds(125)) { rig.minedAt == 1 && rig.statistics(1).total.accepted >= 5 },
                "\(rig.events.suffix(5))")
        }
        // The pool mends its ways: mining comes back to it, at the latest after the longest time that a pool is held off
        // which kept failing.
        rig.pools[0].set(nil, for: nil, now: rig.now)
        rig.run(within: .seconds(970)) { rig.minedAt == 0 }
        for client in rig.pools[0].clients.values {
            rig.pools[0].announce(client.difficulty, to: client, now: rig.now)
        }
        let before = rig.statistics(0).total.accepted
        #expect(
            rig.run(within: .seconds(15)) { rig.statistics(0).total.accepted >= before + 10 }, "\(rig.events.suffix(5))"
        )
        #expect(rig.minedAt == 0)
        rig.stop()
        expectNoShareUnaccounted(rig)
    }

    /// The worker was busy with it when the connection broke, and has not been told of the new work yet.
    @Test func aFindOfTheTimeBeforeAResumptionCounts() throws {
        let rig = try SimulatedRig()
        rig.run(.seconds(8))
        let task = try #require(rig.task)
        let client = try #require(rig.clients(0).last)
        rig.pools[0].set(MisbehaviourOrder(.closeAfter(bytes: 0)), for: client, now: rig.now)
        #expect(rig.run(within: .seconds(3)) { rig.statistics(0).connections == 2 && rig.task?.workID != task.workID })
        rig.find(in: task)
        rig.run(.seconds(1))
        rig.stop()
        #expect(rig.status.accepted == rig.found)
        expectNoShareUnaccounted(rig)
    }

    /// Power is not burnt for nothing, and mining comes back by itself however long it took.
    @Test func hashingRestsThroughALongOutage() throws {
        let rig = try SimulatedRig(poolCount: 2)
        rig.run(.seconds(8))
        for pool in rig.pools {
            pool.set(MisbehaviourOrder(.refuseConnections), for: nil, now: rig.now)
            for client in pool.clients.keys {
                pool.set(MisbehaviourOrder(.closeAfter(bytes: 0)), for: client, now: rig.now)
            }
        }
        rig.run(.seconds(55))
        #expect(rig.isHashing)
        rig.run(.seconds(10))
        #expect(!rig.isHashing)
        rig.run(.seconds(3600))
        // Each pool is tried once a minute at the least, and not much more often.
        #expect((120...300).contains(rig.dialled.count))
        for pool in rig.pools { pool.set(nil, for: nil, now: rig.now) }
        let before = rig.status.accepted
        #expect(rig.run(within: .seconds(61)) { rig.isHashing && rig.status.accepted >= before + 1 })
        rig.run(.seconds(61))
        #expect(rig.minedAt == 0)
        rig.stop()
        expectNoShareUnaccounted(rig)
    }

    /// The bytes that a pool sends up to the end of the first job.
    private func handshakeLength() throws -> Int {
        let rig = try SimulatedRig()
        #expect(rig.run(within: .seconds(1)) { rig.clients(0).first.map { notifies(rig, $0) } == 1 })
        return try #require(rig.pools[0].clients.values.first).outbox.total
    }

    private func notifies(_ rig: SimulatedRig, _ client: ClientID) -> Int {
        rig.pools[0].clients[client]?.statistics.notifiesSent ?? 0
    }

    @Test func aConnectionThatBreaksAfterAnyByteOfTheHandshakeIsMadeAnew() throws {
        let length = try handshakeLength()
        #expect(length > 800)
        for bytes in 0...length {
            let rig = try SimulatedRig()
            rig.pools[0].set(MisbehaviourOrder(.closeAfter(bytes: bytes)), for: nil, now: rig.now)
            let isBroken = rig.run(within: .seconds(1)) { rig.statistics(0).connections == 1 && rig.clients(0).isEmpty }
            rig.pools[0].set(nil, for: nil, now: rig.now)
            let isMining = rig.run(within: .seconds(2)) { rig.status.accepted > 0 }
            rig.stop()
            #expect(isBroken && isMining, "after \(bytes) bytes: \(rig.events)")
            expectNoShareUnaccounted(rig)
        }
    }

    @Test func aPoolThatAlwaysBreaksInTheHandshakeIsLeftForTheNext() throws {
        let length = try handshakeLength()
        for bytes in stride(from: 0, to: length, by: 97) {
            let rig = try SimulatedRig(poolCount: 2)
            rig.pools[0].set(MisbehaviourOrder(.closeAfter(bytes: bytes)), for: nil, now: rig.now)
            #expect(rig.run(within: .seconds(4)) { rig.statistics(1).total.accepted > 0 }, "after \(bytes) bytes")
            rig.stop()
            expectNoShareUnaccounted(rig)
        }
    }
}
