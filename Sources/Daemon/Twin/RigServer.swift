import Base
import Platform
import Twin

/// Serves a simulated rig to agents in other processes, over a Unix-domain socket: one that outlives them, as a real rig does.
final class RigServer {
    /// Connections at a time: one for each thread of an agent, and a few people.
    static let clientLimit = 48
    /// How often the rig moves on when nobody asks for anything: watchdogs must bite by themselves.
    static let tick = Duration.milliseconds(10)

    private enum Watched {
        static let signals = Reactor.Token(rawValue: 1)
        static let listener = Reactor.Token(rawValue: 2)
        static let firstClient: UInt64 = 3
    }

    private final class Client {
        let token: UInt64
        let socket: Socket
        var received: [UInt8] = []

        init(token: UInt64, socket: consuming Socket) {
            self.token = token
            self.socket = socket
        }
    }

    private let signals: Signals
    private let listener: Listener
    private var reactor: Reactor
    private let server: RemoteServer
    private let advance: () -> Void
    private var clients: [Client] = []
    private var nextToken = Watched.firstClient
    private var answer = WireWriter()
    private var isStopping = false

    /// - Parameter advance: moves the rig on to the present, every few milliseconds.
    init(_ target: any RemoteTarget, at path: String, advance: @escaping () -> Void) throws(SystemError) {
        signals = try Signals()
        reactor = try Reactor()
        listener = try Listener(at: .local(Array(path.utf8)), backlog: Self.clientLimit, mode: 0o600)
        server = RemoteServer(target)
        self.advance = advance
        try reactor.register(signals.descriptor, for: .readable, as: Watched.signals)
        try reactor.register(listener.descriptor, for: .readable, as: Watched.listener)
    }

    /// Serves until a signal ends it.
    func run() throws(SystemError) {
        var events: [Reactor.Event] = []
        while !isStopping {
            try reactor.wait(until: Clock.now + Self.tick, into: &events)
            advance()
            for event in events { try handle(event.token) }
        }
    }

    private func handle(_ token: Reactor.Token) throws(SystemError) {
        switch token {
        case Watched.signals:
            while let signal = try signals.next() {
                if case .terminate = signal { isStopping = true }
            }
        case Watched.listener:
            while let socket = try listener.accept() {
                // Beyond the limit the connection is closed at once, which the agent takes for an unplugged bus.
                guard clients.count < Self.clientLimit else { continue }
                let client = Client(token: nextToken, socket: socket)
                nextToken += 1
                try reactor.register(
                    client.socket.descriptor, for: .readable, as: Reactor.Token(rawValue: client.token))
                clients.append(client)
            }
        default:
            guard let client = clients.first(where: { $0.token == token.rawValue }) else { return }
            do throws(SystemError) {
                if try !serve(client) { try drop(client) }
            } catch {
                // An agent that was killed is what this server is there to outlive.
                try drop(client)
            }
        }
    }

    /// Answers every whole request that has come; false when the client has gone or makes no sense.
    private func serve(_ client: Client) throws(SystemError) -> Bool {
        switch try client.socket.receive(appendingTo: &client.received, limit: 4096) {
        case .end: return false
        case .wouldBlock: return true
        case .bytes: break
        }
        while client.received.count >= 2 {
            let length = Int(client.received[0]) | Int(client.received[1]) << 8
            guard length <= RemoteServer.messageLimit else { return false }
            guard client.received.count >= 2 + length else { break }
            let request = client.received
            server.serve(request[2..<(2 + length)], into: &answer)
            client.received.removeFirst(2 + length)
            try send(answer.bytes, client)
        }
        return true
    }

    /// A client waits for each answer, so the kernel's buffer has room; one that does not read is given up.
    private func send(_ bytes: [UInt8], _ client: Client) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            switch try client.socket.send(bytes.span.extracting(sent..<bytes.count)) {
            case .bytes(let count): sent += count
            case .wouldBlock: throw SystemError(call: "send", errno: .wouldBlock)
            }
        }
    }

    private func drop(_ client: Client) throws(SystemError) {
        try reactor.remove(client.socket.descriptor)
        clients.removeAll { $0 === client }
    }
}
