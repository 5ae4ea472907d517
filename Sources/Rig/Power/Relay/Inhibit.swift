import Synchronization

/// The relay's word that load stays off, readable by every thread without a lock.
public final class Inhibit: Sendable {
    private let flag = Atomic(false)

    public init() {}

    /// Whether nothing may be switched on.
    ///
    /// Sequentially consistent, like the changes: whoever switches a line on and then finds this false knows that the relay
    /// had not begun to switch off before the line was on (Docs/power.md, "The race").
    public var isSet: Bool { flag.load(ordering: .sequentiallyConsistent) }

    /// For the relay alone.
    func set(_ value: Bool) { flag.store(value, ordering: .sequentiallyConsistent) }
}
