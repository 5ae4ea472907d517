import Base

/// The part of a `Resolver` that waits: it runs on the resolver's thread and belongs to it.
final class ResolverWorker: @unchecked Sendable {
    /// Ends `run` when it is signalled.
    let stop: Wakeup

    private let settings: Resolver.Settings
    private let requests: Mailbox<Resolver.Request>
    private let answers: Mailbox<Resolver.Answer>
    private var reactor: Reactor
    private var events: [Reactor.Event] = []
    private var isStopping = false
    /// The token of the last socket asked through; each has its own.
    private var lastSocket: UInt64 = 1

    private static var stopToken: Reactor.Token { Reactor.Token(rawValue: 0) }
    private static var requestToken: Reactor.Token { Reactor.Token(rawValue: 1) }
    /// How long the addresses of one kind wait for those of the other (RFC 8305 §3, with room for slow lines).
    private static var otherKindPatience: Duration { .milliseconds(100) }
    /// No reply without extensions is longer (RFC 1035 §2.3.4); servers that do not keep to it are still heard.
    private static var messageLimit: Int { 4096 }
    /// Files beyond this are not read.
    private static var fileLimit: Int { 64 * 1024 }

    init(
        _ settings: Resolver.Settings, requests: Mailbox<Resolver.Request>, answers: Mailbox<Resolver.Answer>
    ) throws(SystemError) {
        let stop = try Wakeup()
        let reactor = try Reactor()
        try reactor.register(stop.descriptor, for: .readable, as: ResolverWorker.stopToken)
        try reactor.register(requests.wakeup.descriptor, for: [], as: ResolverWorker.requestToken)
        self.settings = settings
        self.requests = requests
        self.answers = answers
        self.stop = stop
        self.reactor = reactor
    }

    func run() {
        while !isStopping {
            guard let request = requests.take() else {
                // Only a bug can make epoll_wait fail here; without it there is nothing to wait with.
                do throws(SystemError) { try waitForRequests() } catch { return }
                continue
            }
            let addresses: Result<[SocketAddress], Resolver.Failure>
            do throws(Resolver.Failure) {
                addresses = .success(try lookUp(request.host).map { .internet($0, port: request.port) })
            } catch {
                addresses = .failure(error)
            }
            // There is room: a resolver has no more requests outstanding than fit.
            _ = answers.post(Resolver.Answer(request: request.number, addresses: addresses))
        }
    }

    /// Only here are requests watched: while one is worked on, those that wait must not keep waking this thread.
    private func waitForRequests() throws(SystemError) {
        try reactor.update(requests.wakeup.descriptor, for: .readable, as: ResolverWorker.requestToken)
        try wait(until: nil)
        try reactor.update(requests.wakeup.descriptor, for: [], as: ResolverWorker.requestToken)
    }

    private func wait(until deadline: Instant?) throws(SystemError) {
        try reactor.wait(until: deadline, into: &events)
        if events.contains(where: { $0.token == ResolverWorker.stopToken }) { isStopping = true }
    }

    private func lookUp(_ host: [UInt8]) throws(Resolver.Failure) -> [IPAddress] {
        guard let name = HostName(host) else { throw .invalidName }
        let local = NameFiles.addresses(of: name, inHosts: content(settings.hostsPath))
        if !local.isEmpty { return local }
        // Never to be asked of a name server (RFC 6761 §6.3).
        if name.bytes.elementsEqual("localhost".utf8) { return [.loopback, .loopback6] }
        let servers = NameFiles.servers(inResolverSettings: content(settings.serversPath))
        var failure = Resolver.Failure.noAnswer
        for _ in 0..<settings.rounds {
            for server in servers {
                do throws(Resolver.Failure) {
                    return try ask(.internet(server, port: settings.port), for: name)
                } catch {
                    switch error {
                    case .invalidName, .noSuchName, .noAddress, .stopped: throw error
                    case .noAnswer: break
                    case .serverFailure, .system: failure = error
                    }
                }
            }
        }
        throw failure
    }

    /// A file that is missing or cannot be read says nothing: the other source may still do.
    private func content(_ path: String) -> [UInt8] {
        do throws(FileError) { return try File.read(path, limit: ResolverWorker.fileLimit) } catch { return [] }
    }

    /// Asks one server for both kinds of addresses.
    private func ask(_ server: SocketAddress, for name: HostName) throws(Resolver.Failure) -> [IPAddress] {
        let random = Entropy.seed()
        var exchange = NameExchange(
            name, identifiers: (UInt16(truncatingIfNeeded: random), UInt16(truncatingIfNeeded: random >> 16)))
        do throws(SystemError) {
            try converse(with: server, &exchange)
        } catch {
            throw .system(error)
        }
        if isStopping { throw .stopped }
        return try exchange.outcome()
    }

    /// Sends the questions and collects replies until there is no more to be had from this server.
    private func converse(with server: SocketAddress, _ exchange: inout NameExchange) throws(SystemError) {
        // A socket for each time: its port, which the kernel chooses, is one more thing that a forger must guess.
        let socket = try Socket.datagram(to: server)
        lastSocket += 1
        try reactor.register(socket.descriptor, for: .readable, as: Reactor.Token(rawValue: lastSocket))
        for question in exchange.questions { _ = try socket.send(question.message.span) }
        var deadline = Clock.now + settings.patience
        var message: [UInt8] = []
        while !exchange.isFinished, !isStopping {
            try wait(until: deadline)
            guard !events.isEmpty else { return }
            message.removeAll(keepingCapacity: true)
            let hadAddresses = exchange.hasAddresses
            // One datagram per turn: whoever floods this socket does not put off the deadline.
            if case .bytes = try socket.receive(appendingTo: &message, limit: ResolverWorker.messageLimit) {
                exchange.receive(message)
            }
            if Clock.now >= deadline { return }
            if exchange.hasAddresses, !hadAddresses {
                deadline = min(deadline, Clock.now + ResolverWorker.otherKindPatience)
            }
        }
    }
}
