import Mining

/// The latest results of a chain, to tell when a chip reports one twice.
public struct RecentResults: Sendable {
    private struct Entry: Equatable {
        var workID: UInt64
        var solution: Solution
    }

    private static let capacity = 64
    private var entries: [Entry] = []
    private var next = 0

    public init() {
        entries.reserveCapacity(Self.capacity)
    }

    /// Remembers a result in place of the oldest; false when it is there already.
    public mutating func insert(_ solution: Solution, workID: UInt64) -> Bool {
        let entry = Entry(workID: workID, solution: solution)
        guard !entries.contains(entry) else { return false }
        if entries.count < Self.capacity {
            entries.append(entry)
        } else {
            entries[next] = entry
        }
        next = (next + 1) % Self.capacity
        return true
    }

    /// Forgets all results and keeps the memory.
    public mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        next = 0
    }
}
