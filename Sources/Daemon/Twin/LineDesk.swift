import Base
import Platform

/// Takes commands of one line each on a Unix-domain socket in the state directory, and answers them: how the people of this
/// machine reach the simulated rig of a running agent. Nothing listens on the network.
final class LineDesk {
    /// A command and where its answer goes.
    struct Request {
        let client: UInt64
        let line: [UInt8]
    }

    /// Connections at a time; more wait in the kernel's queue.
    static let clientLimit = 4
    /// Longest command in bytes.
    static let lineLimit = 256
    /// Time for a client to send its command and take the answer.
    static let patience = Duration.seconds(5)

    private final class Client {
        let token: UInt64
        let deadline: Instant
        var socket: Socket
        var received: [UInt8] = []
        var outgoing: [UInt8] = []
        var isAnswered = false

        init(token: UInt64, socket: consuming Socket, deadline: Instant) {
            self.token = token
            self.socket = socket
            self.deadline = deadline
        }
    }

    private let listener: Listener
    private let listenerToken: Reactor.Token
    private let firstToken: UInt64
    private var nextToken: UInt64
    private var clients: [Client] = []
    private var isListening = false

    /// Listens at `path`, for the owner of the process only.
    /// - Parameter firstToken: tokens of the reactor from here on belong to this desk: the listener, then its clients.
    init(
        at path: String, firstToken: UInt64, _ reactor: borrowing Reactor
    ) throws(SystemError) {
        listener = try Listener(at: .local(Array(path.utf8)), backlog: 8, mode: 0o600)
        listenerToken = Reactor.Token(rawValue: firstToken)
        self.firstToken = firstToken
        nextToken = firstToken + 1
        try watch(reactor)
    }

    /// When a client has run out of time.
    var deadline: Instant? { clients.map { $0.deadline }.min() }

    /// Whether the event of `token` is for this desk.
    func owns(_ token: Reactor.Token) -> Bool { (firstToken..<nextToken).contains(token.rawValue) }

    /// Deals with an event of the reactor; the commands that are complete now are to be answered at once.
    func handle(_ token: Reactor.Token, _ reactor: borrowing Reactor, now: Instant) throws(SystemError) -> [Request] {
        guard token != listenerToken else {
            try welcome(reactor, now)
            return []
        }
        guard let client = clients.first(where: { $0.token == token.rawValue }) else { return [] }
        do throws(SystemError) {
            if client.isAnswered {
                try flush(client, reactor)
                return []
            }
            return try read(client, reactor)
        } catch {
            // A client that vanishes is its own affair.
            try drop(client, reactor)
            return []
        }
    }

    /// Sends the answer to a request and closes the connection once it has left.
    func answer(_ request: Request, _ text: String, _ reactor: borrowing Reactor) throws(SystemError) {
        guard let client = clients.first(where: { $0.token == request.client }) else { return }
        client.isAnswered = true
        client.outgoing = Array(text.utf8)
        do throws(SystemError) {
            try flush(client, reactor)
        } catch {
            try drop(client, reactor)
        }
    }

    /// Lets go of clients that have taken too long.
    func expire(_ reactor: borrowing Reactor, now: Instant) throws(SystemError) {
        for client in clients where client.deadline <= now { try drop(client, reactor) }
    }

    // MARK: Connections

    private func watch(_ reactor: borrowing Reactor) throws(SystemError) {
        let isWanted = clients.count < Self.clientLimit
        guard isWanted != isListening else { return }
        isListening = isWanted
        if isWanted {
            try reactor.register(listener.descriptor, for: .readable, as: listenerToken)
        } else {
            try reactor.remove(listener.descriptor)
        }
    }

    private func welcome(_ reactor: borrowing Reactor, _ now: Instant) throws(SystemError) {
        guard clients.count < Self.clientLimit, let socket = try listener.accept() else { return }
        let client = Client(token: nextToken, socket: socket, deadline: now + Self.patience)
        nextToken += 1
        try reactor.register(
            client.socket.descriptor, for: .readable, as: Reactor.Token(rawValue: client.token))
        clients.append(client)
        try watch(reactor)
    }

    private func read(_ client: Client, _ reactor: borrowing Reactor) throws(SystemError) -> [Request] {
        switch try client.socket.receive(appendingTo: &client.received, limit: Self.lineLimit) {
        case .wouldBlock: return []
        case .end:
            try drop(client, reactor)
            return []
        case .bytes: break
        }
        guard let end = client.received.firstIndex(of: 0x0A) else {
            if client.received.count >= Self.lineLimit { try drop(client, reactor) }
            return []
        }
        return [Request(client: client.token, line: Array(client.received[..<end]))]
    }

    private func flush(_ client: Client, _ reactor: borrowing Reactor) throws(SystemError) {
        while !client.outgoing.isEmpty {
            let outgoing = client.outgoing
            switch try client.socket.send(outgoing.span) {
            case .bytes(let count): client.outgoing.removeFirst(count)
            case .wouldBlock:
                try reactor.update(
                    client.socket.descriptor, for: .writable, as: Reactor.Token(rawValue: client.token))
                return
            }
        }
        try drop(client, reactor)
    }

    private func drop(_ client: Client, _ reactor: borrowing Reactor) throws(SystemError) {
        try reactor.remove(client.socket.descriptor)
        clients.removeAll { $0 === client }
        try watch(reactor)
    }
}
