import Mining
import SHA256

/// A job as a simulated BM13xx chip took it from the line.
final class BM13xxJob {
    let number: UInt32
    let id: UInt8
    /// The header with its nonce at 0 where whole headers are sent; for midstates time, bits and the end of the merkle root
    /// only.
    let header: BlockHeader
    let midstates: InlineArray<4, SIMD8<UInt32>>
    let midstateCount: Int

    /// Reads the body of a frame, checksum and head taken off; nil when its length or its count of midstates is wrong.
    init?(body: ArraySlice<UInt8>, format: BM13xxModel.JobFormat, number: UInt32) {
        let at = body.startIndex
        guard body.count >= 18 else { return nil }
        self.number = number
        id = body[at]
        var header = BlockHeader(
            version: 0, previousHash: Digest(words: .zero), merkleRoot: Digest(words: .zero),
            time: Self.littleEndian(body, at + 10), bits: Self.littleEndian(body, at + 6), nonce: 0)
        var midstates = InlineArray<4, SIMD8<UInt32>>(repeating: .zero)
        var midstateCount = 0
        switch format {
        case .midstates:
            midstateCount = Int(body[at + 1])
            guard midstateCount == 1 || midstateCount == 4, body.count == 18 + 32 * midstateCount else { return nil }
            header.merkleRoot.words[7] = Self.littleEndian(body, at + 14).byteSwapped
            for slot in 0..<midstateCount { midstates[slot] = Self.wordsLastFirst(body, at + 18 + 32 * slot) }
        case .header:
            guard body.count == 82 else { return nil }
            header.merkleRoot.words = Self.wordsLastFirst(body, at + 14)
            header.previousHash.words = Self.wordsLastFirst(body, at + 46)
            header.version = Self.littleEndian(body, at + 78)
        }
        self.header = header
        self.midstates = midstates
        self.midstateCount = midstateCount
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>, _ at: Int) -> UInt32 {
        UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
    }

    /// Eight words that come last word first, each most significant byte first.
    private static func wordsLastFirst(_ bytes: ArraySlice<UInt8>, _ at: Int) -> SIMD8<UInt32> {
        var words = SIMD8<UInt32>.zero
        for index in 0..<8 { words[7 - index] = littleEndian(bytes, at + 4 * index).byteSwapped }
        return words
    }
}

/// Where a simulated chip is in its job: engines take turns at a counter value, counter values at a group of versions.
struct SearchCursor: Equatable {
    /// Group of as many versions as a core has engines.
    var group: UInt32 = 0
    /// Nonces of each core that the group's versions are through with.
    var counter: UInt32 = 0
    var engine = 0

    /// Moves to the next engine, counter or group; `sweep` is the number of counters to a group.
    mutating func advance(engines: Int, sweep: UInt32) {
        engine += 1
        guard engine >= engines else { return }
        engine = 0
        counter += 1
        guard counter >= sweep else { return }
        counter = 0
        group += 1
    }
}
