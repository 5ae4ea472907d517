internal import CSHA256

/// One way to search nonces: the portable Swift code or a routine that uses an instruction set of this CPU.
///
/// Every kernel finds the same nonces; they differ in speed only.
public struct ScanKernel: Sendable {
    /// The search routine behind a kernel, the same for Swift and C.
    ///
    /// Tries at most `groups` groups of `lanes` consecutive nonces, the first of them being `first`. Stops at the first
    /// group in which the last hash word H7 of some lane has no bit in common with `mask`, and stores that group's H7, lane
    /// by lane, at `last`. Returns the number of groups before that one, so `groups` if there is none.
    typealias Search =
        @convention(c) (
            _ work: UnsafePointer<csha256_work>, _ first: UInt32, _ groups: UInt64, _ mask: UInt32,
            _ last: UnsafeMutablePointer<UInt32>
        ) -> UInt64

    /// The most lanes of any kernel.
    static let maximumLanes = 16

    /// A short name for logs, such as `scalar` or `avx512`.
    public let name: StaticString
    /// How many nonces are hashed side by side.
    public let lanes: Int
    let search: Search

    /// Searches the nonces `first`, `first` + 1, … and appends those that hit to `hits`.
    ///
    /// A nonce hits when the most significant 32 bits of the block hash, read as a 256-bit little-endian number (that
    /// is, the last state word with its bytes swapped), are at most `topLimit`. Limit 0 finds every share of difficulty 1 and
    /// above; the caller compares the whole hash with the target.
    ///
    /// - Parameters:
    ///   - first: The first nonce, as the number stored little-endian at header byte 76.
    ///   - count: How many nonces to search; those beyond 2³² − 1 are left out.
    ///   - hits: Receives nonces in ascending order. When it is full the scan stops right behind the last hit.
    /// - Returns: How many nonces were searched.
    public func scan(
        _ block: ScanBlock, from first: UInt32, count: UInt64, topLimit: UInt32, into hits: inout NonceHits
    ) -> UInt64 {
        let total = min(count, 1 << 32 - UInt64(first))
        let mask = Self.candidateMask(topLimit)
        let width = UInt64(lanes)
        var last = InlineArray<16, UInt32>(repeating: 0)
        var done: UInt64 = 0
        while done < total, !hits.isFull {
            let groups = (total - done + width - 1) / width
            let start = first &+ UInt32(truncatingIfNeeded: done)
            let passed = groupsBeforeCandidate(block, start, groups, mask, &last)
            if passed >= groups { return total }
            done += passed * width
            // The last group may reach beyond the range: its surplus lanes are not looked at.
            for lane in 0..<Int(min(width, total - done)) where last[lane].byteSwapped <= topLimit {
                hits.append(first &+ UInt32(truncatingIfNeeded: done) &+ UInt32(truncatingIfNeeded: lane))
                if hits.isFull { return done + UInt64(lane) + 1 }
            }
            done = min(done + width, total)
        }
        return done
    }

    /// Bits that are zero in the last hash word of every hit: the search stops at no fewer candidates than there are hits,
    /// and at less than twice as many.
    static func candidateMask(_ topLimit: UInt32) -> UInt32 {
        ((~0 as UInt32) << (32 - topLimit.leadingZeroBitCount)).byteSwapped
    }

    func groupsBeforeCandidate(
        _ block: ScanBlock, _ first: UInt32, _ groups: UInt64, _ mask: UInt32, _ last: inout InlineArray<16, UInt32>
    ) -> UInt64 {
        var lanes = last.mutableSpan
        return withUnsafePointer(to: block.work) { work in
            lanes.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return groups }
                return search(work, first, groups, mask, base)
            }
        }
    }
}
