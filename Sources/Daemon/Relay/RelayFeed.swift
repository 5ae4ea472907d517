import Base
import Buses
import Platform
import Twin

/// Where the relay gets its edges from, and what it waits for.
protocol RelayFeed: AnyObject, SendableMetatype {
    /// Waits until there are edges, or until `deadline`.
    func wait(until deadline: Instant) throws(SystemError)
    /// Moves waiting edges to the front of `edges`; how many.
    func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int
}

/// Edges of an input line of the kernel.
final class GPIOFeed: RelayFeed {
    private let edges: GPIOEdges

    init(_ edges: GPIOEdges) {
        self.edges = edges
    }

    func wait(until deadline: Instant) throws(SystemError) {
        _ = try FileDescriptor.wait(forInputOf: edges.descriptor, until: deadline)
    }

    func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int { try self.edges.read(into: &edges) }
}

/// A simulated mains in real time: each edge appears when the machine's clock shows its time, as an interrupt would make it.
final class TwinFeed: RelayFeed {
    /// Computes the edges up to an instant and appends them.
    typealias Course = (Instant, inout [Edge]) -> Void

    /// How far ahead edges are computed: two cycles.
    private static let lead = Duration.milliseconds(40)

    private let course: Course
    private var waiting: [Edge] = []
    private var next = 0

    init(_ course: @escaping Course) {
        self.course = course
        waiting.reserveCapacity(256)
    }

    /// - Parameter origin: when the script begins, not before now.
    convenience init(_ script: MainsScript, distortion: MainsDistortion, seed: UInt64, origin: Instant) {
        var mains = ScriptedMains(script, distortion: distortion, seed: seed, origin: origin)
        self.init { (end, edges) in mains.run(to: Double((end - origin).nanoseconds) * 1e-9, into: &edges) }
    }

    func wait(until deadline: Instant) throws(SystemError) {
        compute()
        let due = next < waiting.count ? waiting[next].at : deadline
        Thread.sleep(until: min(due, deadline))
    }

    func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
        let now = Clock.now
        var count = 0
        while count < edges.count, next < waiting.count, waiting[next].at <= now {
            edges[count] = waiting[next]
            next += 1
            count += 1
        }
        return count
    }

    /// Computes the edges of the next cycles once those before are used up.
    private func compute() {
        guard next >= waiting.count else { return }
        waiting.removeAll(keepingCapacity: true)
        next = 0
        course(Clock.now + Self.lead, &waiting)
    }
}
