import Twin

/// What simulated chips hashed, held against what they should have: no header twice, none left out of what was searched.
struct HashedOnce {
    /// Runs of headers of which a part had been hashed before, by whichever chip and whichever job it came with.
    private(set) var repeated: [SearchedRange] = []
    /// Runs that do not begin where the chip had come to with the header.
    private(set) var skipping: [SearchedRange] = []

    private struct Header: Hashable {
        var mark: UInt64
        var chip: Int
    }

    private struct Run: Hashable {
        var mark: UInt64
        var position: UInt32
    }

    /// Of a UART chain: a run is all cores of a chip at one counter value, bits 24–0 of the nonce as sent.
    static func uart(_ ranges: [SearchedRange]) -> HashedOnce {
        HashedOnce(ranges) { ($0.firstNonce.byteSwapped & 0x1FF_FFFF, 1) }
    }

    /// Of an SPI chain: a run is a stretch of nonces, from 0 on.
    static func spi(_ ranges: [SearchedRange]) -> HashedOnce { HashedOnce(ranges) { ($0.firstNonce, $0.count) } }

    /// - Parameter place: where a run stands on the chip's way through a header, and how long it is there.
    private init(_ ranges: [SearchedRange], _ place: (SearchedRange) -> (position: UInt32, length: UInt32)) {
        var seen: Set<Run> = []
        var next: [Header: UInt32] = [:]
        for range in ranges {
            let (position, length) = place(range)
            // As runs of a header follow each other without gaps, it is enough that no two begin at the same place.
            if !seen.insert(Run(mark: range.header, position: position)).inserted { repeated.append(range) }
            let header = Header(mark: range.header, chip: range.chip)
            if let expected = next[header], expected != position { skipping.append(range) }
            next[header] = position &+ length
        }
    }
}
