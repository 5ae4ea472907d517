import CLinux

/// The service manager that started the daemon, and wants to know how it is (sd_notify(3)).
///
/// Speaks systemd's protocol: datagrams to the socket that NOTIFY_SOCKET names.
public struct ServiceManager: ~Copyable, Sendable {
    /// What it can be told.
    public enum Notice: Sendable {
        /// Everything is up: READY=1.
        case ready
        /// Load is being shed and the end is near: STOPPING=1.
        case stopping
        /// Every thread has shown progress: WATCHDOG=1.
        case alive
        /// A line for people: STATUS=.
        case status([UInt8])
    }

    /// How long it waits for `.alive` before it restarts the daemon; nil when it does not. Half of that is a good interval.
    public let watchdog: Duration?

    private let socket: Socket

    /// The service manager of this process; nil when there is none, as on a console.
    public static func ofThisProcess() throws(SystemError) -> ServiceManager? {
        guard let path = Process.environment("NOTIFY_SOCKET") else { return nil }
        return try ServiceManager(
            path: Array(path.utf8), watchdogMicroseconds: Process.environment("WATCHDOG_USEC"),
            watchdogProcess: Process.environment("WATCHDOG_PID"))
    }

    /// - Parameters:
    ///   - path: of the socket; `@` in front means the abstract name space. Other kinds (vsock) are refused with EINVAL.
    ///   - watchdogMicroseconds: WATCHDOG_USEC.
    ///   - watchdogProcess: WATCHDOG_PID, the process it is meant for.
    init(path: [UInt8], watchdogMicroseconds: String?, watchdogProcess: String?) throws(SystemError) {
        guard path.first == UInt8(ascii: "/") || path.first == UInt8(ascii: "@") else {
            throw SystemError(call: "NOTIFY_SOCKET", errno: .invalidArgument)
        }
        socket = try Socket.datagram(to: .local(path))
        let isMeant = watchdogProcess.map { Process.decimal($0.utf8) == Int(getpid()) } ?? true
        let microseconds = watchdogMicroseconds.flatMap { Process.decimal($0.utf8) } ?? 0
        watchdog = isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Tells it; false when its socket is full just now.
    public func notify(_ notice: Notice) throws(SystemError) -> Bool {
        let message =
            switch notice {
            case .ready: Array("READY=1".utf8)
            case .stopping: Array("STOPPING=1".utf8)
            case .alive: Array("WATCHDOG=1".utf8)
            case .status(let line): Array("STATUS=".utf8) + line.prefix { $0 != UInt8(ascii: "\n") }
            }
        return try socket.send(message.span) == .bytes(message.count)
    }
}
