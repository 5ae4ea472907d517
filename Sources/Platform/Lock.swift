import CLinux

/// Mutual exclusion for the few values that threads share, held for a handful of instructions at a time.
///
/// Where the kernel can (CONFIG_FUTEX_PI), a thread that holds the lock runs at the priority of the most urgent thread
/// that waits for it: a hashing worker at nice 19 cannot keep the real-time relay thread waiting for its turn.
public struct Lock: ~Copyable, @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    public init() {
        mutex = .allocate(capacity: 1)
        let error = clinux_mutex_init(mutex)
        // Linux initialises a mutex in memory that is there already; the attributes are constants known to be valid.
        precondition(error == 0, "pthread_mutex_init")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` while no other thread runs a body under this lock. Not recursive.
    @inline(__always)
    public func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let locked = pthread_mutex_lock(mutex)
        precondition(locked == 0, "pthread_mutex_lock")
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Takes the lock, for what cannot be a body. Not recursive.
    public func acquire() {
        let locked = pthread_mutex_lock(mutex)
        precondition(locked == 0, "pthread_mutex_lock")
    }

    /// Gives up the lock that `acquire` took on this thread.
    public func release() {
        pthread_mutex_unlock(mutex)
    }
}
