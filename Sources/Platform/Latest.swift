import Synchronization

/// The newest value of something, published by one thread and polled by many: the job that hashing workers work on.
///
/// Asking whether there is anything new costs one atomic load and shares no cache line that anyone writes to meanwhile;
/// a worker can ask after every chunk of nonces. Only when there is does it take the lock and copy the value.
public final class Latest<Value: Sendable>: @unchecked Sendable {
    private let published: Atomic<UInt64>
    private let lock = Lock()
    private var value: Value

    /// Starts with `value` as generation 1.
    public init(_ value: Value) {
        self.value = value
        published = Atomic(1)
    }

    /// Counts the values published so far, the first one included: a reader whose last generation differs is out of date.
    public var generation: UInt64 { published.load(ordering: .acquiring) }

    /// Replaces the value.
    public func publish(_ value: Value) {
        lock.withLock {
            self.value = value
            published.wrappingAdd(1, ordering: .releasing)
        }
    }

    /// The newest value when it is not of `generation`, which is brought up to date; nil when there is nothing newer.
    /// A reader starts with generation 0.
    public func newer(than generation: inout UInt64) -> Value? {
        guard self.generation != generation else { return nil }
        return lock.withLock {
            generation = published.load(ordering: .relaxed)
            return value
        }
    }
}
