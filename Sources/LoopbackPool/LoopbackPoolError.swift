/// Why a pool could not start.
public enum LoopbackPoolError: Error, Equatable, CustomStringConvertible {
    case alreadyRunning
    /// A system call failed; `errno` as the system gave it.
    case system(String, errno: Int32)

    public var description: String {
        switch self {
        case .alreadyRunning: "the pool is already running"
        case .system(let action, let errno): "cannot \(action): \(SystemCall.message(errno))"
        }
    }
}
