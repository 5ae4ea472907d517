import Base
import Mining

/// What a chain asks of whoever holds its bus. Actions are carried out in order.
public enum ChainAction: Sendable {
    /// Send these bytes of `ChainOutput.bytes`.
    case send(Range<Int>)
    /// Once everything sent has left: set the host's line rate, in baud.
    case setBaud(UInt32)
    /// Throw away what has been received and not been read.
    case discardInput
    /// Hold the chips in reset, or let them go. The line's polarity is the board's affair.
    case reset(asserted: Bool)
    /// Assign work soon: the present job is nearly used up.
    case needsWork
    /// A chip reports a solution; hash it, and tell the chain what it was (`record`).
    case found(FoundNonce)
    case event(ChainEvent)
}

/// The actions of one or more steps of a chain, and the bytes they refer to.
///
/// The holder of the bus keeps one of these, carries out its actions after each step, and empties it: nothing is allocated
/// once it has reached its working size.
public struct ChainOutput: Sendable {
    public private(set) var actions: [ChainAction] = []
    public private(set) var bytes: [UInt8] = []

    public init() {
        actions.reserveCapacity(64)
        bytes.reserveCapacity(512)
    }

    /// Forgets all actions and keeps the memory.
    public mutating func removeAll() {
        actions.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ action: ChainAction) { actions.append(action) }

    /// Lets `write` append a frame, to be sent.
    mutating func send(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        actions.append(.send(start..<bytes.count))
    }
}

/// A nonce that a chip reported, attributed to the work that it belongs to.
public struct FoundNonce: Hashable, Sendable {
    /// The number under which the work was assigned.
    public var workID: UInt64
    public var solution: Solution
    /// The largest hash that the chip was told to report.
    public var ticket: UInt256
    /// Position of the chip, counted from the host; nil when the result does not tell.
    public var chip: Int?
    public var core: Int

    public init(workID: UInt64, solution: Solution, ticket: UInt256, chip: Int?, core: Int) {
        self.workID = workID
        self.solution = solution
        self.ticket = ticket
        self.chip = chip
        self.core = core
    }
}

/// Something about a chain that an operator may want to know.
public enum ChainEvent: Hashable, Sendable {
    /// Fewer chips answer than the board should have, and the board file allows to go on. Commands pass from chip to
    /// chip, so the break is most likely behind number `found`.
    case chipsMissing(found: Int, expected: Int)
    /// The chip was given its address and does not answer to it.
    case chipUnaddressed(chip: Int)
    /// The chip has had no valid nonce for far longer than chance explains.
    case chipSilent(chip: Int)
    /// A silent chip has had a valid nonce again.
    case chipRecovered(chip: Int)
    /// The chip has stopped answering; it is left alone for a while.
    case chipCoolingDown(chip: Int)
    /// The chip is given no more work: it has too few working cores, or has not answered for too long.
    case chipDisabled(chip: Int)
    /// The chip has few working cores and runs at this clock instead of the chain's.
    case chipSlowed(chip: Int, ClockFrequency)
    /// No chip from this one on answers, and all before it do: most likely the link between the two is broken.
    case chainBroken(at: Int)
    /// The supply is set for the chips' target; what they measure on average.
    case supplyFound(SupplyVID, averageMillivolts: Int)
    /// The line runs at this rate now.
    case lineRate(baud: UInt32)
    /// Chips did not answer at the higher rate; the line stays at the lower.
    case lineRateFallback(from: UInt32, to: UInt32)
    /// Damaged responses in the last minute, more than the line may have.
    case lineErrors(perMinute: UInt32)
    /// All chips are set up and take work.
    case hashing
    /// The chips have used up their work and have been given no more.
    case workOverdue
    /// The chips are in reset and will be brought up anew.
    case restarting(ChainFault, attempt: Int)
    /// The chips are in reset and stay there.
    case faulted(ChainFault)
}

/// Why a chain cannot hash.
public enum ChainFault: Error, Hashable, Sendable {
    /// No chip answers at all.
    case noChips
    /// The chips that answer are fewer than allowed, or more than there can be.
    case chipCount(found: Int, expected: Int)
    /// The chips are of another model than the board file says; the model as digits.
    case foreignChips(model: UInt16)
    /// The chips' responses have a length that does not fit their settings.
    case responseLength
    /// Chips that do not answer to their addresses, more than allowed.
    case unaddressed(count: Int)
    /// The chips were lost in a change of the line rate.
    case lineLost
    /// A command of the bring-up, by its code, that was repeated and never answered.
    case unanswered(command: UInt8)
    /// Commands fail again and again, whatever is done to clear the bus.
    case busLost
    /// The clocks of fewer chips lock than the board needs.
    case clocksUnlocked(count: Int)
    /// A chip is so hot that the chain was switched off at once; it is not restarted.
    case overheated(chip: Int)
    /// The supply does not take its setting.
    case supplyFailed
    /// The chips cannot be brought to a voltage at which they work; what they measure on average, nil when none can
    /// tell.
    case voltage(averageMillivolts: Int?)
    /// No valid nonce for far longer than chance explains.
    case silent
}
