/// What is to go out on a UART, in order: bytes, and changes of the line rate between them.
struct OutgoingQueue {
    enum Next {
        case bytes(Range<Int>)
        case rate(UInt32)
    }

    private(set) var bytes: [UInt8] = []
    /// Line rates, each with the number of bytes that go out before it.
    private var rates: [(after: Int, rate: UInt32)] = []
    private var sent = 0

    init() {
        bytes.reserveCapacity(1024)
        rates.reserveCapacity(4)
    }

    /// False when there is no room.
    mutating func append(_ more: ArraySlice<UInt8>) -> Bool {
        guard bytes.count - sent + more.count <= UARTHashBoard.outgoingLimit else { return false }
        if sent == bytes.count, rates.isEmpty { removeAll() }
        bytes.append(contentsOf: more)
        return true
    }

    mutating func appendRateChange(_ rate: UInt32) {
        rates.append((bytes.count, rate))
    }

    /// What is due next; nil when everything is out.
    var next: Next? {
        if let change = rates.first {
            return change.after > sent ? .bytes(sent..<change.after) : .rate(change.rate)
        }
        return sent < bytes.count ? .bytes(sent..<bytes.count) : nil
    }

    mutating func drop(bytes count: Int) { sent += count }
    mutating func dropRate() { rates.removeFirst() }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rates.removeAll(keepingCapacity: true)
        sent = 0
    }
}
