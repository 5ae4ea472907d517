import Testing

@testable import Platform

@Suite struct NameQuestionTests {
    private let question: NameQuestion

    init() throws {
        question = NameQuestion(
            identifier: 0xBEEF, name: try #require(HostName(Array("Pool.Example.com".utf8))), kind: .ipv4)
    }

    private func reply(code: UInt8 = 0, isCutOff: Bool = false, _ records: [NameReply.Record]) -> NameQuestion.Reply {
        question.reply(in: NameReply.to(question.message, code: code, isCutOff: isCutOff, records))
    }

    @Test func theMessageIsThatOfTheStandard() {
        #expect(
            question.message == [0xBE, 0xEF, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + [4] + Array("pool".utf8) + [7]
                + Array("example".utf8) + [3] + Array("com".utf8) + [0, 0, 1, 0, 1])
    }

    @Test func addressesAreReadInOrder() {
        #expect(reply([.ipv4(192, 0, 2, 1), .ipv4(192, 0, 2, 2)]) == .addresses([.v4(0xC000_0201), .v4(0xC000_0202)]))
        #expect(reply([]) == .addresses([]))
    }

    @Test func ipv6AddressesAreReadToo() throws {
        let question = NameQuestion(identifier: 1, name: question.name, kind: .ipv6)
        let data: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [5]
        let message = NameReply.to(question.message, [.ipv6(data), .ipv4(1, 2, 3, 4)])
        #expect(question.reply(in: message) == .addresses([.v6(high: 0x2001_0db8_0000_0000, low: 5)]))
    }

    @Test func aliasesAreFollowedWhateverTheOrder() {
        let owner = NameReply.labels("a.example.net")
        let other = NameReply.labels("B.Example.net")
        let records: [NameReply.Record] = [
            .ipv4(192, 0, 2, 9, owner: other), .alias("b.example.net", owner: owner), .alias("a.example.net"),
            .ipv4(10, 0, 0, 1, owner: NameReply.labels("stranger.example")),
        ]
        #expect(reply(records) == .addresses([.v4(0xC000_0209)]))
    }

    @Test func aliasesThatGoInCirclesEnd() {
        let owner = NameReply.labels("a.example.net")
        #expect(reply([.alias("a.example.net"), .alias("pool.example.com", owner: owner)]) == .addresses([]))
    }

    @Test func theServersVerdictIsTold() {
        #expect(reply(code: 3, []) == .noSuchName)
        #expect(reply(code: 2, []) == .failure(2))
        #expect(reply(code: 5, []) == .failure(5))
    }

    @Test func aReplyThatWasCutOffIsGoodForWhatItHas() {
        #expect(reply(isCutOff: true, [.ipv4(192, 0, 2, 1)]) == .addresses([.v4(0xC000_0201)]))
        #expect(reply(isCutOff: true, []) == .failure(0))
        let whole = NameReply.to(question.message, isCutOff: true, [.ipv4(192, 0, 2, 1), .ipv4(192, 0, 2, 2)])
        #expect(question.reply(in: whole.dropLast(5)) == .addresses([.v4(0xC000_0201)]))
    }

    @Test func repliesToOtherQuestionsAreIgnored() throws {
        let good = NameReply.to(question.message, [.ipv4(192, 0, 2, 1)])
        func changed(_ index: Int, to byte: UInt8) -> [UInt8] {
            var message = good
            message[index] = byte
            return message
        }
        #expect(question.reply(in: good) == .addresses([.v4(0xC000_0201)]))
        #expect(question.reply(in: changed(0, to: 0)) == .unrelated)  // identifier
        #expect(question.reply(in: changed(2, to: 1)) == .unrelated)  // a query
        #expect(question.reply(in: changed(2, to: 0xA1)) == .unrelated)  // another operation
        #expect(question.reply(in: changed(5, to: 2)) == .unrelated)  // two questions
        #expect(question.reply(in: changed(13, to: UInt8(ascii: "q"))) == .unrelated)  // another name
        #expect(question.reply(in: changed(13, to: UInt8(ascii: "P"))) != .unrelated)  // the same name
        #expect(question.reply(in: changed(31, to: 28)) == .unrelated)  // another type
    }

    @Test func recordsOfTheWrongSizeAreMalformed() {
        #expect(reply([.ipv4(1, 2, 3)]) == .unrelated)
        #expect(reply([.ipv4(1, 2, 3, 4, 5)]) == .unrelated)
    }

    @Test func namesThatPointToThemselvesOrForwardAreMalformed() {
        let start = UInt8(question.message.count)
        #expect(reply([.ipv4(1, 2, 3, 4, owner: [0xC0, start])]) == .unrelated)
        #expect(reply([.ipv4(1, 2, 3, 4, owner: [0xC0, start + 2])]) == .unrelated)
        #expect(reply([.ipv4(1, 2, 3, 4, owner: [0xFF, 0xFF])]) == .unrelated)
    }

    @Test func moreAddressesThanTheLimitAreLeftOut() {
        guard case .addresses(let all) = reply((0..<40).map { .ipv4(10, 0, 0, UInt8($0)) }) else {
            Issue.record("no addresses")
            return
        }
        #expect(all.count == NameQuestion.addressLimit)
    }

    /// Whatever arrives, reading it ends and stays within the message.
    @Test func mutilatedRepliesDoNoHarm() {
        let records: [NameReply.Record] = [
            .alias("a.example.net"), .ipv4(192, 0, 2, 1, owner: NameReply.labels("a.example.net")), .ipv4(192, 0, 2, 2),
        ]
        let good = NameReply.to(question.message, records)
        for length in 0..<good.count { _ = question.reply(in: Array(good[..<length])) }
        var generator = SplitMix(state: 7)
        var understood = 0
        for _ in 0..<5_000 {
            var message = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                message[Int.random(in: 2..<message.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if question.reply(in: message) != .unrelated { understood += 1 }
        }
        #expect(understood > 250 && understood < 4_750)
    }

    @Test(arguments: ["a", "pool.example.com.", "a-b_c.d", String(repeating: "a", count: 63)])
    func hostNames(text: String) {
        #expect(HostName(Array(text.utf8)) != nil)
    }

    @Test(arguments: [
        "", ".", "..", "a..b", ".a", "a b", "a/b", "ä.de", String(repeating: "a", count: 64),
        String(repeating: "abc.", count: 64),
    ])
    func notHostNames(text: String) {
        #expect(HostName(Array(text.utf8)) == nil)
    }

    @Test func theHostsFileIsReadAsPeopleWriteIt() throws {
        let text = """
            # comment
            127.0.0.1\tlocalhost  # not pool.example.com
            192.0.2.7   Pool.Example.Com pool
            nonsense pool
            ::5 pool\r
            10.0.0.1 other
            """
        func addresses(_ name: String) throws -> [IPAddress] {
            NameFiles.addresses(of: try #require(HostName(Array(name.utf8))), inHosts: Array(text.utf8))
        }
        #expect(try addresses("pool") == [.v4(0xC000_0207), .v6(high: 0, low: 5)])
        #expect(try addresses("POOL.example.com") == [.v4(0xC000_0207)])
        #expect(try addresses("localhost") == [.loopback])
        #expect(try addresses("comment").isEmpty)
    }

    @Test func nameServersAreReadUpToTheLimit() {
        let text = "search lan\nnameserver 192.0.2.1\n;nameserver 1.1.1.1\nnameserver fe80::1%eth0\nnameserver ::2\n"
        #expect(
            NameFiles.servers(inResolverSettings: Array(text.utf8)) == [.v4(0xC000_0201), .v6(high: 0, low: 2)])
        #expect(NameFiles.servers(inResolverSettings: []) == [.loopback])
        let many = String(repeating: "nameserver 192.0.2.1\n", count: 9)
        #expect(NameFiles.servers(inResolverSettings: Array(many.utf8)).count == NameFiles.serverLimit)
    }
}

/// A generator of numbers that are the same in every run (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
