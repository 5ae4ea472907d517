import CLinux

/// Signals as something to read, instead of code that runs in the middle of other code (signalfd(2)).
public struct Signals: ~Copyable, Sendable {
    /// What the daemon is told by its surroundings.
    public enum Signal: Sendable {
        /// SIGTERM or SIGINT: shed load and stop.
        case terminate
        /// SIGHUP: read the settings again.
        case reload
    }

    /// Readable while a signal waits.
    public let descriptor: FileDescriptor

    /// Takes SIGTERM, SIGINT and SIGHUP out of their ordinary course, and has SIGPIPE ignored: a closed connection is
    /// an error of the write then.
    ///
    /// Must come before any thread is started: threads inherit what is blocked, and a signal that finds a thread in
    /// which it is not blocked ends the process.
    public init() throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGHUP)
        try zeroOrError("pthread_sigmask") { pthread_sigmask(SIG_BLOCK, &set, nil) }
        _ = try valueOrErrno("sigaction") { clinux_ignore_signal(SIGPIPE) }
        descriptor = FileDescriptor(owning: try valueOrErrno("signalfd") { clinux_signalfd(&set) })
    }

    /// The next signal; nil when none waits.
    public func next() throws(SystemError) -> Signal? {
        var information = signalfd_siginfo()
        let result = try withUnsafeMutableBytes(of: &information) { (bytes) throws(SystemError) in
            try descriptor.read(into: bytes)
        }
        guard case .bytes = result else { return nil }
        return information.ssi_signo == UInt32(SIGHUP) ? .reload : .terminate
    }
}
