import Base
import Foundation
import Mining
import Testing

@testable import Stratum

/// Whatever comes over the wire, a session stays in a defined state: it goes on, or fails with a reason.
@Suite struct SessionRobustnessTests {
    /// One line of each kind of fault.
    @Test(arguments: [
        "\u{0}", "hello", "{", "[]", "7", "null", "{}", #"{"id":null}"#, #"{"id":true,"result":true}"#,
        #"{"id":-1,"result":1}"#,
        #"{"method":7}"#, #"{"method":{}}"#, #"{"method":"mining.notify"}"#, #"{"method":"mining.notify","params":{}}"#,
        #"{"method":"mining.notify","params":[]}"#, #"{"method":"mining.set_difficulty","params":[]}"#,
        #"{"method":"mining.set_difficulty","params":["8"]}"#, #"{"method":"mining.set_difficulty","params":[0]}"#,
        #"{"method":"mining.set_difficulty","params":[-1]}"#, #"{"method":"mining.set_difficulty","params":[1e400]}"#,
        #"{"method":"mining.set_difficulty","params":[1e-400]}"#, #"{"method":"mining.set_difficulty","params":8}"#,
        #"{"method":"mining.set_extranonce","params":["zz",4]}"#,
        #"{"method":"mining.set_extranonce","params":["00"]}"#,
        #"{"method":"mining.set_extranonce","params":["00",99]}"#,
        #"{"method":"mining.set_version_mask","params":["g"]}"#,
        #"{"method":"mining.set_version_mask","params":["123456789"]}"#,
        #"{"method":"client.show_message","params":[5]}"#,
        #"{"method":"client.reconnect","params":["a.pool.example",99999]}"#,
        #"{"method":"client.reconnect","params":[5]}"#,
        #"{"method":"client.reconnect","params":["a.pool.example",1,-5]}"#, #"{"method":"x","method":"y"}"#,
        #"{"method":"\#(String(repeating: "m", count: 65))"}"#, #"{"a":"\ud800"}"#,
        String(repeating: "[", count: 60_000), String(repeating: "x", count: 65_537),
        String(repeating: "y", count: 300_000),
    ]) func faultsAreCountedAndSurvived(line: String) {
        var pool = Conversation.running()
        pool.hear(line)
        #expect(pool.faults.count == 1)
        #expect(pool.failure == nil)
        #expect(pool.jobs.isEmpty)
        #expect(pool.takeSent().isEmpty)
        pool.notify(.block881423)
        #expect(pool.jobs.count == 1)
    }

    @Test func bytesThatAreNotUTF8AreAFault() {
        var pool = Conversation.running()
        pool.hear(Array(#"{"method":"client.show_message","params":[""#.utf8) + [0xFF, 0xFE] + Array("\"]}\n".utf8))
        #expect(pool.faults.count == 1)
    }

    /// Each field of a job, spoilt.
    @Test(arguments: [
        ("\"875b4b7\"", "\"\""), ("\"875b4b7\"", "7"), ("\"875b4b7\"", "\"" + String(repeating: "j", count: 65) + "\""),
        ("6b6455fd", "6b6455f"), ("6b6455fd", "6b6455"), ("6b6455fd", "zz6455fd"), ("\"0200000001", "\"x200000001"),
        ("\"0200000001", "\"020000000"), ("ffffffff02", "fffffffff02"), ("[\"21af", "[\"21"), ("[\"21af", "[7,\"21af"),
        ("[\"21af", "\"21af\",[\"21af"), ("\"20000000\"", "\"2000000g\""), ("\"20000000\"", "536870912"),
        ("\"20000000\"", "\"200000000\""), ("\"17023a04\"", "\"17823a04\""), ("\"17023a04\"", "\"17000000\""),
        ("\"17023a04\"", "\"ff023a04\""), ("\"17023a04\"", "null"), ("\"685468d7\"", "\"\""), ("false", "0"),
        ("\"685468d7\",false", ""),
    ]) func spoiltJobsAreNotAppliedInPart(sound: String, spoilt: String) throws {
        var pool = Conversation.running()
        let before = try #require(pool.session.current)
        let notify = Recording.publicPool.notify
        #expect(notify.contains(sound))
        pool.hear(#"{"method":"mining.notify","params":\#(notify.replacingOccurrences(of: sound, with: spoilt))}"#)
        #expect(pool.faults.count == 1)
        #expect(pool.jobs.isEmpty)
        #expect(pool.session.current?.generation == before.generation)
        #expect(pool.session.current?.job == before.job)
    }

    @Test func branchesAreBounded() {
        let branch = "\"" + String(repeating: "ab", count: 32) + "\""
        func notify(_ count: Int) -> String {
            let list = Array(repeating: branch, count: count).joined(separator: ",")
            return
                #"{"method":"mining.notify","params":["j","\#(String(repeating: "00", count: 32))","01","02",[\#(list)],"#
                + #""20000000","1702349a","60000000"]}"#
        }
        var pool = Conversation.running()
        pool.hear(notify(0))
        pool.hear(notify(32))
        #expect(pool.jobs.map(\.job.merkleBranches.count) == [0, 32])
        #expect(pool.jobs.map(\.job.isClean) == [false, false])
        pool.hear(notify(33))
        #expect(pool.faults.count == 1)
    }

    @Test func nothingButGarbageEndsTheSession() {
        var pool = Conversation.running()
        for _ in 0..<Session.faultLimit - 1 { pool.hear("?") }
        pool.notify(.publicPool)
        for _ in 0..<Session.faultLimit - 1 { pool.hear("?") }
        #expect(pool.failure == nil)
        pool.hear("?")
        guard case .garbage? = pool.failure else {
            Issue.record("\(String(describing: pool.failure))")
            return
        }
    }

    @Test func emptyLinesAndCarriageReturnsAreFine() {
        var pool = Conversation.running()
        pool.hear(Array("\n\r\n \t\r\n{\"id\":1,\"method\":\"mining.ping\"}\r\n".utf8))
        #expect(pool.faults.isEmpty)
        #expect(pool.takeSent().count == 1)
    }

    @Test func linesMayComeTornOrMerged() throws {
        let lines =
            #"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}"# + "\n"
            + #"{"id":2,"result":\#(Recording.publicPool.subscribed),"error":null}"# + "\n"
            + #"{"id":3,"result":true,"error":null}"# + "\n"
            + #"{"id":null,"method":"mining.set_difficulty","params":[8192]}"# + "\n"
            + #"{"id":null,"method":"mining.notify","params":\#(Recording.publicPool.notify)}"# + "\n"
        let bytes = Array(lines.utf8)
        var torn = Conversation()
        for byte in bytes { torn.hear([byte]) }
        #expect(torn.session.isReady)
        #expect(torn.faults.isEmpty)
        var merged = Conversation()
        merged.hear(bytes)
        #expect(merged.session.isReady)
        #expect(merged.session.current?.job == torn.session.current?.job)
    }

    @Test func linesUpToTheLimitAreTaken() {
        var pool = Conversation.running()
        let frame = #"{"id":1,"method":"mining.ping","pad":""}"#
        let pad = String(repeating: "p", count: LineAssembler.limit - frame.utf8.count)
        pool.hear(frame.replacingOccurrences(of: #""pad":"""#, with: #""pad":"\#(pad)""#))
        #expect(pool.faults.isEmpty)
        #expect(pool.takeSent().count == 1)
    }

    /// Damages sound conversations at random places, tears them at random places, and lets time pass in between.
    @Test(arguments: 1...4) func randomDamage(seed: UInt64) {
        var random = SplitMix64(state: seed)
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        let script = [
            #"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}"#,
            #"{"id":2,"result":\#(Recording.publicPool.subscribed),"error":null}"#,
            #"{"id":3,"result":true,"error":null}"#,
            #"{"id":null,"method":"mining.set_difficulty","params":[8192]}"#,
            #"{"id":null,"method":"mining.notify","params":\#(Recording.publicPool.notify)}"#,
            #"{"id":4,"result":null,"error":[21,"Job not found",null]}"#,
            #"{"id":7,"method":"client.get_version","params":[]}"#,
            #"{"id":null,"method":"mining.set_extranonce","params":["0011223344",8]}"#,
            #"{"id":null,"method":"client.reconnect","params":["a.pool.example",3333,1]}"#,
        ].map { Array(($0 + "\n").utf8) }
        var outcomes = (ready: 0, failed: 0, faults: 0)
        for _ in 0..<300 {
            var pool = Conversation()
            for line in script {
                var bytes = line
                if below(3) == 0 {
                    for _ in 0...below(3) where !bytes.isEmpty {
                        let place = below(bytes.count)
                        switch below(4) {
                        case 0: bytes[place] = UInt8(below(256))
                        case 1: bytes.remove(at: place)
                        case 2: bytes.insert(UInt8(below(256)), at: place)
                        default: bytes.removeSubrange(place..<min(bytes.count, place + below(64)))
                        }
                    }
                }
                let cut = below(bytes.count + 1)
                pool.hear(Array(bytes[..<cut]))
                pool.hear(Array(bytes[cut...]))
                if let current = pool.session.current {
                    _ = pool.submit(Recording.publicPool.submission(for: current))
                    #expect((1...64).contains(current.job.id.count))
                    #expect(Extranonce.supportedSizes.contains(current.extranonce.size))
                }
                pool.wait(.milliseconds(below(12_000)))
            }
            outcomes.ready += pool.session.hasBeenReady ? 1 : 0
            outcomes.failed += pool.failure == nil ? 0 : 1
            outcomes.faults += pool.faults.count
        }
        #expect(outcomes.ready > 30 && outcomes.failed > 10 && outcomes.faults > 100, "\(outcomes)")
    }
}
