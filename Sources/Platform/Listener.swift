import CLinux

/// A socket that takes connections, on TCP or in the Unix domain.
///
/// Nothing listens on the network unasked: there is no default address.
public struct Listener: ~Copyable, Sendable {
    /// Readable while a connection waits.
    public let descriptor: FileDescriptor

    /// Listens at `address`; port 0 lets the kernel choose one.
    ///
    /// The file of a Unix-domain socket gets `mode`; one that a process which is gone has left behind is replaced.
    /// Throws EADDRINUSE when another process listens there.
    /// - Parameter backlog: connections that may wait to be accepted.
    public init(at address: SocketAddress, backlog: Int = 16, mode: UInt32 = 0o600) throws(SystemError) {
        if case .local(let path) = address { try Listener.removeLeftover(at: path) }
        var form = try address.kernelForm()
        let descriptor = FileDescriptor(owning: try valueOrErrno("socket") { clinux_stream_socket(&form) })
        switch address {
        case .internet:
            // A restarted daemon must not wait for the remains of its connections (TIME_WAIT).
            _ = try valueOrErrno("setsockopt") {
                clinux_set_socket_option(descriptor.rawValue, SOL_SOCKET, SO_REUSEADDR, 1)
            }
        case .local:
            // Before bind(2): Linux creates the file with the socket's mode, so it is never open to others.
            _ = try valueOrErrno("fchmod") { fchmod(descriptor.rawValue, mode_t(mode)) }
        }
        _ = try valueOrErrno("bind") { clinux_bind(descriptor.rawValue, &form) }
        _ = try valueOrErrno("listen") { listen(descriptor.rawValue, CInt(clamping: backlog)) }
        self.descriptor = descriptor
    }

    /// Unlinks a socket file that nobody listens at any more.
    private static func removeLeftover(at path: [UInt8]) throws(SystemError) {
        do {
            _ = try Socket.connecting(to: .local(path))
        } catch {
            guard error.errno == .connectionRefused, path.first != UInt8(ascii: "@") else { return }
            _ = try valueOrErrno("unlink") { unlink(String(decoding: path, as: UTF8.self)) }
        }
    }

    /// The next connection that waits; nil when there is none.
    ///
    /// Throws EMFILE or ENFILE when there are too many open files: the connection stays waiting, so the caller must stop
    /// watching for a while.
    public func accept() throws(SystemError) -> Socket? {
        do {
            return Socket(
                owning: FileDescriptor(owning: try valueOrErrno("accept4") { clinux_accept(descriptor.rawValue) }))
        } catch {
            // A connection that was given up before it was accepted is no fault of ours.
            guard error.errno == .wouldBlock || error.errno == .connectionAborted else { throw error }
            return nil
        }
    }

    /// The address listened at, with the port that the kernel chose; nil for Unix-domain sockets.
    public func localAddress() throws(SystemError) -> SocketAddress? {
        try Socket.localAddress(of: descriptor)
    }
}
