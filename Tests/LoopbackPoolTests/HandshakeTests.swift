import Base
import Testing

@testable import LoopbackPool

@Suite struct HandshakeTests {
    @Test func recordedSessionIsServedAsRecorded() throws {
        let miner = try CoreMiner(CoreMiner.core())
        let mask =
            #"{"id":1,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"1fffe000"}]}"#
        #expect(
            miner.send(mask) == [
                #"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}"#
            ])
        let subscribed = miner.send(#"{"id":2,"method":"mining.subscribe","params":["agent/1.0"]}"#)
        let result = try #require(try member("result", of: subscribed.first) as? [Any])
        #expect(result[1] as? String == "4128064f")
        #expect(result[2] as? Int == 4)
        let authorized = miner.send(#"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"#)
        #expect(authorized.count == 3)
        #expect(authorized.first == #"{"id":3,"result":true,"error":null}"#)
        #expect(authorized.dropFirst().first == #"{"id":null,"method":"mining.set_difficulty","params":[8192]}"#)
        #expect(try member("method", of: authorized.last) as? String == "mining.notify")
    }

    @Test func maskIsWhatBothSidesAllow() throws {
        let core = try CoreMiner.core { $0.versionMask = 0x00FF_E000 }
        let reply = try CoreMiner(core).send(
            #"{"id":1,"method":"mining.configure","params":[["version-rolling","x"],{"version-rolling.mask":"1f00e000"}]}"#
        )
        #expect(
            reply == [
                #"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"0000e000","x":"not supported"},"error":null}"#
            ])
    }

    @Test func versionRollingCanBeRefused() throws {
        let core = try CoreMiner.core { $0.versionMask = 0 }
        let reply = try CoreMiner(core).send(#"{"id":1,"method":"mining.configure","params":[["version-rolling"],{}]}"#)
        #expect(reply == [#"{"id":1,"result":{"version-rolling":false},"error":null}"#])
    }

    @Test(arguments: [1, 2, 4, 8, 16])
    func everyClientHasItsOwnExtranonce(size: Int) throws {
        let core = try CoreMiner.core(.synthetic(SyntheticChain())) {
            $0.extranonce1Size = size
            $0.extranonce2Size = size
        }
        var seen: Set<String> = []
        for _ in 0..<PoolCore.clientLimit {
            let reply = try CoreMiner(core).send(#"{"id":2,"method":"mining.subscribe","params":["a"]}"#)
            let result = try #require(try member("result", of: reply.first) as? [Any])
            let extranonce1 = try #require(result[1] as? String)
            #expect(extranonce1.utf8.count == 2 * size)
            #expect(result[2] as? Int == size)
            seen.insert(extranonce1)
        }
        #expect(seen.count == PoolCore.clientLimit)
        #expect(core.connect(now: CoreMiner.start) == nil)
    }

    @Test func aSessionIsResumedWithItsExtranonceAndJobs() throws {
        let core = try CoreMiner.core(.synthetic(SyntheticChain())) { $0.difficulty = .fixed(anything) }
        let first = try CoreMiner(core)
        let notify = first.handshake().last
        let job = try #require((try member("params", of: notify) as? [Any])?.first as? String)
        let time = try #require((try member("params", of: notify) as? [Any])?[7] as? String)
        let session = try #require(core.clients[first.id]?.session)
        core.disconnect(first.id, reason: "test", now: CoreMiner.start)

        let second = try CoreMiner(core)
        let reply = second.send(#"{"id":2,"method":"mining.subscribe","params":["a","\#(session.id)"]}"#)
        #expect(
            (try member("result", of: reply.first) as? [Any])?[1] as? String == Hexadecimal.text(session.extranonce1))
        let started = second.send(#"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"#)
        // The jobs before the interruption stay valid, so the current one is not announced as clean.
        #expect((try member("params", of: started.last) as? [Any])?.last as? Bool == false)
        #expect(second.submit("user.worker", job, "00000000", time, "00000000") == [accepted])
        #expect(second.submit("user.worker", job, "00000000", time, "00000000") != [accepted])
    }

    @Test func aSessionIsTakenOverFromAConnectionThatHangs() throws {
        let core = try CoreMiner.core()
        let first = try CoreMiner(core)
        first.handshake()
        let session = try #require(core.clients[first.id]?.session?.id)
        let second = try CoreMiner(core)
        let reply = second.send(#"{"id":2,"method":"mining.subscribe","params":["a","\#(session)"]}"#)
        #expect((try member("result", of: reply.first) as? [Any])?[1] as? String == "4128064f")
        #expect(core.isFinished(first.id))
    }

    @Test func anUnknownSessionIsANewOne() throws {
        let miner = try CoreMiner(CoreMiner.core())
        let reply = miner.send(#"{"id":2,"method":"mining.subscribe","params":["a","session-ffffffff"]}"#)
        #expect((try member("result", of: reply.first) as? [Any])?[1] as? String == "4128064f")
    }

    @Test func onlyListedUsersMayMine() throws {
        let miner = try CoreMiner(CoreMiner.core { $0.authorizedUsers = ["alice", "bob.rig1"] })
        func answer(_ user: String) -> String? {
            miner.send(#"{"id":3,"method":"mining.authorize","params":["\#(user)","x"]}"#).first
        }
        #expect(answer("alice.rig7") == #"{"id":3,"result":true,"error":null}"#)
        #expect(answer("bob.rig1") == #"{"id":3,"result":true,"error":null}"#)
        #expect(answer("bob.rig2") == #"{"id":3,"result":false,"error":null}"#)
        #expect(answer("") == #"{"id":3,"result":false,"error":null}"#)
    }

    @Test func suggestedDifficultyAppliesFromTheNextJob() throws {
        let core = try CoreMiner.core(.synthetic(SyntheticChain())) { $0.difficulty = .fixed(anything) }
        let miner = try CoreMiner(core)
        let job = try #require((try member("params", of: miner.handshake().last) as? [Any])?.first as? String)
        #expect(
            miner.send(#"{"id":4,"method":"mining.suggest_difficulty","params":[1e6]}"#) == [
                #"{"id":4,"result":true,"error":null}"#,
                #"{"id":null,"method":"mining.set_difficulty","params":[1000000]}"#,
            ])
        let time = Hexadecimal.text(UInt32(1_750_000_000))
        #expect(miner.submit("user.worker", job, "00000000", time, "00000000") == [accepted])
        core.announceNewJob(newBlock: false, now: CoreMiner.start)
        let next = try #require((try member("params", of: miner.received().last) as? [Any])?.first as? String)
        #expect(miner.submit("user.worker", job, "00000001", time, "00000000") == [accepted])
        #expect(miner.submit("user.worker", next, "00000000", time, "00000000") == [lowDifficulty])
    }

    @Test(arguments: ["", "null", "[1]", "{", "{\"id\":7}", "{\"method\":5}", "{\"id\":7,\"params\":{}}", "\u{0}\u{1}"])
    func linesThatAreNoRequestAreCountedAndSurvived(line: String) throws {
        let miner = try CoreMiner(CoreMiner.core())
        miner.send(line)
        #expect(miner.core.statistics(now: CoreMiner.start).clients.first?.malformedLines == 1)
        #expect(miner.handshake().count == 3)
    }

    @Test func aRequestWithoutIdIsNotAnswered() throws {
        let miner = try CoreMiner(CoreMiner.core())
        #expect(miner.send(#"{"id":null,"method":"mining.extranonce.subscribe","params":[]}"#) == [])
        #expect(miner.send(#"{"method":"mining.unheard_of"}"#) == [])
        #expect(
            miner.send(#"{"id":"x/\"1","method":"mining.extranonce.subscribe","params":[]}"#) == [
                #"{"id":"x/\"1","result":true,"error":null}"#
            ])
        #expect(
            miner.send(#"{"id":18446744073709551615,"method":"mining.unheard_of"}"#) == [
                #"{"id":18446744073709551615,"result":null,"error":[-3,"Method not found",null]}"#
            ])
    }

    @Test func anEndlessLineEndsTheConnection() throws {
        let miner = try CoreMiner(CoreMiner.core())
        miner.core.receive([UInt8](repeating: 0x20, count: Client.lineLimit), from: miner.id, now: CoreMiner.start)
        #expect(!miner.core.isFinished(miner.id))
        miner.core.receive([0x20], from: miner.id, now: CoreMiner.start)
        #expect(miner.core.isFinished(miner.id))
    }
}
