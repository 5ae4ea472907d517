/// What a chain on an SPI bus asks of whoever holds the bus and the board's lines. Actions are carried out in order.
public enum SPIAction: Sendable {
    /// Exchange bytes with the chips and hand what they said to `complete`. A chain never has more than one transfer
    /// outstanding.
    case transfer(SPITransfer)
    /// Clock the bus at this rate from the next transfer on.
    case setClock(hertz: UInt32)
    /// Hold the chips in reset, or let them go. The line's polarity is the board's affair.
    case reset(asserted: Bool)
    /// Switch the chain's supply.
    case power(on: Bool)
    /// Drive the line that lets the chips start (DragonMint boards).
    case startEnable(Bool)
    /// Set the chain's supply voltage, and call `supplyDone` or `supplyFailed`.
    case setSupply(SupplyVID)
    /// Assign this many pieces of work soon.
    case needsWork(Int)
    /// A chip reports a solution; hash it, and tell the chain what it was (`record`).
    case found(FoundNonce)
    case event(ChainEvent)
}

/// An exchange with a chain of chips that pass bytes on from one to the next, in SPI mode 1, eight bits a word, most
/// significant bit first: two messages, the second of which only clocks the answer out.
public struct SPITransfer: Hashable, Sendable {
    /// Returned with the answer, so that a late answer cannot be taken for another.
    public let number: UInt32
    /// What to send, in `SPIOutput.bytes`.
    public let bytes: Range<Int>
    /// How many zero bytes to clock out after it; 0 leaves the second message out.
    public let pollLength: Int

    /// Bytes received in both messages together.
    public var receivedLength: Int { bytes.count + pollLength }
}

/// The actions of one or more steps of a chain, and the bytes that its transfers send.
///
/// The holder of the bus keeps one of these, carries out its actions after each step, and empties it: nothing is
/// allocated once it has reached its working size.
public struct SPIOutput: Sendable {
    public private(set) var actions: [SPIAction] = []
    public private(set) var bytes: [UInt8] = []

    public init() {
        actions.reserveCapacity(16)
        bytes.reserveCapacity(512)
    }

    /// Forgets all actions and keeps the memory.
    public mutating func removeAll() {
        actions.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ action: SPIAction) { actions.append(action) }

    /// Lets `write` append what to send.
    mutating func transfer(number: UInt32, pollLength: Int, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        actions.append(.transfer(SPITransfer(number: number, bytes: start..<bytes.count, pollLength: pollLength)))
    }
}

/// Why a chain does not take a piece of work.
public enum WorkRefusal: Error, Hashable, Sendable {
    /// As much work waits as the chain can hold.
    case queueFull
    /// Chips search whole headers; this work has only `count` nonces from `first` on.
    case partOfHeader(first: UInt32, count: UInt64)
    /// Chips search at most four versions of a header.
    case tooManyVersions(UInt64)
}
