import CLinux

/// An error number of the Linux kernel (errno(3)).
public struct Errno: RawRepresentable, Hashable, Sendable {
    public let rawValue: CInt

    @inlinable
    public init(rawValue: CInt) {
        self.rawValue = rawValue
    }

    /// The calling thread's `errno`, meaningful only right after a call that failed.
    static var current: Errno { Errno(rawValue: clinux_errno()) }

    public static var accessDenied: Errno { Errno(rawValue: EACCES) }
    public static var addressInUse: Errno { Errno(rawValue: EADDRINUSE) }
    public static var badFileDescriptor: Errno { Errno(rawValue: EBADF) }
    public static var badMessage: Errno { Errno(rawValue: EBADMSG) }
    public static var brokenPipe: Errno { Errno(rawValue: EPIPE) }
    public static var busy: Errno { Errno(rawValue: EBUSY) }
    public static var connectionAborted: Errno { Errno(rawValue: ECONNABORTED) }
    public static var connectionRefused: Errno { Errno(rawValue: ECONNREFUSED) }
    public static var connectionReset: Errno { Errno(rawValue: ECONNRESET) }
    public static var destinationRequired: Errno { Errno(rawValue: EDESTADDRREQ) }
    public static var exists: Errno { Errno(rawValue: EEXIST) }
    public static var fileTooLarge: Errno { Errno(rawValue: EFBIG) }
    public static var inProgress: Errno { Errno(rawValue: EINPROGRESS) }
    public static var inputOutput: Errno { Errno(rawValue: EIO) }
    public static var interrupted: Errno { Errno(rawValue: EINTR) }
    public static var invalidArgument: Errno { Errno(rawValue: EINVAL) }
    public static var messageTooLong: Errno { Errno(rawValue: EMSGSIZE) }
    public static var nameTooLong: Errno { Errno(rawValue: ENAMETOOLONG) }
    public static var noData: Errno { Errno(rawValue: ENODATA) }
    public static var noDevice: Errno { Errno(rawValue: ENODEV) }
    public static var noEntry: Errno { Errno(rawValue: ENOENT) }
    public static var noMemory: Errno { Errno(rawValue: ENOMEM) }
    public static var noSpace: Errno { Errno(rawValue: ENOSPC) }
    public static var noSuchDeviceOrAddress: Errno { Errno(rawValue: ENXIO) }
    public static var notADirectory: Errno { Errno(rawValue: ENOTDIR) }
    public static var notATerminal: Errno { Errno(rawValue: ENOTTY) }
    public static var notImplemented: Errno { Errno(rawValue: ENOSYS) }
    public static var notPermitted: Errno { Errno(rawValue: EPERM) }
    public static var notSupported: Errno { Errno(rawValue: ENOTSUP) }
    public static var operationNotSupported: Errno { Errno(rawValue: EOPNOTSUPP) }
    public static var remoteIO: Errno { Errno(rawValue: EREMOTEIO) }
    public static var timedOut: Errno { Errno(rawValue: ETIMEDOUT) }
    public static var transportShutDown: Errno { Errno(rawValue: ESHUTDOWN) }
    public static var wouldBlock: Errno { Errno(rawValue: EAGAIN) }

    /// The symbol and the kernel's words in English: `ENOENT (No such file or directory)`; `errno 4095` when unknown.
    public var description: String {
        guard let symbol = clinux_error_symbol(rawValue), let words = clinux_error_words(rawValue) else {
            return "errno \(rawValue)"
        }
        return "\(String(cString: symbol)) (\(String(cString: words)))"
    }
}
