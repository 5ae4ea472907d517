import Base
import CLinux
import Testing

@testable import Platform

@Suite struct SocketTests {
    /// IPv6 where the machine has it; some containers do not.
    static var loopbacks: [IPAddress] {
        do {
            _ = try Listener(at: .internet(.loopback6, port: 0))
            return [.loopback, .loopback6]
        } catch {
            return [.loopback]
        }
    }

    @Test(arguments: loopbacks)
    func aConnectionCarriesBytesBothWays(host: IPAddress) throws {
        let pair = try Connected.over(.internet(host, port: 0))
        try pair.client.setNoDelay()
        try pair.client.setKeepAlive(idle: .seconds(30), interval: .seconds(10), probes: 3)
        #expect(try pair.client.send(Array("ping".utf8).span) == .bytes(4))
        #expect(try pair.server.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(2)))
        var received: [UInt8] = []
        #expect(try pair.server.receive(appendingTo: &received, limit: 64) == .bytes(4))
        #expect(received == Array("ping".utf8))
        #expect(try pair.client.receive(appendingTo: &received, limit: 64) == .wouldBlock)
        #expect(try pair.client.localAddress() == pair.server.peerAddress())
        guard case .internet(host, let port)? = try pair.client.peerAddress() else { throw Unexpected() }
        #expect(port != 0)
    }

    @Test func aUnixDomainSocketReplacesWhatADeadProcessLeft() throws {
        let directory = try TemporaryDirectory()
        let address = SocketAddress.local(Array("\(directory.path)/control".utf8))
        for _ in 0..<2 {
            let listener = try Listener(at: address)
            let client = try Socket.connecting(to: address)
            guard let server = try listener.accept() else { throw Unexpected() }
            #expect(try client.send([1].span) == .bytes(1))
            #expect(try server.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(2)))
            #expect(try client.localAddress() == nil)
            let error = #expect(throws: SystemError.self) { _ = try Listener(at: address) }
            #expect(error?.errno == .addressInUse)
        }
        #expect(try directory.mode(of: "control") == 0o600)
    }

    @Test func aPathThatIsTooLongIsRefused() throws {
        let error = #expect(throws: SystemError.self) {
            _ = try Listener(at: .local([UInt8](repeating: UInt8(ascii: "a"), count: 108)))
        }
        #expect(error?.errno == .nameTooLong)
    }

    @Test func whatDoesNotFitIsSentLaterAndArrivesWhole() throws {
        let pair = try Connected.over(.internet(.loopback, port: 0))
        try pair.client.setSendBuffer(1)
        let message = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var sent = 0
        var blocked = 0
        var received: [UInt8] = []
        received.reserveCapacity(message.count)
        while received.count < message.count {
            sending: while sent < message.count {
                switch try pair.client.send(message.span.extracting(sent...)) {
                case .bytes(let count): sent += count
                case .wouldBlock:
                    blocked += 1
                    break sending
                }
            }
            try #require(try pair.server.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(5)))
            while case .bytes = try pair.server.receive(appendingTo: &received, limit: 65_536) {}
        }
        #expect(blocked > 0)
        #expect(received == message)
    }

    @Test func afterAHalfCloseTheOtherDirectionGoesOn() throws {
        let pair = try Connected.over(.internet(.loopback, port: 0))
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        try reactor.register(
            pair.server.descriptor, for: [.readable, .peerClosed], as: .init(rawValue: 1))
        try pair.client.finishSending()
        try reactor.wait(until: Clock.now + .seconds(2), into: &events)
        #expect(events.first?.readiness == [.readable, .peerClosed])
        var received: [UInt8] = []
        #expect(try pair.server.receive(appendingTo: &received, limit: 8) == .end)
        #expect(try pair.server.send([9].span) == .bytes(1))
        #expect(try pair.client.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(2)))
        #expect(try pair.client.receive(appendingTo: &received, limit: 8) == .bytes(1))
    }

    @Test func sendingToAPeerThatIsGoneIsAnErrorNotASignal() throws {
        let client = try Connected.over(.internet(.loopback, port: 0)).keepingClient()
        let error = #expect(throws: SystemError.self) {
            for _ in 0..<1000 {
                _ = try client.send([1].span)
                usleep(1000)
            }
        }
        #expect(error?.errno == .brokenPipe || error?.errno == .connectionReset)
    }

    @Test func aRefusedConnectionSaysSo() throws {
        let port = try unusedPort()
        let socket = try Socket.connecting(to: .internet(.loopback, port: port))
        #expect(try socket.descriptor.waitUntilWritable(deadline: Clock.now + .seconds(2)))
        guard case .failed(let error) = try socket.connection() else { throw Unexpected() }
        #expect(error.description == "connect: ECONNREFUSED (Connection refused)")
    }

    @Test func theConnectorGoesOnToTheNextAddress() throws {
        let listener = try Listener(at: .internet(.loopback, port: 0))
        let address = try #require(try listener.localAddress())
        var reactor = try Reactor()
        let refusing = SocketAddress.internet(.loopback, port: try unusedPort())
        // An address of the documentation range of IPv6: no route, or no answer.
        let nowhere = SocketAddress.internet(.v6(high: 0x2001_0db8_0000_0000, low: 1), port: 1)
        var connector = Connector(
            to: [nowhere, refusing, address], as: .init(rawValue: 4), attemptLimit: .milliseconds(100))
        guard case .established = try outcome(of: &connector, &reactor) else { throw Unexpected() }
        #expect(connector.address == address)
        guard let socket = connector.takeSocket() else { throw Unexpected() }
        #expect(try socket.peerAddress() == address)
        #expect(try isWaiting(in: listener))
        #expect(try !isWaiting(in: listener))
    }

    private func isWaiting(in listener: borrowing Listener) throws -> Bool {
        guard let socket = try listener.accept() else { return false }
        return socket.descriptor.rawValue >= 0
    }

    @Test func theConnectorTellsTheLastErrorWhenNobodyAnswers() throws {
        var reactor = try Reactor()
        let refusing = SocketAddress.internet(.loopback, port: try unusedPort())
        var connector = Connector(to: [refusing, refusing], as: .init(rawValue: 4), attemptLimit: .seconds(1))
        guard case .failed(let error) = try outcome(of: &connector, &reactor) else { throw Unexpected() }
        #expect(error.errno == .connectionRefused)
        var idle = Connector(to: [], as: .init(rawValue: 4), attemptLimit: .seconds(1))
        guard case .failed(let none) = try outcome(of: &idle, &reactor) else { throw Unexpected() }
        #expect(none.errno == .destinationRequired)
    }

    /// A listener whose queue is full leaves further connections without an answer: that is a host that is silent.
    @Test func aSilentAddressCostsItsShareOfTheTime() throws {
        let listener = try Listener(at: .internet(.loopback, port: 0), backlog: 0)
        let address = try #require(try listener.localAddress())
        let first = try Socket.connecting(to: address)
        let second = try Socket.connecting(to: address)
        var reactor = try Reactor()
        var connector = Connector(to: [address], as: .init(rawValue: 4), attemptLimit: .milliseconds(50))
        let start = Clock.now
        guard case .failed(let error) = try outcome(of: &connector, &reactor) else { throw Unexpected() }
        #expect(error.errno == .timedOut)
        #expect(Clock.now - start >= .milliseconds(50))
        _ = (first.descriptor.rawValue, second.descriptor.rawValue)
    }

    private func outcome(of connector: inout Connector, _ reactor: inout Reactor) throws -> Connector.Progress {
        var events: [Reactor.Event] = []
        let end = Clock.now + .seconds(5)
        while Clock.now < end {
            let progress = connector.advance(reactor, now: Clock.now)
            guard case .underWay(let until) = progress else { return progress }
            try reactor.wait(until: until, into: &events)
        }
        throw Unexpected()
    }

    private func unusedPort() throws -> UInt16 {
        let listener = try Listener(at: .internet(.loopback, port: 0))
        return try #require(try listener.localAddress()?.port)
    }
}

/// Both ends of a connection.
struct Connected: ~Copyable {
    let client: Socket
    let server: Socket

    static func over(_ address: SocketAddress) throws -> Connected {
        let listener = try Listener(at: address)
        let client = try Socket.connecting(to: try listener.localAddress() ?? address)
        guard try listener.descriptor.waitUntilReadable(deadline: Clock.now + .seconds(2)) else { throw Unexpected() }
        guard let server = try listener.accept() else { throw Unexpected() }
        guard case .established = try client.connection() else { throw Unexpected() }
        return Connected(client: client, server: server)
    }

    consuming func keepingClient() -> Socket { client }
}
