import Synchronization

/// A bounded queue from one thread to one other without a lock: what a real-time thread tells the rest.
///
/// The producer never waits and never allocates; what finds no room is counted and lost. A descriptor wakes the consumer.
public final class SingleProducerRing<Element: Sendable>: @unchecked Sendable {
    /// How many elements fit.
    public let capacity: Int
    /// Readable after a `push` until `drain`.
    public let wakeup: Wakeup
    private let slots: UnsafeMutablePointer<Element>
    /// Elements ever pushed and ever taken; they differ by what is held.
    private let pushed = Atomic<UInt32>(0)
    private let taken = Atomic<UInt32>(0)
    private let lost = Atomic<UInt32>(0)

    /// - Parameter capacity: 1 to 65,536, rounded up to a power of two.
    public init(capacity: Int) throws(SystemError) {
        var rounded = 1
        while rounded < min(max(capacity, 1), 65_536) { rounded *= 2 }
        self.capacity = rounded
        wakeup = try Wakeup()
        slots = .allocate(capacity: rounded)
    }

    deinit {
        while take() != nil {}
        slots.deallocate()
    }

    /// Puts `element` at the end; false when there is no room. For the producer alone.
    /// - Parameter wakes: whether to make `wakeup` readable; without it the consumer has to come by itself.
    @discardableResult
    public func push(_ element: Element, wakes: Bool = true) -> Bool {
        let end = pushed.load(ordering: .relaxed)
        guard Int(end &- taken.load(ordering: .acquiring)) < capacity else {
            lost.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        slot(end).initialize(to: element)
        pushed.store(end &+ 1, ordering: .releasing)
        if wakes { wakeup.signal() }
        return true
    }

    /// Takes the oldest element; nil when there is none. For the consumer alone.
    public func take() -> Element? {
        let start = taken.load(ordering: .relaxed)
        guard start != pushed.load(ordering: .acquiring) else { return nil }
        let element = slot(start).move()
        taken.store(start &+ 1, ordering: .releasing)
        return element
    }

    /// Takes everything that is there, oldest first. For the consumer alone, when `wakeup` is readable.
    public func drain(_ body: (Element) -> Void) {
        // Cleared first: what comes meanwhile makes it readable again.
        wakeup.clear()
        for _ in 0..<capacity {
            guard let element = take() else { return }
            body(element)
        }
        if taken.load(ordering: .relaxed) != pushed.load(ordering: .acquiring) { wakeup.signal() }
    }

    /// The capacity is a power of two, so counting on past 2^32 goes on at the right place.
    private func slot(_ count: UInt32) -> UnsafeMutablePointer<Element> {
        slots + Int(count & UInt32(capacity - 1))
    }

    /// How many elements found no room so far.
    public var refused: UInt32 { lost.load(ordering: .relaxed) }
}
