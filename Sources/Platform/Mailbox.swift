import Base
import CLinux

/// A bounded queue between threads, with a descriptor that a `Reactor` can wait for.
///
/// Any thread may post and any may take. The descriptor is readable exactly while the mailbox holds something, so
/// nothing needs to be acknowledged and no wakeup can get lost. The mailbox itself allocates nothing after `init`:
/// elements are moved through a ring. An element that owns an allocation (an array, say) brings it along, and the thread that
/// drops the last copy pays for freeing it; elements on the nonce path are plain values.
///
/// A lock guards the ring, and not a lock-free algorithm: it is held for a move and at most one system call, it lets the
/// priority of a waiting real-time thread pass to the holder (`Lock`), and it can be seen to be right.
public final class Mailbox<Element: Sendable>: @unchecked Sendable {
    /// How many elements fit.
    public let capacity: Int

    private let lock = Lock()
    /// Signalled exactly while the mailbox holds something.
    let wakeup: Wakeup
    private let slots: UnsafeMutablePointer<Element>
    private var first = 0
    private var held = 0
    private var refusals: UInt64 = 0

    /// - Parameter capacity: how many elements fit, at least 1.
    public init(capacity: Int) throws(SystemError) {
        precondition(capacity > 0, "a mailbox needs room for one element at least")
        wakeup = try Wakeup()
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
    }

    deinit {
        while take() != nil {}
        slots.deallocate()
    }

    /// Puts `element` at the end. False when there is no room: the element is not taken, and the refusal is counted.
    public func post(_ element: Element) -> Bool {
        lock.withLock {
            guard held < capacity else {
                refusals &+= 1
                return false
            }
            (slots + (first + held) % capacity).initialize(to: element)
            held += 1
            if held == 1 { wakeup.signal() }
            return true
        }
    }

    /// Takes the oldest element; nil when there is none.
    public func take() -> Element? {
        lock.withLock {
            guard held > 0 else { return nil }
            let element = (slots + first).move()
            first = (first + 1) % capacity
            held -= 1
            if held == 0 { wakeup.clear() }
            return element
        }
    }

    /// Takes the oldest element, waiting for one until `deadline`; nil when none came. For threads without a reactor.
    public func take(until deadline: Instant) throws(SystemError) -> Element? {
        while true {
            if let element = take() { return element }
            guard try wakeup.descriptor.waitUntilReadable(deadline: deadline) else { return nil }
        }
    }

    /// How many elements are waiting; out of date as soon as it is read.
    public var count: Int { lock.withLock { held } }

    /// How many elements found no room so far.
    public var refused: UInt64 { lock.withLock { refusals } }
}
