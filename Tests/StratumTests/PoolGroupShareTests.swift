import Base
import Mining
import Testing

@testable import Stratum

@Suite struct PoolGroupShareTests {
    /// A group that has been mining at one pool for a second.
    private func mining(_ configure: (inout GroupBench) -> Void = { _ in }) -> GroupBench {
        var bench = GroupBench([.working])
        configure(&bench)
        bench.run(.seconds(1))
        return bench
    }

    @Test func everyShareHasOneOutcome() throws {
        var bench = mining()
        for id in 1...3 { bench.submit(try #require(bench.share(id: UInt64(id), nonce: UInt32(id)))) }
        bench.run(.seconds(1))
        bench.verdict = #""result":null,"error":[23,"Low difficulty",null]"#
        bench.submit(try #require(bench.share(id: 4, nonce: 4)))
        bench.submit(try #require(bench.share(id: 5, nonce: 5)))
        bench.run(.seconds(1))
        #expect(
            bench.outcomes
                == ["accepted 1", "accepted 2", "accepted 3", "rejected 4 lowDifficulty", "rejected 5 lowDifficulty"])
        let statistics = bench.group.statistics[0]
        #expect((statistics.accepted, statistics.rejected, statistics.lost, statistics.stale) == (3, 2, 0, 0))
        #expect(statistics.acceptedDifficulty == 3 * 8192)
        #expect(statistics.bestDifficulty == 1e6)
        #expect(statistics.latency == .milliseconds(50))
        #expect(statistics.rejections.map(\.count) == [2])
        #expect(statistics.rejections.first?.rejection.code == 23)
    }

    @Test func duplicatesAreNeverSent() throws {
        var bench = mining()
        let share = try #require(bench.share(id: 1, nonce: 1))
        bench.submit(share)
        bench.run(.seconds(40))
        // The pool has sent the same job again meanwhile: another generation, but the same share.
        bench.submit(try #require(bench.share(id: 2, nonce: 1)))
        #expect(try #require(bench.share(id: 2, nonce: 1)).generation != share.generation)
        bench.run(.seconds(1))
        #expect(bench.submitted(to: 0) == 1)
        #expect(bench.outcomes == ["accepted 1", "lost 2 duplicate"])
        var other = try #require(bench.share(id: 3, nonce: 1))
        other.extranonce2 = [1, 2, 3, 4]
        bench.submit(other)
        bench.run(.seconds(1))
        #expect(bench.outcomes.last == "accepted 3")
    }

    @Test func staleAndImpossibleSharesAreNotSent() throws {
        var bench = mining()
        let old = try #require(bench.share(id: 1, nonce: 1))
        var oddSize = old
        oddSize.id = 2
        oddSize.extranonce2 = [1]
        var oddBits = old
        oddBits.id = 3
        oddBits.versionBits = 1
        bench.submit(oddSize)
        bench.submit(oddBits)
        bench.say(0, #"{"method":"mining.notify","params":\#(Recording.block881423.notify)}"#)
        bench.submit(old)
        bench.run(.seconds(1))
        #expect(bench.outcomes == ["lost 2 invalid", "lost 3 invalid", "lost 1 stale"])
        #expect(bench.submitted(to: 0) == 0)
        #expect(bench.group.statistics[0].stale == 1)
    }

    @Test func sharesFoundWhileDisconnectedAreSubmittedWhenTheSessionIsResumed() throws {
        var bench = mining()
        bench.cut(0)
        bench.submit(try #require(bench.share(id: 1, nonce: 1)))
        bench.run(.seconds(3))
        #expect(bench.heard.contains { $0.line.contains(#"mining.subscribe","params":["a","s"]"#) })
        #expect(bench.outcomes == ["accepted 1"])
        #expect(bench.submitted(to: 0) == 1)
    }

    @Test(arguments: [true, false]) func sharesOfASessionThatIsNotResumedAreLost(isInFlight: Bool) throws {
        var bench = mining { $0.extranonce1 = { "0000000\($0)" } }
        let share = try #require(bench.share(id: 1, nonce: 1))
        if isInFlight { bench.submit(share) }
        bench.cut(0)
        if !isInFlight { bench.submit(share) }
        bench.run(.seconds(3))
        #expect(bench.group.active == 0)
        #expect(bench.outcomes == ["lost 1 disconnected"])
        #expect(bench.submitted(to: 0) == (isInFlight ? 1 : 0))
    }

    @Test func sharesInFlightAreSubmittedOnceMore() throws {
        var bench = mining { $0.behaviours = [.forgetful] }
        bench.submit(try #require(bench.share(id: 1, nonce: 1)))
        bench.cut(0)
        bench.behaviours = [.working]
        // The pool had it already; only its reply was lost.
        bench.verdict = #""result":null,"error":[22,"Duplicate share",null]"#
        bench.run(.seconds(3))
        #expect(bench.submitted(to: 0) == 2)
        #expect(bench.outcomes == ["accepted 1"])
        // A duplicate that was sent once is a rejection like any other.
        bench.submit(try #require(bench.share(id: 2, nonce: 2)))
        bench.run(.seconds(1))
        #expect(bench.outcomes.last == "rejected 2 duplicate")
    }

    @Test func aShareIsNotSubmittedForEver() throws {
        var bench = mining { $0.behaviours = [.forgetful] }
        bench.submit(try #require(bench.share(id: 1, nonce: 1)))
        bench.run(.seconds(300))
        #expect(bench.submitted(to: 0) == 2)
        #expect(bench.outcomes == ["lost 1 disconnected"])
    }

    @Test func waitingSharesAreBoundedInNumberAndTime() throws {
        var bench = mining()
        bench.behaviours = [.refusing]
        bench.cut(0)
        for id in 1...200 { bench.submit(try #require(bench.share(id: UInt64(id), nonce: UInt32(id)))) }
        #expect(bench.outcomes.count == 200 - 128)
        #expect(bench.outcomes.allSatisfy { $0.hasSuffix("overflow") })
        bench.run(.seconds(121))
        #expect(bench.outcomes.count == 200)
        #expect(bench.group.statistics[0].lost == 200)
    }

    /// More shares than may be in flight wait for replies; none is lost, none sent twice.
    @Test func aBurstOfSharesIsSubmittedInPortions() throws {
        var bench = mining()
        for id in 1...150 { bench.submit(try #require(bench.share(id: UInt64(id), nonce: UInt32(id)))) }
        #expect(bench.submitted(to: 0) == Session.submitLimit)
        bench.run(.seconds(2))
        #expect(bench.submitted(to: 0) == 150)
        #expect(bench.outcomes.count == 150)
        #expect(Set(bench.outcomes).count == 150)
        #expect(bench.group.statistics[0].accepted == 150)
    }

    @Test func sharesForThePoolThatWasLeftAreStillSubmitted() throws {
        var bench = GroupBench([.refusing, .working])
        bench.run(.seconds(10))
        let late = try #require(bench.share(id: 1, nonce: 1))
        bench.behaviours[0] = .working
        while bench.group.active != 0, bench.elapsed < .seconds(300) { bench.run(.milliseconds(10)) }
        #expect(bench.group.active == 0)
        bench.submit(late)
        bench.run(.seconds(1))
        #expect(bench.outcomes == ["accepted 1"])
        #expect(bench.submitted(to: 1) == 1)
        bench.run(.seconds(10))
        #expect(bench.open.map(\.pool) == [0])
    }

    @Test func rejectionsAreCountedInABoundedTable() throws {
        var bench = mining()
        for id in 1...40 {
            bench.verdict = #""result":null,"error":[20,"reason \#(id)",null]"#
            bench.submit(try #require(bench.share(id: UInt64(id), nonce: UInt32(id))))
            bench.run(.milliseconds(100))
        }
        #expect(bench.group.statistics[0].rejected == 40)
        #expect(bench.group.statistics[0].rejections.count == PoolStatistics.rejectionLimit)
    }
}
