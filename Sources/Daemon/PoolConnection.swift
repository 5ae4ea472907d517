import Base
import Platform
import Stratum

/// One connection to a pool, from its name to its last byte. For the thread of the reactor.
final class PoolConnection {
    /// What came of an event.
    enum News {
        case established
        case received([UInt8])
        /// Refused, unreachable, reset, or ended by the pool; the text is for the log.
        case ended(String)
    }

    /// Bytes that may wait for a pool that does not read. A share takes about 150.
    static let outgoingLimit = 256 * 1024
    /// Bytes read at a time, and how often in a row, before others get their turn.
    static let readLimit = 16 * 1024
    static let readsPerTurn = 4
    /// Time for one of a pool's addresses to answer.
    static let attemptLimit = Duration.seconds(4)

    let id: PoolGroup.Connection
    let token: Reactor.Token
    /// When `advance` is due while the connection is being made.
    private(set) var deadline: Instant?
    private var connector: Connector?
    private var socket: Socket?
    private var outgoing: [UInt8] = []
    private var isWaitingToWrite = false

    init(_ id: PoolGroup.Connection, token: Reactor.Token) {
        self.id = id
        self.token = token
    }

    /// Starts connecting to the pool's addresses, one after the other.
    func connect(to addresses: [SocketAddress], _ reactor: borrowing Reactor) -> [News] {
        connector = Connector(to: addresses, as: token, attemptLimit: Self.attemptLimit)
        return advance(reactor)
    }

    /// Looks how the connecting stands; due at `deadline` and for every event.
    func advance(_ reactor: borrowing Reactor) -> [News] {
        guard let progress = connector?.advance(reactor, now: Clock.now) else { return [] }
        switch progress {
        case .underWay(let until):
            deadline = until
            return []
        case .failed(let error):
            deadline = nil
            connector = nil
            return [.ended(error.description)]
        case .established:
            deadline = nil
            return settle(reactor)
        }
    }

    /// Takes over the established socket.
    private func settle(_ reactor: borrowing Reactor) -> [News] {
        socket = connector?.takeSocket()
        connector = nil
        do throws(SystemError) {
            try socket?.setNoDelay()
            // Ends a connection whose other side vanished without a word; silence of a living pool is the session's matter.
            try socket?.setKeepAlive(idle: .seconds(60), interval: .seconds(15), probes: 4)
            try watch(reactor)
            return [.established]
        } catch {
            return end(error.description)
        }
    }

    /// Deals with an event of the socket.
    func handle(_ readiness: Reactor.Readiness, _ reactor: borrowing Reactor) -> [News] {
        if socket == nil { return advance(reactor) }
        var news: [News] = []
        do throws(SystemError) {
            if readiness.contains(.writable) { try flush(reactor) }
            for _ in 0..<Self.readsPerTurn {
                var bytes: [UInt8] = []
                guard let result = try socket?.receive(appendingTo: &bytes, limit: Self.readLimit) else { break }
                switch result {
                case .bytes: news.append(.received(bytes))
                case .wouldBlock: return news
                case .end: return news + end("closed by the pool")
                }
            }
            return news
        } catch {
            return news + end(error.description)
        }
    }

    /// Sends `bytes` as soon as the pool takes them.
    func send(_ bytes: [UInt8], _ reactor: borrowing Reactor) -> [News] {
        guard socket != nil else { return [] }
        guard outgoing.count + bytes.count <= Self.outgoingLimit else {
            return end("it does not read: \(outgoing.count) bytes wait")
        }
        outgoing += bytes
        do throws(SystemError) {
            try flush(reactor)
            return []
        } catch {
            return end(error.description)
        }
    }

    private func flush(_ reactor: borrowing Reactor) throws(SystemError) {
        var sent = 0
        sending: while sent < outgoing.count {
            switch try socket?.send(outgoing.span.extracting(sent...)) {
            case .bytes(let count): sent += count
            case .wouldBlock, nil: break sending
            }
        }
        outgoing.removeFirst(sent)
        if isWaitingToWrite != !outgoing.isEmpty {
            isWaitingToWrite = !outgoing.isEmpty
            try watch(reactor)
        }
    }

    private func watch(_ reactor: borrowing Reactor) throws(SystemError) {
        let interest: Reactor.Readiness = isWaitingToWrite ? [.readable, .writable] : .readable
        switch socket {
        case .some(let socket): try reactor.update(socket.descriptor, for: interest, as: token)
        case nil: break
        }
    }

    private func end(_ reason: String) -> [News] {
        socket = nil
        connector = nil
        return [.ended(reason)]
    }
}

extension Resolver.Failure {
    /// What went wrong, for the log.
    var text: String {
        switch self {
        case .invalidName: "not a host name"
        case .noSuchName: "no such name"
        case .noAddress: "the name has no address"
        case .noAnswer: "no name server answered"
        case .serverFailure(let code): "the name server failed with code \(code)"
        case .system(let error): error.description
        case .stopped: "the resolver is stopped"
        }
    }
}
