import Base
import Foundation
import Testing

@testable import LoopbackPool

/// Each misbehaviour as a miner sees it.
@Suite struct MisbehaviourTests {
    private func misbehaving(_ text: String, _ jobs: JobSource = .recorded) throws -> (
        pool: LoopbackPool, miner: SocketMiner
    ) {
        let order = try MisbehaviourOrder(text: text)
        let (pool, port) = try startedPool(jobs) { $0.misbehaviour = order }
        return (pool, try #require(try SocketMiner(port: port)))
    }

    private let soon = Duration.milliseconds(300)

    // MARK: The connection

    @Test func refuse() throws {
        let (pool, port) = try startedPool()
        defer { pool.stop() }
        let before = try #require(try SocketMiner(port: port))
        try before.handshake()
        pool.set(.refuseConnections)
        #expect(eventually { !SocketMiner.canConnect(to: port) })
        before.send(SocketMiner.submit)
        #expect(before.line() == accepted)
        pool.set(nil)
        #expect(eventually { SocketMiner.canConnect(to: port) })
    }

    @Test func silent() throws {
        let (pool, miner) = try misbehaving("silent")
        defer { pool.stop() }
        miner.sendHandshake()
        #expect(miner.rest(patience: soon) == [] && !miner.isClosed)
        #expect(pool.statistics.clients.first?.linesIgnored == 3)
    }

    @Test func silentAfterSubscribe() throws {
        let (pool, miner) = try misbehaving("silent-after-subscribe")
        defer { pool.stop() }
        miner.sendHandshake()
        #expect(miner.line() != nil && miner.line()?.contains("4128064f") == true)
        #expect(miner.rest(patience: soon) == [] && !miner.isClosed)
    }

    @Test func silentAfterNotify() throws {
        let (pool, miner) = try misbehaving("silent-after-notify")
        defer { pool.stop() }
        try miner.handshake()
        miner.send(SocketMiner.submit)
        #expect(miner.rest(patience: soon) == [] && !miner.isClosed)
        #expect(pool.statistics.total.accepted == 0)
        pool.set(nil)
        miner.send(SocketMiner.submit)
        #expect(miner.line() == accepted)
    }

    @Test func halfOpen() throws {
        let (pool, port) = try startedPool()
        defer { pool.stop() }
        let miner = try #require(try SocketMiner(port: port, patience: .milliseconds(200)))
        try miner.handshake()
        pool.set(.stopReading)
        // More than the kernel buffers between the two.
        let bytes = [UInt8](repeating: 0x20, count: 32 << 20)
        #expect(miner.sendRaw(bytes) < bytes.count)
        #expect(miner.rest(patience: .zero) == [] && !miner.isClosed)
    }

    /// The connection is cut at every 20th byte of the handshake and around the line ends.
    @Test func closeAfter() throws {
        let (whole, port) = try startedPool()
        let complete = try #require(try SocketMiner(port: port))
        let bytes = try complete.handshake().joined(separator: "\n").utf8 + [0x0A]
        whole.stop()
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }.flatMap { [$0, $0 + 1] }
        let cuts = Set(stride(from: 0, to: 400, by: 20)).union(ends).sorted()
        let (pool, cutPort) = try startedPool()
        defer { pool.stop() }
        for cut in cuts {
            pool.set(.closeAfter(bytes: cut))
            let miner = try #require(try SocketMiner(port: cutPort))
            miner.sendHandshake()
            let received = miner.rest(patience: .seconds(5))
            #expect(received.count == cut && miner.isClosed)
        }
    }

    @Test func closeAfterMessages() throws {
        let (pool, miner) = try misbehaving("close-after=0@5")
        defer { pool.stop() }
        try miner.handshake()
        #expect(miner.line() == nil && miner.isClosed)
    }

    @Test func tornLines() throws {
        let (pool, miner) = try misbehaving("torn-lines=1")
        defer { pool.stop() }
        miner.send(SocketMiner.configure)
        let line = try #require(miner.line())
        #expect(line.contains("version-rolling.mask"))
        // The kernel may join a few bytes when this process is slow to read.
        #expect(miner.pieces.count > line.utf8.count / 4)
    }

    @Test func mergedLines() throws {
        let (pool, miner) = try misbehaving("merged-lines")
        defer { pool.stop() }
        miner.sendHandshake()
        for _ in 0..<5 { #expect(miner.line() != nil) }
        #expect(miner.pieces.count < 5)
    }

    @Test func slowReplies() throws {
        let (pool, miner) = try misbehaving("slow-replies=400")
        defer { pool.stop() }
        let start = SystemCall.now()
        miner.send(SocketMiner.configure)
        #expect(miner.line() != nil)
        #expect(SystemCall.now() - start >= .milliseconds(400))
    }

    // MARK: The text

    @Test func wrongTypes() throws {
        let (pool, miner) = try misbehaving("wrong-types", .synthetic(SyntheticChain()))
        defer { pool.stop() }
        miner.sendHandshake()
        // Results of the three requests in turn: an object, an array of three, a truth value.
        #expect(try member("result", of: miner.line()) is [Any])
        let subscribed = try member("result", of: miner.line())
        #expect((subscribed as? [Any])?.count != 3)
        #expect(try member("result", of: miner.line()) is [Any])
        #expect(!((try member("params", of: miner.line()) as? [Any])?.first is Double))
        var seen: Set<String> = []
        for _ in 0..<13 {
            seen.insert(try #require(miner.line()))
            pool.announceJob()
        }
        #expect(seen.count == 13)
    }

    @Test(arguments: MessageKind.allCases.filter { $0 != .other })
    func wrongTypesInOneMessage(kind: MessageKind) throws {
        let (good, port) = try startedPool()
        defer { good.stop() }
        let usual = try #require(try SocketMiner(port: port))
        let (pool, miner) = try misbehaving("wrong-types=\(kind.rawValue)")
        defer { pool.stop() }
        // The sessions differ in nothing but the message that is wrong.
        var differing: [Int] = []
        let expected = try usual.handshake()
        let lines = try miner.handshake()
        for index in lines.indices where lines[index] != expected[index] { differing.append(index) }
        miner.send(SocketMiner.submit)
        if miner.line() != accepted { differing.append(5) }
        let order: [MessageKind] = [.configure, .subscribe, .authorize, .setDifficulty, .notify, .submit]
        #expect(differing == [try #require(order.firstIndex(of: kind))])
    }

    @Test func hugeNumbers() throws {
        let (pool, miner) = try misbehaving("huge-numbers")
        defer { pool.stop() }
        let text = try miner.handshake().joined()
        #expect(text.contains("ffffffffffffffff") && text.contains(#""4128064f",1844674407370955162"#))
        #expect(text.contains("1e") || text.contains("99999999"))
    }

    @Test func nulBytes() throws {
        let (pool, miner) = try misbehaving("nul-bytes")
        defer { pool.stop() }
        miner.sendHandshake()
        for _ in 0..<5 { #expect(try #require(miner.lineBytes()).contains(0)) }
    }

    @Test func notUTF8() throws {
        let (pool, miner) = try misbehaving("not-utf8")
        defer { pool.stop() }
        miner.sendHandshake()
        for _ in 0..<5 { #expect(String(validating: try #require(miner.lineBytes()), as: UTF8.self) == nil) }
    }

    @Test func unknownMethods() throws {
        for (name, hasID) in [("unknown-notifications", false), ("unknown-requests", true)] {
            let (pool, miner) = try misbehaving(name)
            defer { pool.stop() }
            miner.send(SocketMiner.configure)
            let unknown = try #require(miner.line())
            #expect(try member("method", of: unknown) as? String == (hasID ? "client.unheard_of" : "mining.unheard_of"))
            #expect(try member("id", of: unknown) is NSNull != hasID)
            #expect(miner.line()?.contains("version-rolling.mask") == true)
            if hasID {
                miner.send(#"{"id":900000,"result":null,"error":"unknown"}"#)
                #expect(eventually { pool.statistics.clients.first?.answersReceived == 1 })
            }
        }
    }

    @Test func overlongLine() throws {
        let (pool, miner) = try misbehaving("overlong-line")
        defer { pool.stop() }
        let bytes = miner.rest(patience: soon)
        #expect(bytes.count == 1 << 20 && !bytes.contains(0x0A) && !miner.isClosed)
    }

    // MARK: The protocol

    @Test func notifyFlood() throws {
        let (pool, miner) = try misbehaving("notify-flood=500", .synthetic(SyntheticChain()))
        defer { pool.stop() }
        try miner.handshake()
        let start = SystemCall.now()
        var jobs: Set<String> = []
        for _ in 0..<200 {
            let parameters = try #require(try member("params", of: miner.line()) as? [Any])
            jobs.insert(try #require(parameters.first as? String))
        }
        #expect(jobs.count == 200)
        #expect(SystemCall.now() - start >= .milliseconds(390))
    }

    @Test func reconnect() throws {
        for (text, parameters) in [
            ("reconnect", "[]"), ("reconnect=pool.example.net:3333", #"["pool.example.net",3333,0]"#),
        ] {
            let (pool, miner) = try misbehaving(text)
            defer { pool.stop() }
            try miner.handshake()
            #expect(miner.line() == #"{"id":null,"method":"client.reconnect","params":\#(parameters)}"#)
            #expect(miner.line(patience: soon) == nil)
        }
    }

    @Test func wrongIDs() throws {
        let (pool, miner) = try misbehaving("wrong-ids")
        defer { pool.stop() }
        miner.send(SocketMiner.configure)
        #expect(try member("id", of: miner.line()) as? Int == 700_000)
    }

    @Test func stringIDs() throws {
        let (pool, miner) = try misbehaving("string-ids")
        defer { pool.stop() }
        miner.send(SocketMiner.configure)
        #expect(try member("id", of: miner.line()) as? String == "1")
    }

    @Test func duplicateReplies() throws {
        let (pool, miner) = try misbehaving("duplicate-replies@5")
        defer { pool.stop() }
        try miner.handshake()
        miner.send(SocketMiner.submit)
        #expect(miner.line() == accepted && miner.line() == accepted)
        #expect(pool.statistics.total.accepted == 1)
    }

    @Test func setExtranonce() throws {
        let (pool, miner) = try misbehaving("set-extranonce")
        defer { pool.stop() }
        try miner.handshake()
        let line = miner.line()
        #expect(try member("method", of: line) as? String == "mining.set_extranonce")
        let extranonce1 = try #require((try member("params", of: line) as? [Any])?.first as? String)
        #expect(extranonce1.utf8.count == 8 && extranonce1 != "4128064f")
        // The change concerns the next job: the share for the first one still counts.
        miner.send(SocketMiner.submit)
        #expect(miner.line() == accepted)
        pool.announceJob()
        #expect(miner.line()?.contains("875b4b7-2") == true)
        #expect(pool.statistics.clients.first?.extranonce1 == extranonce1)
    }

    @Test func setVersionMask() throws {
        let (pool, miner) = try misbehaving("set-version-mask=00f00000")
        defer { pool.stop() }
        try miner.handshake()
        #expect(miner.line() == #"{"id":null,"method":"mining.set_version_mask","params":["00f00000"]}"#)
        miner.send(SocketMiner.submit)
        #expect(miner.line()?.contains("Version bits outside mask") == true)
    }

    @Test func configureErrorAndSilence() throws {
        let (failing, miner) = try misbehaving("configure-error")
        defer { failing.stop() }
        miner.send(SocketMiner.configure)
        #expect(miner.line() == #"{"id":1,"result":null,"error":[-3,"Method not found",null]}"#)
        let (ignoring, other) = try misbehaving("configure-ignored")
        defer { ignoring.stop() }
        other.sendHandshake()
        #expect(try member("id", of: other.line()) as? Int == 2)
    }

    @Test(arguments: [
        ("array", #"{"id":11,"result":null,"error":[20,"Refused on purpose",null]}"#),
        ("object", #"{"id":11,"result":null,"error":{"code":20,"message":"Refused on purpose"}}"#),
        ("string", #"{"id":11,"result":null,"error":"Refused on purpose"}"#),
        ("reason", #"{"id":11,"result":false,"error":null,"reject-reason":"Refused on purpose"}"#),
        ("null", #"{"id":11,"result":null,"error":null}"#),
        ("false", #"{"id":11,"result":false,"error":null}"#),
    ])
    func rejectAll(form: String, reply: String) throws {
        let (pool, miner) = try misbehaving("reject-all=\(form)")
        defer { pool.stop() }
        try miner.handshake()
        miner.send(SocketMiner.submit)
        #expect(miner.line() == reply)
        #expect(pool.statistics.total.rejected(.refusedOnPurpose) == 1)
    }

    // MARK: Orders

    @Test func anOrderForOneClientLeavesTheOthersAlone() throws {
        let (pool, port) = try startedPool()
        defer { pool.stop() }
        let first = try #require(try SocketMiner(port: port))
        try first.handshake()
        let second = try #require(try SocketMiner(port: port))
        try second.handshake()
        #expect(pool.set(.silent, for: 2))
        #expect(!pool.set(.silent, for: 3))
        second.send(SocketMiner.submit)
        #expect(second.line(patience: soon) == nil)
        first.send(SocketMiner.submit)
        #expect(first.line() == accepted)
    }

    @Test(arguments: [
        ("nonsense", "a misbehaviour that the help text lists"), ("silent=3", "no value after the name"),
        ("close-after", "a number 0–1073741824 after ="), ("close-after=-1", "a number 0–1073741824 after ="),
        ("silent@x", "a number of messages after the @"), ("reject-all=maybe", "one of array, object"),
        ("wrong-types=x", "one of configure, subscribe"), ("reconnect=host", "HOST:PORT after ="),
        ("reconnect=host:99999", "HOST:PORT after ="), ("set-version-mask=xyz", "eight hexadecimal digits after ="),
    ])
    func ordersThatCannotBeReadSayWhy(text: String, expected: String) {
        let error = #expect(throws: MisbehaviourTextError.self) { try MisbehaviourOrder(text: text) }
        #expect(error?.found == text)
        #expect(error?.expected.hasPrefix(expected) == true)
    }

    @Test func everyNameInTheHelpTextIsRead() throws {
        for line in MisbehaviourOrder.help.split(separator: "\n") where !line.hasPrefix(" ") {
            let name = try #require(line.split(whereSeparator: { " =[".contains($0) }).first)
            let text = name == "close-after" ? "close-after=7" : String(name)
            #expect(throws: Never.self) { try MisbehaviourOrder(text: text + "@2") }
        }
    }
}
