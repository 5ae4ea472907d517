import Base

/// Bytes that wait to be written to one client, in order, each not before its time.
struct Outbox: Sendable {
    private struct Chunk: Sendable {
        var bytes: ArraySlice<UInt8>
        var due: Instant
        /// Time between single bytes; nil for writing as much as the socket takes.
        var pace: Duration?
        /// Whether later bytes may be added to this write.
        var isOpen: Bool
    }

    /// A client that lets this much pile up is disconnected.
    static let limit = 4 << 20

    private var chunks: [Chunk] = []
    /// Bytes waiting.
    private(set) var count = 0
    /// Bytes accepted since the connection began, waiting or written.
    private(set) var total = 0

    /// When the first waiting bytes may be written; nil when there are none.
    var due: Instant? { chunks.first?.due }

    mutating func append(_ bytes: [UInt8], due: Instant, pace: Duration?) {
        guard !bytes.isEmpty else { return }
        chunks.append(Chunk(bytes: bytes[...], due: due, pace: pace, isOpen: false))
        count += bytes.count
        total += bytes.count
    }

    /// Adds to the write that is being collected, or starts one that leaves at `due`.
    mutating func collect(_ bytes: [UInt8], due: Instant) {
        guard let last = chunks.indices.last, chunks[last].isOpen else {
            append(bytes, due: due, pace: nil)
            if let last = chunks.indices.last { chunks[last].isOpen = true }
            return
        }
        chunks[last].bytes.append(contentsOf: bytes)
        count += bytes.count
        total += bytes.count
    }

    /// What may be written in one call at `now`; empty when nothing is due.
    mutating func ready(at now: Instant) -> ArraySlice<UInt8> {
        guard let first = chunks.first, first.due <= now else { return [] }
        chunks[0].isOpen = false
        return first.pace == nil ? first.bytes : first.bytes.prefix(1)
    }

    /// Removes `written` bytes, which must come from `ready`.
    mutating func consume(_ written: Int, now: Instant) {
        guard !chunks.isEmpty else { return }
        chunks[0].bytes.removeFirst(min(written, chunks[0].bytes.count))
        count -= written
        if let pace = chunks[0].pace { chunks[0].due = now + pace }
        if chunks[0].bytes.isEmpty { chunks.removeFirst() }
    }

    mutating func removeAll() {
        chunks = []
        count = 0
    }
}
