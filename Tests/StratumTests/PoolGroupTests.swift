import Base
import Mining
import Testing

@testable import Stratum

@Suite struct PoolGroupTests {
    @Test func minesAtTheFirstPool() throws {
        var bench = GroupBench([.working, .working])
        bench.run(.seconds(300))
        #expect(bench.dialled.map(\.pool) == [0])
        #expect(bench.work.count >= 10)
        #expect(bench.work.allSatisfy { $0.pool == 0 })
        #expect(bench.work[0].assignment.job.isClean)
        #expect(!bench.work[1].assignment.job.isClean)
        #expect(try #require(bench.work.first).at < .seconds(1))
        #expect(bench.idleAt.isEmpty)
    }

    @Test(arguments: [GroupBench.Behaviour.refusing, .mute, .hangingUp(on: "mining.authorize")])
    func minesAtTheSecondPoolWhenTheFirstDoesNotWork(behaviour: GroupBench.Behaviour) throws {
        var bench = GroupBench([behaviour, .working])
        bench.run(.seconds(30))
        let first = try #require(bench.work.first)
        #expect(first.pool == 1)
        #expect(first.at < .seconds(4))
        #expect(bench.idleAt.isEmpty)
    }

    @Test func returnsToTheFirstPoolByACompleteHandshake() throws {
        var bench = GroupBench([.mute, .working])
        bench.run(.seconds(200))
        #expect(bench.group.active == 1)
        #expect(bench.dialled.count { $0.pool == 0 } > 1)
        bench.behaviours[0] = .working
        bench.run(.seconds(150))
        #expect(bench.group.active == 0)
        let change = try #require(bench.work.first { $0.pool == 0 })
        #expect(change.assignment.job.isClean)
        // Mining went on at the second pool until the very moment.
        #expect(bench.work.allSatisfy { $0.pool == ($0.at < change.at ? 1 : 0) })
        bench.run(.seconds(10))
        #expect(bench.open.map(\.pool) == [0])
    }

    @Test func aSilentPoolIsLeft() throws {
        var bench = GroupBench([.working, .working])
        bench.run(.seconds(31))
        let last = try #require(bench.work.last).at
        bench.notifyEvery = .seconds(100_000)
        bench.run(.seconds(130))
        let change = try #require(bench.work.first { $0.pool == 1 })
        #expect(change.at - last > .seconds(119) && change.at - last < .seconds(125))
    }

    @Test func aPoolThatForgetsSharesIsLeft() throws {
        var bench = GroupBench([.forgetful, .working])
        bench.run(.seconds(1))
        bench.submit(try #require(bench.share(id: 1, nonce: 1)))
        bench.run(.seconds(29))
        #expect(bench.group.active == 0)
        bench.behaviours[0] = .refusing
        bench.run(.seconds(10))
        #expect(bench.group.active == 1)
        bench.run(.seconds(150))
        #expect(bench.outcomes == ["lost 1 disconnected"])
        #expect(bench.group.statistics[0].lost == 1)
    }

    /// A first pool that works for five seconds at a time must not drag mining to and fro.
    @Test func flappingIsHeldBack() {
        var bench = GroupBench([.working, .working])
        var changes = 0
        for _ in 0..<720 {
            let before = bench.group.active
            bench.run(.seconds(5))
            if bench.group.active == 0 { bench.cut(0) }
            changes += bench.group.active == before ? 0 : 1
        }
        // An hour: holds of 60, 120, 240, 480, 960 s.
        #expect(changes <= 14, "\(changes)")
        #expect(bench.group.active == 1)
    }

    @Test func attemptsBackOffToAMinuteWithJitter() {
        var bench = GroupBench([.refusing], seed: 7)
        bench.run(.seconds(1200))
        let times = bench.dialled.map(\.at)
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        for (index, gap) in gaps.enumerated() {
            let nominal = min(60, 1 << min(index, 10))
            #expect(gap >= .milliseconds(nominal * 500) && gap <= .milliseconds(nominal * 1000 + 60))
        }
        #expect(Set(gaps).count == gaps.count)
        #expect(bench.group.statistics[0].connectionFailures == UInt64(times.count))
        var other = GroupBench([.refusing], seed: 8)
        other.run(.seconds(100))
        #expect(other.dialled.map(\.at) != Array(times.prefix(other.dialled.count)))
    }

    @Test func wrongCredentialsAreNotHammered() {
        var bench = GroupBench([.working])
        bench.behaviours = [.mute]
        bench.run(.seconds(1))
        for id in 1...3 { bench.say(0, #"{"id":\#(id),"result":null,"error":[24,"Unauthorized",null]}"#) }
        #expect(bench.open.isEmpty)
        let before = bench.dialled.count
        bench.run(.seconds(29))
        #expect(bench.dialled.count == before)
    }

    @Test func saysWhenThereIsNothingToMine() {
        var bench = GroupBench([.refusing, .mute])
        bench.run(.seconds(59))
        #expect(bench.idleAt.isEmpty)
        bench.run(.seconds(600))
        #expect(bench.idleAt == [.seconds(60)])
        bench.behaviours[1] = .working
        bench.run(.seconds(130))
        #expect(bench.group.active == 1)
        bench.behaviours[1] = .refusing
        bench.cut(1)
        bench.run(.seconds(61))
        #expect(bench.idleAt.count == 2)
    }

    @Test func poolsThatHangUpOnAnOptionAreAskedWithoutIt() throws {
        var bench = GroupBench([.hangingUp(on: "mining.configure")])
        bench.run(.seconds(10))
        #expect(bench.group.active == 0)
        #expect(bench.dialled.count == 3)
        #expect(bench.work.last?.assignment.versionMask == nil)
        // After an hour it is tried again.
        bench.behaviours = [.working]
        bench.run(.seconds(3600))
        bench.cut(0)
        bench.run(.seconds(2))
        #expect(bench.work.last?.assignment.versionMask == 0x1FFF_E000)
    }

    @Test func redirectionIsFollowedWithinTheDomain() throws {
        var bench = GroupBench([.working, .working])
        bench.run(.seconds(1))
        bench.say(0, #"{"method":"client.reconnect","params":["us.pool0.example",3000,1]}"#)
        bench.run(.milliseconds(900))
        #expect(bench.dialled.count == 1)
        bench.run(.seconds(1))
        #expect(bench.dialled.count == 2)
        #expect(bench.group.pools[0].endpoint.host == Array("us.pool0.example".utf8))
        #expect(bench.group.active == 0)
        // It does not work there any more: back to where it is configured to be.
        bench.behaviours[0] = .refusing
        bench.cut(0)
        bench.run(.seconds(3))
        #expect(bench.group.pools[0].endpoint.host == Array("eu.pool0.example".utf8))
    }

    @Test func eventsOfOldConnectionsAreIgnored() throws {
        var bench = GroupBench([.working])
        bench.run(.seconds(1))
        let old = try #require(bench.open.first?.connection)
        bench.cut(0)
        bench.run(.seconds(5))
        let jobs = bench.work.count
        #expect(bench.group.received(Array("{}\n".utf8), on: old, now: bench.now).isEmpty)
        #expect(bench.group.closed(old, now: bench.now).isEmpty)
        #expect(bench.group.active == 0)
        #expect(bench.work.count == jobs)
    }

    @Test func aGroupWithoutPoolsIsJustIdle() {
        var bench = GroupBench([])
        bench.run(.seconds(600))
        #expect(bench.idleAt == [.seconds(60)])
        #expect(bench.group.deadline == nil)
    }

    /// The connection breaks after each byte of the handshake, and here and there in the first job; then the pool behaves.
    @Test func everyBrokenHandshakeIsRecoveredFrom() {
        let replies = [
            #"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}"#,
            #"{"id":2,"result":\#(Recording.publicPool.subscribed),"error":null}"#,
            #"{"id":3,"result":true,"error":null}"#, #"{"method":"mining.set_difficulty","params":[8192]}"#,
            #"{"method":"mining.notify","params":\#(Recording.publicPool.notify)}"#,
        ]
        let bytes = Array((replies.joined(separator: "\n") + "\n").utf8)
        let job = bytes.count - replies[4].utf8.count
        for length in Array(0...job) + Array(stride(from: job, through: bytes.count, by: 11)) + [bytes.count] {
            var bench = GroupBench([.mute])
            bench.run(.milliseconds(60))
            bench.sayBytes(0, Array(bytes[..<length]))
            bench.cut(0)
            bench.behaviours = [.working]
            bench.run(.seconds(2))
            #expect(bench.group.active == 0, "broken after \(length) bytes")
        }
    }
}
