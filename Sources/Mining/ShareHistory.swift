/// The most recent shares, each once; the oldest gives way when there is no room.
struct ShareHistory: Sendable {
    /// What makes two shares the same to a pool.
    struct Entry: Hashable, Sendable {
        /// First, because it tells most shares apart and a comparison ends at the first difference.
        var nonce: UInt32
        var version: UInt32
        var extranonce2: UInt64
        var time: UInt32
        var generation: UInt32

        init(_ share: Share, version: UInt32) {
            nonce = share.nonce
            self.version = version
            extranonce2 = share.extranonce2.value
            time = share.time
            generation = share.generation
        }
    }

    private let capacity: Int
    private var entries: [Entry] = []
    /// Where the oldest entry is once all places are taken.
    private var oldest = 0

    /// - Parameter capacity: 1–4096. Shares are rare, so a table that is searched from end to end serves: 1024 entries
    /// take about half as long as the hash before them.
    init(capacity: Int) {
        self.capacity = max(1, min(4096, capacity))
        entries.reserveCapacity(self.capacity)
    }

    /// Remembers `entry`; false when it is there already.
    mutating func insert(_ entry: Entry) -> Bool {
        for known in entries where known == entry { return false }
        if entries.count < capacity {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % capacity
        }
        return true
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        oldest = 0
    }
}
