import Base
import CLinux

/// One end of a connection, TCP or Unix-domain, or a datagram socket with a fixed peer. Never waits, never raises SIGPIPE.
public struct Socket: ~Copyable, Sendable {
    /// To be registered with a `Reactor`.
    public let descriptor: FileDescriptor

    init(owning descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Starts connecting. `connection` tells what became of it once the descriptor is writable; giving up in time is the
    /// caller's part. Throws what is known at once: ENETUNREACH, or ENOENT and ECONNREFUSED of a Unix-domain socket.
    public static func connecting(to address: SocketAddress) throws(SystemError) -> Socket {
        var form = try address.kernelForm()
        let socket = Socket(owning: FileDescriptor(owning: try valueOrErrno("socket") { clinux_stream_socket(&form) }))
        do {
            _ = try valueOrErrno("connect") { clinux_connect(socket.descriptor.rawValue, &form) }
        } catch {
            guard error.errno == .inProgress else { throw error }
        }
        return socket
    }

    /// A datagram socket that sends to `address` and receives only from there.
    public static func datagram(to address: SocketAddress) throws(SystemError) -> Socket {
        var form = try address.kernelForm()
        let socket = Socket(
            owning: FileDescriptor(owning: try valueOrErrno("socket") { clinux_datagram_socket(&form) }))
        _ = try valueOrErrno("connect") { clinux_connect(socket.descriptor.rawValue, &form) }
        return socket
    }

    /// How far a connection has come.
    public enum Connection: Sendable {
        case underWay
        case established
        case failed(SystemError)
    }

    /// What became of `connecting(to:)` so far. A failure is told once.
    public func connection() throws(SystemError) -> Connection {
        guard try descriptor.waitUntilWritable(deadline: Clock.now) else { return .underWay }
        var error: CInt = 0
        _ = try valueOrErrno("getsockopt") { clinux_socket_error(descriptor.rawValue, &error) }
        guard error == 0 else { return .failed(SystemError(call: "connect", errno: Errno(rawValue: error))) }
        return .established
    }

    /// Reads up to `limit` bytes that have arrived and appends them to `buffer`; `.end` when the peer has sent its last.
    /// Throws ECONNRESET and the like when the connection is gone.
    public func receive(appendingTo buffer: inout [UInt8], limit: Int) throws(SystemError) -> FileDescriptor.ReadResult
    {
        try descriptor.read(appendingTo: &buffer, limit: limit)
    }

    /// Hands as much of `bytes` to the kernel as it takes (send(2)). Throws EPIPE or ECONNRESET when the connection is gone.
    public func send(_ bytes: borrowing Span<UInt8>) throws(SystemError) -> FileDescriptor.WriteResult {
        try bytes.withUnsafeBytes { (buffer) throws(SystemError) in
            try FileDescriptor.writeResult { () throws(SystemError) in
                try valueOrErrno("send") { clinux_send(descriptor.rawValue, buffer.baseAddress, buffer.count) }
            }
        }
    }

    /// Tells the peer that nothing more will be sent; what it sends can still be received (half-close).
    public func finishSending() throws(SystemError) {
        _ = try valueOrErrno("shutdown") { clinux_shutdown_sending(descriptor.rawValue) }
    }

    /// Sends small messages at once instead of gathering them (TCP_NODELAY): a share must not wait for the next one.
    public func setNoDelay() throws(SystemError) {
        try set(CInt(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    /// Has the kernel find out that the peer is gone (tcp(7)): an idle connection is probed after `idle`, then every `interval`,
    /// and fails with ETIMEDOUT once `probes` went unanswered. Bytes that were sent may go unacknowledged for as long as all
    /// of that takes, instead of the quarter of an hour that is usual. Whole seconds, at least one.
    public func setKeepAlive(idle: Duration, interval: Duration, probes: Int) throws(SystemError) {
        let idleSeconds = max(1, idle.components.seconds)
        let intervalSeconds = max(1, interval.components.seconds)
        let patience = idle + interval * probes
        try set(CInt(IPPROTO_TCP), TCP_KEEPIDLE, CInt(clamping: idleSeconds))
        try set(CInt(IPPROTO_TCP), TCP_KEEPINTVL, CInt(clamping: intervalSeconds))
        try set(CInt(IPPROTO_TCP), TCP_KEEPCNT, CInt(clamping: probes))
        try set(CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, CInt(clamping: patience.nanoseconds / 1_000_000))
        try set(SOL_SOCKET, SO_KEEPALIVE, 1)
    }

    /// Bounds the kernel's send buffer, in bytes; it doubles the value for its own book-keeping (socket(7)).
    public func setSendBuffer(_ bytes: Int) throws(SystemError) {
        try set(SOL_SOCKET, SO_SNDBUF, CInt(clamping: bytes))
    }

    private func set(_ level: CInt, _ option: CInt, _ value: CInt) throws(SystemError) {
        _ = try valueOrErrno("setsockopt") {
            clinux_set_socket_option(descriptor.rawValue, level, option, value)
        }
    }

    /// This end's address; nil for Unix-domain sockets.
    public func localAddress() throws(SystemError) -> SocketAddress? {
        try Socket.localAddress(of: descriptor)
    }

    /// The other end's address; nil for Unix-domain sockets. Throws ENOTCONN when there is no connection.
    public func peerAddress() throws(SystemError) -> SocketAddress? {
        var address = clinux_address()
        _ = try valueOrErrno("getpeername") { clinux_peer_address(descriptor.rawValue, &address) }
        return SocketAddress(kernelForm: &address)
    }

    static func localAddress(of descriptor: borrowing FileDescriptor) throws(SystemError) -> SocketAddress? {
        var address = clinux_address()
        _ = try valueOrErrno("getsockname") { clinux_local_address(descriptor.rawValue, &address) }
        return SocketAddress(kernelForm: &address)
    }
}
