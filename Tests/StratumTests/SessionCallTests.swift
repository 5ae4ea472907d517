import Base
import Foundation
import Mining
import Testing

@testable import Stratum

@Suite struct SessionCallTests {
    // MARK: Jobs and what applies to them

    @Test func difficultyHoldsFromTheNextJobOn() {
        var pool = Conversation.running()
        for (text, significand, exponent) in [("0.25", 25, -2), ("1e3", 1, 3), ("65536.0", 65536, 0)] {
            pool.begin()
            pool.hear(#"{"id":null,"method":"mining.set_difficulty","params":[\#(text)]}"#)
            #expect(pool.jobs.isEmpty)
            pool.notify(.publicPool)
            #expect(pool.jobs.map(\.difficulty) == [Difficulty(significand: UInt64(significand), exponent: exponent)])
        }
    }

    @Test func extranonceHoldsFromTheNextJobOn() throws {
        var pool = Conversation.running()
        let old = try #require(pool.session.current)
        pool.hear(#"{"method":"mining.set_extranonce","params":["aabbcc",8]}"#)
        #expect(pool.session.current?.extranonce == Extranonce(prefix: [0x41, 0x28, 0x06, 0x4F], size: 4))
        pool.notify(.publicPool)
        let new = try #require(pool.session.current)
        #expect(new.extranonce == Extranonce(prefix: [0xAA, 0xBB, 0xCC], size: 8))
        // Shares for the old job are still as they were; for the new one they need the new size.
        #expect(pool.submit(Recording.publicPool.submission(for: old)) != nil)
        #expect(pool.submit(Recording.publicPool.submission(for: new)) == nil)
    }

    @Test func maskHoldsAtOnce() throws {
        var pool = Conversation.running(Conversation.settings, .block881423)
        let old = try #require(pool.session.current)
        #expect(old.job.isClean)
        pool.hear(#"{"method":"mining.set_version_mask","params":["0x00ffe000"]}"#)
        let new = try #require(pool.session.current)
        #expect(new.versionMask == 0x00FF_E000)
        #expect(new.generation != old.generation)
        #expect(!new.job.isClean)
        // 0e596000 has bits outside the new mask.
        guard case .invalid = pool.session.submit(Recording.block881423.submission(for: old), now: pool.now) else {
            Issue.record("accepted bits outside the mask")
            return
        }
        pool.begin()
        pool.hear(#"{"method":"mining.set_version_mask","params":["00ffe000"]}"#)
        #expect(pool.jobs.isEmpty)
    }

    @Test func cleanJobsEndEarlierOnes() throws {
        var pool = Conversation.running()
        let old = try #require(pool.session.current)
        pool.notify(.block881423)
        guard case .stale = pool.session.submit(Recording.publicPool.submission(for: old), now: pool.now) else {
            Issue.record("submitted a stale share")
            return
        }
        #expect(pool.session.assignments.count == 1)
    }

    @Test func jobsAreRememberedWithinBounds() throws {
        var pool = Conversation.running()
        let first = try #require(pool.session.current)
        for number in 0..<Session.jobLimit * 2 {
            if number == Session.jobLimit - 1 {
                #expect(pool.submit(Recording.publicPool.submission(for: first)) != nil)
            }
            pool.hear(
                #"{"method":"mining.notify","params":\#(renamed("\(number)"))}"#
            )
        }
        #expect(pool.session.assignments.count == Session.jobLimit)
        #expect(pool.submit(Recording.publicPool.submission(for: first)) == nil)
    }

    // MARK: Questions

    @Test(arguments: [
        (#"{"id":7,"method":"client.get_version","params":[]}"#, #"{"id":7,"result":"ballast/1.0","error":null}"#),
        (#"{"id":"a\"b","method":"mining.ping"}"#, #"{"id":"a\"b","result":"pong","error":null}"#),
        (#"{"id":8,"method":"mining.set_difficulty","params":[5]}"#, #"{"id":8,"result":true,"error":null}"#),
        (#"{"id":9,"method":"client.show_message","params":["hi"]}"#, #"{"id":9,"result":true,"error":null}"#),
        (
            #"{"id":1e400,"method":"mining.dance","params":{}}"#,
            #"{"id":1e400,"result":null,"error":[-3,"Method not found",null]}"#
        ),
        (
            #"{"id":3,"method":"mining.set_difficulty","params":["x"]}"#,
            #"{"id":3,"result":null,"error":[-32602,"Invalid params",null]}"#
        ),
    ]) func callsWithIdsAreAnswered(call: String, answer: String) {
        var pool = Conversation.running()
        pool.hear(call)
        #expect(pool.takeSent() == [answer + "\n"])
    }

    @Test(arguments: [
        #"{"id":null,"method":"client.get_version","params":[]}"#, #"{"method":"mining.ping","params":[]}"#,
        #"{"method":"mining.dance","params":[1,2]}"#,
    ]) func callsWithoutIdsAreNot(call: String) {
        var pool = Conversation.running()
        pool.hear(call)
        #expect(pool.takeSent().isEmpty)
        #expect(pool.faults.isEmpty)
    }

    @Test func answersAreBounded() {
        var pool = Conversation.running()
        pool.hear(Array(String(repeating: "{\"id\":1,\"method\":\"mining.ping\"}\n", count: 5000).utf8))
        #expect(pool.takeSent().count == Session.answerLimit)
        #expect(pool.notes.count { if case .callsIgnored = $0 { true } else { false } } == 1)
        pool.hear(#"{"id":1,"method":"mining.ping"}"#)
        #expect(pool.takeSent().count == 1)
    }

    @Test func messagesAreMadePrintable() {
        var pool = Conversation.running()
        let long = String(repeating: "ä", count: 500)
        pool.hear(#"{"method":"client.show_message","params":["a\u0000\u001b[2J\n\#(long)"]}"#)
        guard case .message(let text)? = pool.notes.first else {
            Issue.record("\(pool.notes)")
            return
        }
        let shown = String(decoding: text, as: UTF8.self)
        #expect(shown.hasPrefix("a??[2J?ä"))
        #expect(text.count <= 256)
        #expect(!shown.contains("\u{FFFD}"))
    }

    // MARK: client.reconnect

    @Test(arguments: [
        ("[]", "stratum.pool.example", 3333, 0),
        (#"["eu.pool.example",4444,5]"#, "eu.pool.example", 4444, 5),
        (#"["eu.pool.example","4444","5"]"#, "eu.pool.example", 4444, 5),
        (#"["",0,0]"#, "stratum.pool.example", 3333, 0),
        (#"[null,null,1000000000000]"#, "stratum.pool.example", 3333, 300),
        (#"["STRATUM.POOL.EXAMPLE."]"#, "STRATUM.POOL.EXAMPLE.", 3333, 0),
    ]) func reconnect(params: String, host: String, port: UInt16, wait: Int) {
        var pool = Conversation.running()
        pool.hear(#"{"method":"client.reconnect","params":\#(params)}"#)
        guard case .reconnect(let endpoint, let pause)? = pool.actions.first else {
            Issue.record("\(pool.actions)")
            return
        }
        #expect(String(decoding: endpoint.host, as: UTF8.self) == host)
        #expect(endpoint.port == port)
        #expect(pause == .seconds(wait))
        pool.begin()
        pool.notify(.block881423)
        #expect(pool.actions.isEmpty)
    }

    @Test(arguments: [
        ("stratum.pool.example", "stratum.pool.example", true), ("stratum.pool.example", "eu.pool.example", true),
        ("stratum.pool.example", "a.stratum.pool.example", true), ("pool.example", "eu.pool.example", true),
        ("stratum.pool.example", "pool.example", false), ("stratum.pool.example", "stratum.thief.example", false),
        ("stratum.pool.example", "thief.example", false), ("pool.example", "thief.example", false),
        ("stratum.pool.example", "evilpool.example", false), ("pool.example", "evilpool.example", false),
        ("stratum.pool.example", "stratum", false), ("stratum", "other", false), ("stratum", "stratum", true),
        ("stratum", "a.stratum", false), ("stratum.pool.example", "10.0.0.1", false), ("10.0.0.1", "10.0.0.2", false),
        ("10.0.0.1", "11.0.0.1", false), ("10.0.0.1", "10.0.0.1", true), ("fe80::1", "fe80::2", false),
        ("pool.co.uk", "thief.co.uk", false), ("eu.pool.co.uk", "us.pool.co.uk", true), ("co.uk", "a.co.uk", false),
        ("stratum.pool.example", ".pool.example", true), ("stratum.pool.example", "a b.pool.example", false),
        ("stratum.pool.example", "x\u{0}.pool.example", false), ("stratum.pool.example", "", false),
    ]) func redirectionStaysWithinTheDomain(own: String, new: String, isAllowed: Bool) {
        #expect(Endpoint(host: own.utf8, port: 1).mayRedirect(to: Array(new.utf8)) == isAllowed)
    }

    @Test func refusedRedirectionIsLoggedAndMiningGoesOn() {
        var pool = Conversation.running()
        pool.hear(#"{"method":"client.reconnect","params":["stratum.thief.example",3333,0]}"#)
        guard case .redirectRefused(let host)? = pool.notes.first else {
            Issue.record("\(pool.notes)")
            return
        }
        #expect(String(decoding: host, as: UTF8.self) == "stratum.thief.example")
        #expect(pool.session.isReady)
    }

    // MARK: Shares

    @Test(
        arguments: [
            (#"{"id":4,"result":null,"error":[21,"Job not found",null]}"#, Rejection.Reason.stale, 21, "Job not found"),
            (#"{"id":4,"result":null,"error":[22,"Dup",null]}"#, .duplicate, 22, "Dup"),
            (
                #"{"id":4,"error":[23,"Low difficulty share",{"a":[]}],"result":null}"#, .lowDifficulty, 23,
                "Low difficulty share"
            ),
            (#"{"id":"4","result":null,"error":[24,"x",null]}"#, .unauthorized, 24, "x"),
            (#"{"id":4,"result":false,"error":[25,null,null]}"#, .notSubscribed, 25, ""),
            (#"{"id":4,"result":null,"error":{"code":-1,"message":"Stale job"}}"#, .stale, -1, "Stale job"),
            (#"{"id":4,"result":null,"error":"Stale"}"#, .stale, nil, "Stale"),
            (
                #"{"id":4,"result":false,"error":null,"reject-reason":"Above target"}"#, .lowDifficulty, nil,
                "Above target"
            ),
            (#"{"id":4,"result":false,"error":null}"#, .other, nil, "refused"),
            (#"{"id":4,"result":null,"error":null}"#, .other, nil, "no result"),
            (#"{"id":4}"#, .other, nil, "no result"),
            (#"{"id":4,"result":true,"error":7}"#, .other, 7, ""),
            (#"{"id":4,"result":true,"error":[]}"#, .other, nil, ""),
            (#"{"id":4,"result":{"status":"OK"},"error":null}"#, .other, nil, ""),
            (#"{"id":4,"result":null,"error":[1e99,{"a":1},"DUPLICATE share"]}"#, .duplicate, nil, "DUPLICATE share"),
        ] as [(String, Rejection.Reason, Int?, String)])
    func rejections(reply: String, reason: Rejection.Reason, code: Int?, text: String) throws {
        var pool = Conversation.running()
        let assignment = try #require(pool.session.current)
        #expect(pool.submit(Recording.publicPool.submission(for: assignment, id: 5)) != nil)
        pool.hear(reply)
        guard case .rejected(let share, _, let rejection, _)? = pool.actions.first else {
            Issue.record("\(pool.actions)")
            return
        }
        #expect(share.id == 5)
        #expect(rejection.reason == reason)
        #expect(rejection.code == code)
        #expect(String(decoding: rejection.text, as: UTF8.self) == text)
    }

    @Test func sharesInFlightAreBounded() throws {
        var pool = Conversation.running()
        let assignment = try #require(pool.session.current)
        let share = Recording.publicPool.submission(for: assignment)
        for _ in 0..<Session.submitLimit { #expect(pool.submit(share) != nil) }
        guard case .busy = pool.session.submit(share, now: pool.now) else {
            Issue.record("no bound")
            return
        }
        pool.hear(#"{"id":4,"result":true,"error":null}"#)
        #expect(pool.submit(share) != nil)
    }

    @Test func anUnansweredShareEndsTheSession() throws {
        var pool = Conversation.running()
        let assignment = try #require(pool.session.current)
        _ = pool.submit(Recording.publicPool.submission(for: assignment, id: 9))
        pool.wait(.seconds(30))
        guard case .unanswered(.submit)? = pool.failure else {
            Issue.record("\(pool.actions)")
            return
        }
        #expect(pool.session.unanswered.map(\.id) == [9])
    }

    @Test func repliesNobodyAskedFor() {
        var pool = Conversation.running()
        pool.hear(#"{"id":2,"result":true,"error":null}"#)
        pool.hear(#"{"id":99,"result":true,"error":null}"#)
        pool.hear(#"{"id":18446744073709551616,"result":true,"error":null}"#)
        pool.hear(#"{"id":null,"result":null,"error":[20,"overloaded",null]}"#)
        guard case .lateReply = pool.notes[0], case .fault(.unexpectedReply) = pool.notes[1],
            case .fault(.unintelligible) = pool.notes[2], case .poolError(let error) = pool.notes[3]
        else {
            Issue.record("\(pool.notes)")
            return
        }
        #expect(error.text == Array("overloaded".utf8))
    }
}

/// The recorded job under another name.
private func renamed(_ id: String) -> String {
    Recording.publicPool.notify.replacingOccurrences(of: "875b4b7", with: id)
}
