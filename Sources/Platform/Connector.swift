import Base

/// Connects to the first of several addresses that answers, one after the other, within a reactor.
///
/// A pool's name often stands for several machines, and IPv6 is often half there: an address that does not answer within its
/// share of the time must not keep the next from being tried. Call `advance` to start, for every event with the token,
/// and at the instant it answered last.
public struct Connector: ~Copyable {
    /// How it stands.
    public enum Progress: Sendable {
        /// Look again at an event, or at this instant.
        case underWay(until: Instant)
        /// `takeSocket` has it.
        case established
        /// No address answered; the error is that of the last one, EDESTADDRREQ if there was none.
        case failed(SystemError)
    }

    /// No more addresses than these are tried.
    public static var addressLimit: Int { 8 }

    private let addresses: ArraySlice<SocketAddress>
    private let token: Reactor.Token
    private let attemptLimit: Duration
    private var attempt = 0
    private var attemptEnd = Instant(nanoseconds: 0)
    private var socket: Socket?
    private var lastError = SystemError(call: "connect", errno: .destinationRequired)

    /// - Parameters:
    ///   - addresses: in the order of preference; those beyond `addressLimit` are left out.
    ///   - token: under which the socket of each attempt is registered, for writing.
    ///   - attemptLimit: time for one address.
    public init(to addresses: [SocketAddress], as token: Reactor.Token, attemptLimit: Duration) {
        self.addresses = addresses.prefix(Connector.addressLimit)
        self.token = token
        self.attemptLimit = attemptLimit
    }

    /// Looks how the attempt under way stands, and starts the next when it has failed.
    public mutating func advance(_ reactor: borrowing Reactor, now: Instant) -> Progress {
        while true {
            do throws(SystemError) {
                switch try socket?.connection() {
                case .established: return .established
                case .failed(let error): throw error
                case .underWay where now < attemptEnd: return .underWay(until: attemptEnd)
                case .underWay: throw SystemError(call: "connect", errno: .timedOut)
                case nil: break
                }
                guard attempt < addresses.count else { return .failed(lastError) }
                attempt += 1
                let next = try Socket.connecting(to: addresses[attempt - 1])
                try reactor.register(next.descriptor, for: .writable, as: token)
                socket = consume next
                attemptEnd = now + attemptLimit
            } catch {
                lastError = error
                socket = nil
            }
        }
    }

    /// The address of the attempt that is under way or has succeeded.
    public var address: SocketAddress? { attempt > 0 ? addresses[attempt - 1] : nil }

    /// The established socket, still registered for writing; nil when there is none.
    public mutating func takeSocket() -> Socket? {
        socket.take()
    }
}
