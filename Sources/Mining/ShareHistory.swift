/// The most recent shares, each once; the oldest gives way when there is no room.
struct ShareHistory: Sendable {
    /// What makes two shares the same to a pool.
    struct Entry: Hashable, Sendable {
        var generation: UInt32
        var extranonce2: UInt64
        var time: UInt32
        var nonce: UInt32
        var version: UInt32

        init(_ share: Share, version: UInt32) {
            generation = share.generation
            extranonce2 = share.extranonce2.value
            time = share.time
            nonce = share.nonce
            self.version = version
        }
    }

    private let capacity: Int
    private var entries: [Entry] = []
    /// Where the oldest entry is once all places are taken.
    private var oldest = 0

    /// - Parameter capacity: 1–4096; searched from end to end, which costs less than the hash before it.
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
