import CLinux

/// A descriptor that a thread can wait for and another can make readable (eventfd(2)).
public struct Wakeup: ~Copyable, Sendable {
    /// Readable from `signal` until `clear`.
    public let descriptor: FileDescriptor

    /// Fails when the process is out of descriptors or the kernel out of memory.
    public init() throws(SystemError) {
        descriptor = FileDescriptor(owning: try valueOrErrno("eventfd") { clinux_eventfd() })
    }

    /// Makes the descriptor readable. Any thread may; never waits.
    public func signal() {
        // The only failure of a non-blocking write here is EAGAIN on a full counter: then it is readable already.
        _ = eventfd_write(descriptor.rawValue, 1)
    }

    /// Makes the descriptor unreadable again.
    public func clear() {
        var count: eventfd_t = 0
        // EAGAIN: it was not readable.
        _ = eventfd_read(descriptor.rawValue, &count)
    }
}
