import Base
import Foundation
import Mining
import Testing

@testable import Stratum

@Suite struct SessionHandshakeTests {
    /// The whole conversation, line by line.
    @Test(arguments: [Recording.publicPool, .block881423])
    func recordedSession(recording: Recording) throws {
        var pool = Conversation()
        #expect(
            pool.takeSent() == [
                #"{"id":1,"method":"mining.configure","params":[["version-rolling"],"#
                    + #"{"version-rolling.mask":"1fffe000","version-rolling.min-bit-count":2}]}"# + "\n"
            ])
        pool.hear(#"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}"#)
        #expect(pool.takeSent() == [#"{"id":2,"method":"mining.subscribe","params":["ballast/1.0"]}"# + "\n"])
        pool.hear(#"{"id":2,"result":\#(recording.subscribed),"error":null}"#)
        #expect(pool.takeSent() == [#"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"# + "\n"])
        pool.hear(#"{"id":3,"result":true,"error":null}"#)
        pool.hear(#"{"id":null,"method":"mining.set_difficulty","params":[\#(recording.difficulty)]}"#)
        #expect(!pool.session.isReady)
        pool.notify(recording)

        let assignment = try #require(pool.session.current)
        #expect(pool.jobs.map(\.generation) == [assignment.generation])
        #expect(assignment.difficulty == Difficulty(try #require(UInt64(recording.difficulty))))
        #expect(assignment.versionMask == 0x1FFF_E000)
        let share = recording.submission(for: assignment, id: 77)
        #expect(assignment.hash(of: share) == recording.hash)

        let (extranonce2, time, nonce, bits) = recording.share
        let id = String(decoding: assignment.job.id, as: UTF8.self)
        #expect(
            pool.submit(share) == #"{"id":4,"method":"mining.submit","params":["user.worker","\#(id)","#
                + #""\#(extranonce2)","\#(time)","\#(nonce)","\#(bits)"]}"# + "\n")
        pool.begin()
        pool.now = pool.now + .milliseconds(40)
        pool.hear(#"{"id":4,"error":null,"result":true}"#)
        guard case .accepted(let accepted, let credit, let latency)? = pool.actions.first else {
            Issue.record("\(pool.actions)")
            return
        }
        #expect(accepted.id == 77)
        #expect(credit == assignment.difficulty)
        #expect(latency == .milliseconds(40))
    }

    @Test func wordsOfThePreviousHashAreSwapped() throws {
        let job = try #require(Conversation.running().session.current).job
        let bytes = job.previousHash.bytes
        #expect(Array(bytes[..<8]) == [0xFD, 0x55, 0x64, 0x6B, 0xC1, 0x62, 0xB9, 0x6D])
        #expect(job.merkleBranches.count == 12)
        #expect(job.merkleBranches[0][0] == 0x21)
        #expect((job.version, job.bits, job.time) == (0x2000_0000, 0x1702_3A04, 0x6854_68D7))
        #expect(!job.isClean)
    }

    @Test(arguments: [
        #"{"id":1,"result":null,"error":[20,"Unknown method",null]}"#,
        #"{"id":1,"result":false,"error":null}"#,
        #"{"id":1,"result":null,"error":null}"#,
        #"{"id":1,"result":true,"error":null}"#,
        #"{"id":1,"result":{"version-rolling":false},"error":null}"#,
        #"{"id":1,"result":{"version-rolling":"not here"},"error":null}"#,
        #"{"id":1,"result":{"version-rolling":true},"error":null}"#,
        #"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"zz"},"error":null}"#,
        #"{"id":1,"error":"Stale"}"#,
    ]) func withoutVersionRolling(answer: String) throws {
        var pool = Conversation()
        pool.begin()
        pool.hear(answer)
        #expect(pool.takeSent().first?.contains("mining.subscribe") == true)
        pool.reply(to: "subscribe", Recording.publicPool.subscribed)
        pool.reply(to: "authorize", "true")
        pool.hear(#"{"method":"mining.set_difficulty","params":[1]}"#)
        pool.notify(.publicPool)
        let assignment = try #require(pool.session.current)
        #expect(assignment.versionMask == nil)
        var share = Recording.publicPool.submission(for: assignment)
        #expect(pool.submit(share) == nil)
        share.versionBits = nil
        #expect(pool.submit(share)?.hasSuffix(#""7552034c"]}"# + "\n") == true)
    }

    @Test func configureMayStayUnanswered() throws {
        var pool = Conversation()
        pool.begin()
        pool.wait(.milliseconds(9_999))
        #expect(pool.takeSent().isEmpty)
        pool.wait(.milliseconds(1))
        #expect(pool.takeSent().first?.contains("mining.subscribe") == true)
        pool.reply(to: "subscribe", Recording.publicPool.subscribed)
        pool.reply(to: "authorize", "true")
        pool.hear(#"{"method":"mining.set_difficulty","params":[1]}"#)
        pool.notify(.publicPool)
        #expect(pool.session.current?.versionMask == nil)
        // Late, but welcome.
        pool.hear(#"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"00ffe000"},"error":null}"#)
        #expect(pool.session.current?.versionMask == 0x00FF_E000)
        #expect(pool.faults.isEmpty)
    }

    @Test func grantsAreCutToWhatWasAskedFor() {
        var pool = Conversation()
        pool.handshake(mask: "ffffffff")
        #expect(pool.session.current?.versionMask == 0x1FFF_E000)
    }

    @Test func optionalRequestsComeLastAndHaveIds() {
        var settings = Conversation.settings
        settings.suggestedDifficulty = Difficulty(4096)
        settings.subscribesToExtranonce = true
        var pool = Conversation(settings)
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.reply(to: "subscribe", Recording.publicPool.subscribed)
        #expect(!pool.takeSent().contains { $0.contains("suggest") || $0.contains("extranonce.") })
        pool.reply(to: "authorize", "true")
        #expect(
            pool.takeSent() == [
                #"{"id":4,"method":"mining.suggest_difficulty","params":[4096]}"# + "\n",
                #"{"id":5,"method":"mining.extranonce.subscribe","params":[]}"# + "\n",
            ])
        // Refusals and silence are both harmless.
        pool.hear(#"{"id":4,"result":null,"error":[-3,"Method not found",null]}"#)
        pool.hear(#"{"method":"mining.set_difficulty","params":[1]}"#)
        pool.notify(.publicPool)
        pool.wait(.seconds(31))
        #expect(pool.failure == nil)
        #expect(pool.session.isReady)
    }

    @Test(arguments: [
        "false", "null", #"{"status":"OK"}"#, #""yes""#, "1",
    ]) func unauthorized(result: String) {
        var pool = Conversation()
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.reply(to: "subscribe", Recording.publicPool.subscribed)
        pool.reply(to: "authorize", result)
        guard case .refused(.authorize, _)? = pool.failure else {
            Issue.record("\(String(describing: pool.failure))")
            return
        }
    }

    @Test(arguments: [
        "[]", "{}", "7", "true", #"[[],"abc",4]"#, #"[[],"4128064f"]"#, #"[[],"4128064f",0]"#, #"[[],"4128064f",17]"#,
        #"[[],"4128064f",-1]"#, #"[[],"4128064f",1e99]"#, #"[[],4128064,4]"#, #"[[],null,4]"#,
    ]) func unusableSubscription(result: String) {
        var pool = Conversation()
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.reply(to: "subscribe", result)
        guard case .unusable(.subscribe, _)? = pool.failure else {
            Issue.record("\(String(describing: pool.failure))")
            return
        }
        pool.begin()
        pool.notify(.publicPool)
        #expect(pool.actions.isEmpty)
    }

    @Test(
        arguments: [
            (#"[[["mining.set_difficulty","d"],["mining.notify","s1"]],"00",1]"#, "s1"),
            (#"[["mining.notify","s2"],"",16]"#, "s2"),
            (#"[[],"00",8]"#, nil), (#"[null,"00",8]"#, nil), (#"[[["mining.notify",5]],"00",8]"#, nil),
            (#"[[[[[["mining.notify","deep"]]]]],"00",8]"#, nil),
        ] as [(String, String?)]) func sessionIDs(result: String, id: String?)
    {
        var pool = Conversation()
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.reply(to: "subscribe", result)
        #expect(pool.failure == nil)
        #expect(pool.session.sessionID.map { String(decoding: $0, as: UTF8.self) } == id)
    }

    @Test func jobsBeforeTheEndOfTheHandshakeWait() {
        var pool = Conversation()
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.notify(.publicPool)
        pool.hear(#"{"method":"mining.set_difficulty","params":[512]}"#)
        pool.reply(to: "subscribe", Recording.publicPool.subscribed)
        #expect(pool.jobs.isEmpty)
        pool.reply(to: "authorize", "true")
        #expect(pool.jobs.count == 1)
        #expect(pool.jobs.first?.difficulty == Difficulty(512))
    }

    @Test func firstJobWaitsForTheDifficultyButNotLong() {
        var pool = Conversation()
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.reply(to: "subscribe", Recording.publicPool.subscribed)
        pool.reply(to: "authorize", "true")
        pool.notify(.block881423)
        #expect(pool.jobs.isEmpty)
        pool.wait(.seconds(2))
        #expect(pool.jobs.map(\.difficulty) == [Difficulty(1)])
        // Late after all: corrects the job that is being mined, which stays valid.
        pool.hear(#"{"method":"mining.set_difficulty","params":[0.001]}"#)
        #expect(pool.jobs.map(\.difficulty) == [Difficulty(1), Difficulty(significand: 1, exponent: -3)])
        #expect(pool.jobs.map(\.job.isClean) == [true, false])
    }

    @Test func everyStepHasADeadline() {
        var subscribing = Conversation()
        subscribing.hear(#"{"id":1,"result":null,"error":"no"}"#)
        var authorizing = subscribing
        authorizing.reply(to: "subscribe", Recording.publicPool.subscribed)
        var jobless = authorizing
        jobless.reply(to: "authorize", "true")

        func run(_ conversation: Conversation) -> (Session.Failure?, Duration) {
            var conversation = conversation
            let start = conversation.now
            while let deadline = conversation.session.deadline { conversation.wait(deadline - conversation.now) }
            return (conversation.failure, conversation.now - start)
        }
        guard case (.unanswered(.subscribe)?, .seconds(30)) = run(subscribing),
            case (.unanswered(.authorize)?, .seconds(30)) = run(authorizing),
            case (.silent?, .seconds(60)) = run(jobless)
        else {
            Issue.record("\(run(subscribing)) \(run(authorizing)) \(run(jobless))")
            return
        }
        guard case (.silent?, .seconds(120)) = run(.running()) else {
            Issue.record("\(run(.running()))")
            return
        }
    }

    @Test func resumesWhereItWasLeft() throws {
        let first = Conversation.running()
        let old = try #require(first.session.current)
        var second = Conversation(resuming: first.session.remains, connection: 2)
        second.hear(#"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}"#)
        #expect(second.takeSent().last == #"{"id":2,"method":"mining.subscribe","params":["ballast/1.0","s1"]}"# + "\n")
        var stranger = second
        second.reply(to: "subscribe", Recording.publicPool.subscribed)
        second.reply(to: "authorize", "true")
        second.hear(#"{"method":"mining.set_difficulty","params":[1]}"#)
        let clean = Recording.publicPool.notify.replacingOccurrences(of: "false", with: "true")
        // The same job, now said to invalidate all others: the share for it stays good.
        second.hear(#"{"method":"mining.notify","params":\#(clean)}"#)
        #expect(second.submit(Recording.publicPool.submission(for: old)) != nil)
        second.notify(.block881423)
        #expect(second.submit(Recording.publicPool.submission(for: old)) == nil)

        stranger.reply(to: "subscribe", #"[[["mining.notify","s9"]],"deadbeef",4]"#)
        stranger.reply(to: "authorize", "true")
        stranger.hear(#"{"method":"mining.set_difficulty","params":[1]}"#)
        stranger.notify(.publicPool)
        #expect(stranger.submit(Recording.publicPool.submission(for: old)) == nil)
    }

    @Test func poolsThatCannotResumeAreAskedAgainWithout() {
        var pool = Conversation(resuming: Conversation.running().session.remains, connection: 2)
        pool.hear(#"{"id":1,"result":null,"error":"no"}"#)
        pool.begin()
        pool.reply(to: "subscribe", "null", error: #"[20,"bad session",null]"#)
        #expect(pool.takeSent() == [#"{"id":3,"method":"mining.subscribe","params":["ballast/1.0"]}"# + "\n"])
        #expect(pool.failure == nil)
    }
}
