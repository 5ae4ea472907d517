import Base
import Glibc

/// The few system calls of the pool, with errors as values.
enum SystemCall {
    /// The result of a call that gives −1 on failure, repeated as long as a signal interrupts it.
    static func result(_ action: String, _ call: () -> Int32) throws(LoopbackPoolError) -> Int32 {
        while true {
            let result = call()
            if result != -1 { return result }
            if errno != EINTR { throw .system(action, errno: errno) }
        }
    }

    /// The monotonic clock.
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    static func message(_ errno: Int32) -> String {
        strerror(errno).map { String(cString: $0) } ?? "errno \(errno)"
    }

    /// A socket that listens on 127.0.0.1 and does not block; `port` 0 lets the system choose.
    static func listen(port: UInt16) throws(LoopbackPoolError) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = Descriptor(try result("make a socket") { socket(AF_INET, type, 0) })
        var on: Int32 = 1
        _ = try result("set SO_REUSEADDR") {
            setsockopt(descriptor.number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = loopback(port)
        _ = try result("bind to 127.0.0.1:\(port)") {
            withSocketAddress(&address) { bind(descriptor.number, $0, $1) }
        }
        _ = try result("listen on 127.0.0.1:\(port)") { Glibc.listen(descriptor.number, 64) }
        return descriptor
    }

    /// Takes the next waiting connection; nil when there is none.
    static func accept(_ listener: Descriptor) throws(LoopbackPoolError) -> Descriptor? {
        let number = Glibc.accept(listener.number, nil, nil)
        if number == -1, [EAGAIN, EINTR, ECONNABORTED].contains(errno) { return nil }
        let connection = Descriptor(try result("accept a connection") { number })
        try makeNonBlocking(connection)
        var on: Int32 = 1
        // Each write is to leave as a segment of its own: torn lines are to arrive torn.
        _ = try result("set TCP_NODELAY") {
            setsockopt(connection.number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        return connection
    }

    /// A pipe whose ends do not block.
    static func pipe() throws(LoopbackPoolError) -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [-1, -1]
        _ = try result("make a pipe") { Glibc.pipe(&ends) }
        let (read, write) = (Descriptor(ends[0]), Descriptor(ends[1]))
        try makeNonBlocking(read)
        try makeNonBlocking(write)
        return (read, write)
    }

    /// Also keeps child processes from inheriting the descriptor.
    private static func makeNonBlocking(_ descriptor: Descriptor) throws(LoopbackPoolError) {
        _ = try result("set O_NONBLOCK") { fcntl(descriptor.number, F_SETFL, O_NONBLOCK) }
        _ = try result("set FD_CLOEXEC") { fcntl(descriptor.number, F_SETFD, FD_CLOEXEC) }
    }

    /// The port that a socket is bound to.
    static func port(of descriptor: Descriptor) throws(LoopbackPoolError) -> UInt16 {
        var address = loopback(0)
        _ = try result("read the socket's address") {
            withSocketAddress(&address) { pointer, size in
                var size = size
                return getsockname(descriptor.number, pointer, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }

    private static func withSocketAddress(
        _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}

/// An open file descriptor that closes itself.
final class Descriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }
}
