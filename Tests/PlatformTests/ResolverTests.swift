import Base
import Testing

@testable import Platform

@Suite struct ResolverTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("hosts", "192.0.2.50 pool.lan\n")
        try directory.write("resolv.conf", "nameserver 127.0.0.1\n")
    }

    private func settings(_ server: FakeNameServer?, patience: Duration = .seconds(2)) -> Resolver.Settings {
        var settings = Resolver.Settings()
        settings.hostsPath = "\(directory.path)/hosts"
        settings.serversPath = "\(directory.path)/resolv.conf"
        settings.port = server?.port ?? 1
        settings.patience = patience
        return settings
    }

    private func answer(_ resolver: Resolver, to host: String) throws -> Result<[SocketAddress], Resolver.Failure> {
        try #require(resolver.resolve(Array(host.utf8), port: 3333, request: 42))
        var reactor = try Reactor()
        try reactor.register(resolver, as: .init(rawValue: 1))
        var events: [Reactor.Event] = []
        try reactor.wait(until: Clock.now + .seconds(5), into: &events)
        let answer = try #require(resolver.take())
        #expect(answer.request == 42)
        return answer.addresses
    }

    private func addresses(_ resolver: Resolver, of host: String) throws -> [String] {
        try answer(resolver, to: host).get().map(\.description)
    }

    @Test func literalsAndTheHostsFileNeedNoServer() throws {
        let resolver = try Resolver(settings(nil))
        #expect(try addresses(resolver, of: "192.0.2.1") == ["192.0.2.1:3333"])
        #expect(try addresses(resolver, of: "2001:db8::1") == ["[2001:db8::1]:3333"])
        #expect(try addresses(resolver, of: "Pool.LAN.") == ["192.0.2.50:3333"])
        #expect(try addresses(resolver, of: "localhost") == ["127.0.0.1:3333", "[::1]:3333"])
        guard case .failure(.invalidName) = try answer(resolver, to: "not a name") else { throw Unexpected() }
    }

    @Test func bothKindsOfAddressesComeByTurns() throws {
        let server = try FakeNameServer { query in
            NameReply.kind(of: query) == 1
                ? [NameReply.to(query, [.ipv4(192, 0, 2, 1), .ipv4(192, 0, 2, 2)])]
                : [NameReply.to(query, [.ipv6([UInt8](repeating: 1, count: 16))])]
        }
        let resolver = try Resolver(settings(server))
        #expect(
            try addresses(resolver, of: "pool.example.com")
                == ["192.0.2.1:3333", "[101:101:101:101:101:101:101:101]:3333", "192.0.2.2:3333"])
    }

    @Test func forgeriesAreIgnored() throws {
        let server = try FakeNameServer { query in
            var forged = NameReply.to(query, [.ipv4(6, 6, 6, 6)])
            forged[0] ^= 0xFF
            return [
                [], [1, 2, 3], forged, NameReply.to(query, NameReply.kind(of: query) == 1 ? [.ipv4(192, 0, 2, 1)] : []),
            ]
        }
        let resolver = try Resolver(settings(server))
        #expect(try addresses(resolver, of: "pool.example.com") == ["192.0.2.1:3333"])
    }

    /// Some servers never answer questions for IPv6: that must not cost the whole of their time.
    @Test func oneKindDoesNotWaitLongForTheOther() throws {
        let server = try FakeNameServer { query in
            NameReply.kind(of: query) == 1 ? [NameReply.to(query, [.ipv4(192, 0, 2, 1)])] : []
        }
        let resolver = try Resolver(settings(server, patience: .seconds(4)))
        let start = Clock.now
        #expect(try addresses(resolver, of: "pool.example.com") == ["192.0.2.1:3333"])
        #expect(Clock.now - start < .seconds(2))
    }

    @Test func namesThatDoNotExistAndNamesWithoutAddressesAreToldApart() throws {
        let server = try FakeNameServer { query in
            [NameReply.to(query, code: query.contains(UInt8(ascii: "x")) ? 3 : 0, [])]
        }
        let resolver = try Resolver(settings(server))
        guard case .failure(.noSuchName) = try answer(resolver, to: "x.test") else { throw Unexpected() }
        guard case .failure(.noAddress) = try answer(resolver, to: "y.test") else { throw Unexpected() }
    }

    @Test func aServerThatFailsIsAskedAgainAndThenBlamed() throws {
        let asked = try Mailbox<UInt8>(capacity: 32)
        let server = try FakeNameServer { query in
            _ = asked.post(NameReply.kind(of: query))
            return [NameReply.to(query, code: 2, [])]
        }
        let resolver = try Resolver(settings(server))
        guard case .failure(.serverFailure(2)) = try answer(resolver, to: "pool.example.com") else {
            throw Unexpected()
        }
        #expect(asked.count == 4)
    }

    @Test func aSilentServerCostsABoundedTimeAndBlocksNobody() throws {
        let server = try FakeNameServer { _ in [] }
        let resolver = try Resolver(settings(server, patience: .milliseconds(60)))
        var reactor = try Reactor()
        try reactor.register(resolver, as: .init(rawValue: 1))
        #expect(resolver.resolve(Array("pool.example.com".utf8), port: 1, request: 1))
        let start = Clock.now
        var ticks = 0
        var events: [Reactor.Event] = []
        while events.isEmpty, Clock.now - start < .seconds(5) {
            try reactor.wait(until: Clock.now + .milliseconds(5), into: &events)
            ticks += 1
        }
        #expect(Clock.now - start >= .milliseconds(120))
        #expect(ticks > 5)
        guard case .failure(.noAnswer)? = resolver.take()?.addresses else { throw Unexpected() }
    }

    @Test func aPortWithoutAServerIsAnErrorAtOnce() throws {
        let resolver = try Resolver(settings(nil, patience: .seconds(4)))
        let start = Clock.now
        guard case .failure(.system(let error)) = try answer(resolver, to: "pool.example.com") else {
            throw Unexpected()
        }
        #expect(error.errno == .connectionRefused)
        #expect(Clock.now - start < .seconds(2))
    }

    @Test func requestsAreBoundedAndAnsweredInOrder() throws {
        let server = try FakeNameServer { query in
            NameReply.kind(of: query) == 1
                ? [NameReply.to(query, [.ipv4(192, 0, 2, query[13])])] : [NameReply.to(query, [])]
        }
        let resolver = try Resolver(settings(server), capacity: 3)
        for (number, host) in ["a.test", "b.test", "c.test"].enumerated() {
            #expect(resolver.resolve(Array(host.utf8), port: 1, request: UInt64(number)))
        }
        #expect(!resolver.resolve(Array("d.test".utf8), port: 1, request: 9))
        var answers: [String] = []
        let end = Clock.now + .seconds(5)
        while answers.count < 3,
            let answer = try resolver.answers.wakeup.descriptor.waitUntilReadable(deadline: end)
                ? resolver.take() : nil
        {
            #expect(answer.request == UInt64(answers.count))
            answers.append(try answer.addresses.get().map(\.description).joined())
        }
        #expect(answers == ["192.0.2.97:1", "192.0.2.98:1", "192.0.2.99:1"])
        #expect(resolver.resolve(Array("d.test".utf8), port: 1, request: 9))
    }

    @Test func itStopsInTheMiddleOfAQuestion() throws {
        let server = try FakeNameServer { _ in [] }
        let start = Clock.now
        do {
            let resolver = try Resolver(settings(server, patience: .seconds(5)))
            #expect(resolver.resolve(Array("pool.example.com".utf8), port: 1, request: 1))
            var reactor = try Reactor()
            var events: [Reactor.Event] = []
            try reactor.wait(until: Clock.now + .milliseconds(20), into: &events)
        }
        #expect(Clock.now - start < .seconds(2))
    }
}
