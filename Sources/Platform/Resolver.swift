import Base

/// Finds the addresses of host names on a thread of its own, so that a slow name server delays nobody else.
///
/// A stub resolver like the C library's, which a static executable cannot use: /etc/hosts first, then the servers of
/// /etc/resolv.conf over UDP, for IPv4 and IPv6 at once. Both files are read anew each time, for DHCP changes them. No search
/// domains, no TCP, no cache: pools have full names, few addresses, and are asked for once per connection.
///
/// To be used by one thread.
public final class Resolver {
    /// Where to look, and how long.
    public struct Settings: Sendable {
        public var hostsPath = "/etc/hosts"
        public var serversPath = "/etc/resolv.conf"
        /// UDP port of the name servers.
        public var port: UInt16 = 53
        /// How long one server is waited for.
        public var patience = Duration.seconds(2)
        /// How often each server is asked.
        public var rounds = 2

        public init() {}
    }

    /// Why a name has no addresses.
    public enum Failure: Error, Sendable {
        /// Not a host name: empty, too long, or with bytes that names do not have.
        case invalidName
        /// The name does not exist.
        case noSuchName
        /// The name exists, but has no address.
        case noAddress
        /// No server answered in time.
        case noAnswer
        /// The last server to answer could not tell, with this response code (RFC 1035 §4.1.1); 0 stands for an answer that
        /// did not fit into a datagram.
        case serverFailure(UInt8)
        /// The machine could not ask.
        case system(SystemError)
        /// The resolver was stopped.
        case stopped
    }

    /// What became of a request.
    public struct Answer: Sendable {
        /// The number that the request was given.
        public let request: UInt64
        /// At least one address, IPv4 and IPv6 by turns with IPv4 first: where both exist, it is IPv6 that tends to be
        /// half configured.
        public let addresses: Result<[SocketAddress], Failure>
    }

    struct Request: Sendable {
        let number: UInt64
        let host: [UInt8]
        let port: UInt16
    }

    /// Holds what `take` returns; `Reactor.register` knows it.
    let answers: Mailbox<Answer>

    private let requests: Mailbox<Request>
    private let worker: ResolverWorker
    private var thread: Thread?
    /// Requests whose answer was not taken yet: never more than `answers` has room for.
    private var outstanding = 0

    /// - Parameter capacity: requests that may be outstanding.
    public init(_ settings: Settings = Settings(), capacity: Int = 8) throws(SystemError) {
        let answers = try Mailbox<Answer>(capacity: capacity)
        let requests = try Mailbox<Request>(capacity: capacity)
        let worker = try ResolverWorker(settings, requests: requests, answers: answers)
        self.answers = answers
        self.requests = requests
        self.worker = worker
        thread = try Thread(.init(name: "resolver")) { worker.run() }
    }

    deinit {
        worker.stop.signal()
        guard let thread = thread.take() else { return }
        // Fails only for a thread that is joined already or joins itself.
        do throws(SystemError) { try thread.join() } catch {}
    }

    /// Asks for the addresses of `host`, a name or a literal address, to be used with `port`. False when too many requests
    /// are outstanding. A literal is answered without asking anybody.
    /// - Parameter request: a number by which the caller knows the answer.
    public func resolve(_ host: [UInt8], port: UInt16, request: UInt64) -> Bool {
        guard outstanding < answers.capacity else { return false }
        outstanding += 1
        if let address = IPAddress(host) {
            return answers.post(Answer(request: request, addresses: .success([.internet(address, port: port)])))
        }
        return requests.post(Request(number: request, host: host, port: port))
    }

    /// The next answer; nil when there is none yet.
    public func take() -> Answer? {
        guard let answer = answers.take() else { return nil }
        outstanding -= 1
        return answer
    }
}

extension Reactor {
    /// Starts watching a resolver: an event comes while it has answers.
    public func register(_ resolver: Resolver, as token: Token) throws(SystemError) {
        try register(resolver.answers, as: token)
    }
}
