import CLinux

/// A thread of the operating system.
///
/// `join` waits for its end; a thread that nobody joins goes on until it returns.
@frozen
public struct Thread: ~Copyable, Sendable {
    /// How a thread shall be run. What the kernel does not grant fails at creation, with an error that says so.
    public struct Attributes: Sendable {
        /// Seen in `ps -L` and in crash reports; the kernel keeps 15 bytes, longer names are cut.
        public var name: StaticString
        /// Bytes. 256 KiB hold every call depth of this program several times over, at a cost in memory of what is touched.
        public var stackSize = 256 * 1024
        /// The only CPU it may run on (`Machine.usableCPUs` lists them); nil for all that the process may use.
        public var cpu: Int?
        /// Priority 1–99 under SCHED_FIFO; nil for ordinary scheduling. Needs CAP_SYS_NICE.
        public var realTimePriority: Int?

        public init(name: StaticString) {
            self.name = name
        }
    }

    private let handle: pthread_t

    /// Starts a thread that runs `body`. Throws EINVAL for a CPU or a priority that does not exist, EPERM for a priority
    /// that is not allowed, EAGAIN when there are too many threads.
    public init(_ attributes: Attributes, body: @escaping @Sendable () -> Void) throws(SystemError) {
        var settings = pthread_attr_t()
        try zeroOrError("pthread_attr_init") { pthread_attr_init(&settings) }
        defer { pthread_attr_destroy(&settings) }
        try zeroOrError("pthread_attr_setstacksize") { pthread_attr_setstacksize(&settings, attributes.stackSize) }
        if let cpu = attributes.cpu {
            try zeroOrError("pthread_attr_setaffinity_np") { clinux_attr_set_cpu(&settings, CInt(clamping: cpu)) }
        }
        if let priority = attributes.realTimePriority {
            try zeroOrError("pthread_attr_setschedparam") { clinux_attr_set_fifo(&settings, CInt(clamping: priority)) }
        }
        let start = Unmanaged.passRetained(Start(name: attributes.name, body: body))
        var handle = pthread_t()
        do {
            try zeroOrError("pthread_create") {
                pthread_create(&handle, &settings, { Thread.run($0) }, start.toOpaque())
            }
        } catch {
            start.release()
            throw error
        }
        self.handle = handle
    }

    deinit {
        // Not joined: let the kernel clean up when it ends. Fails only for a thread that was joined.
        pthread_detach(handle)
    }

    /// Waits until the thread has returned.
    public consuming func join() throws(SystemError) {
        let handle = handle
        discard self
        try zeroOrError("pthread_join") { pthread_join(handle, nil) }
    }

    /// Sets how willingly the calling thread, and it alone, gives way to others: 19 most, -20 least (setpriority(2)).
    /// Below what it was needs CAP_SYS_NICE (EACCES).
    public static func setNice(_ nice: Int) throws(SystemError) {
        _ = try valueOrErrno("setpriority") { clinux_set_nice(CInt(clamping: nice)) }
    }

    /// What the new thread is handed.
    private final class Start: Sendable {
        let name: StaticString
        let body: @Sendable () -> Void

        init(name: StaticString, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.name.withUTF8Buffer { name in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { text in
                // The name is for people: it is cut rather than refused, and nothing depends on it.
                let length = min(15, name.count)
                for index in 0..<length { text[index] = CChar(bitPattern: name[index]) }
                text[length] = 0
                if let cut = text.baseAddress { _ = clinux_set_thread_name(cut) }
            }
        }
        start.body()
        return nil
    }
}
