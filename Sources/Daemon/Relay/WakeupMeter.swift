import Base
import Platform
import Synchronization

/// A thread of the relay's priority that does nothing but sleep until the next millisecond, and notes how late it is woken:
/// what this machine itself adds to anything that waits.
final class WakeupMeter: @unchecked Sendable {
    private let isEnding = Atomic(false)
    private let limit: Int
    private var lateness: [Duration] = []
    private var thread: JoinableThread?

    /// - Parameter samples: so many are kept at most.
    init(samples: Int) throws(SystemError) {
        limit = max(1, samples)
        lateness.reserveCapacity(limit)
        var attributes = Platform.Thread.Attributes(name: "wakeups")
        attributes.realTimePriority = 80
        do throws(SystemError) {
            thread = JoinableThread(try Platform.Thread(attributes) { [self] in run() })
        } catch {
            guard error.errno == .notPermitted else { throw error }
            attributes.realTimePriority = nil
            thread = JoinableThread(try Platform.Thread(attributes) { [self] in run() })
        }
    }

    /// Ends the thread and waits for it.
    func end() throws(SystemError) {
        isEnding.store(true, ordering: .relaxed)
        try thread?.join()
    }

    /// Valid after `end`.
    var sorted: [Duration] { lateness.sorted() }

    private func run() {
        // Between the milliseconds of whoever else counts them.
        var due = Clock.now + .microseconds(500)
        while !isEnding.load(ordering: .relaxed), lateness.count < limit {
            due = due + .milliseconds(1)
            Platform.Thread.sleep(until: due)
            lateness.append(Clock.now - due)
        }
    }
}
