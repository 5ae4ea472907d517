import CLinux

/// A call to the operating system that failed: which one, and why.
public struct SystemError: Error, Sendable {
    /// Name of the call, as in its manual page.
    public let call: StaticString
    public let errno: Errno

    public init(call: StaticString, errno: Errno) {
        self.call = call
        self.errno = errno
    }

    /// For logs: `fsync: EIO (Input/output error)`.
    public var description: String {
        "\(call.description): \(errno.description)"
    }
}

/// Makes a system call that answers -1 and sets `errno` when it fails. Every such call of this module goes through here.
///
/// A call that a signal interrupted (EINTR) is made again, unless `retryOnInterrupt` is false: close(2) must not be
/// repeated on Linux, for the descriptor is gone already and its number may belong to another thread by now.
@inline(__always)
func valueOrErrno<Value: FixedWidthInteger & SignedInteger>(
    _ call: StaticString, retryOnInterrupt: Bool = true, _ body: () -> Value
) throws(SystemError) -> Value {
    while true {
        let value = forced(call) ?? body()
        if value != -1 { return value }
        let errno = Errno.current
        if errno == .interrupted && retryOnInterrupt { continue }
        throw SystemError(call: call, errno: errno)
    }
}

/// Makes a call of the pthread family, which answers the error number itself.
@inline(__always)
func zeroOrError(_ call: StaticString, _ body: () -> CInt) throws(SystemError) {
    let error = forced(call).map { (_: CInt) in clinux_errno() } ?? body()
    guard error == 0 else { throw SystemError(call: call, errno: Errno(rawValue: error)) }
}

/// -1 with `errno` set when the test at hand wants this call to fail; costs nothing in release builds.
@inline(__always)
private func forced<Value: FixedWidthInteger>(_ call: StaticString) -> Value? {
    #if DEBUG
        return ForcedFault.strikes(call) ? Value(truncatingIfNeeded: -1) : nil
    #else
        return nil
    #endif
}
