/// A run of headers that a simulated chip hashed: all nonces `firstNonce` + i · `stride` for i in 0 ..< `count`, of the
/// header that `job` and `version` name.
public struct SearchedRange: Equatable, Sendable {
    /// Position of the chip, counted from the host.
    public var chip: Int
    /// Number of the job since the chips were switched on, from 1.
    public var job: UInt32
    /// The header's version; of a job of midstates, which midstate.
    public var version: UInt32
    /// The mark of the header, `SearchLog.mark`: equal headers have the same, whichever job they came with.
    public var header: UInt64
    public var firstNonce: UInt32
    public var stride: UInt32
    public var count: UInt32
}

/// Which headers simulated chips have hashed, the latest `capacity` runs of them. Memory is taken at the start.
public struct SearchLog: Sendable {
    /// Runs that are kept; 0 keeps none.
    public let capacity: Int
    private var ring: [SearchedRange] = []
    private var oldest = 0
    /// Headers hashed since the start, remembered or not.
    public private(set) var headerCount: UInt64 = 0

    public init(capacity: Int = 0) {
        self.capacity = max(0, capacity)
        ring.reserveCapacity(self.capacity)
    }

    /// The runs that are remembered, oldest first.
    public var ranges: [SearchedRange] { Array(ring[oldest...] + ring[..<oldest]) }

    /// Whether every run since the start is remembered.
    public var isComplete: Bool { ring.reduce(0) { $0 + UInt64($1.count) } == headerCount }

    /// Tells headers apart by what chips know of them: 64 bits mixed from the midstate and bytes 64–75.
    static func mark(midstate: SIMD8<UInt32>, tail: (UInt32, UInt32, UInt32)) -> UInt64 {
        var mark: UInt64 = 0
        func mix(_ word: UInt32) {
            mark = (mark ^ UInt64(word)) &* 0x9E37_79B9_7F4A_7C15
            mark ^= mark >> 29
        }
        for index in 0..<8 { mix(midstate[index]) }
        mix(tail.0)
        mix(tail.1)
        mix(tail.2)
        return mark
    }

    mutating func append(_ range: SearchedRange) {
        headerCount &+= UInt64(range.count)
        guard capacity > 0 else { return }
        if ring.count < capacity {
            ring.append(range)
        } else {
            ring[oldest] = range
            oldest = (oldest + 1) % capacity
        }
    }
}
