import Base
import Mining

/// A chain of Bitmine A1 chips on an SPI bus, from reset to hashing and back (Docs/chips-spi.md, "A1 chain").
///
/// It touches no bus: it takes received bytes, work, wishes and the time, and appends what is to be done to an
/// `SPIOutput`. Call `complete` or `failed` after each transfer, and `timer` when `wakeAt` has come.
public struct A1Chain: SPIChain, Sendable {
    /// What is being waited for or done.
    enum Step: Hashable, Sendable {
        case restart
        case releaseReset
        case clearJobs
        case count
        case setClocks
        case awaitLock(chip: Int, attempt: Int)
        case fixSelfTest
        case inspect(chip: Int)
        case setClock(chip: Int)
        case awaitOwnLock(chip: Int, attempt: Int)
        case beginCycle
        case dropJobs
        case collect(budget: Int)
        case visit(chip: Int)
        case giveJob(chip: Int, count: Int, id: UInt8)
        case probe(chip: Int)
        /// Brings the bus back in step, and goes on with the visits.
        case flush(nextVisit: Int)
    }

    enum Pending: Sendable {
        case transfer(number: UInt32, Step)
        case wait(until: Instant, Step)
    }

    public let plan: A1Plan
    public internal(set) var stage = ChainStage.off
    /// Work, and what came of it.
    public internal(set) var ledger: WorkLedger
    /// By position, counted from the host.
    public internal(set) var chips: [A1Chip]
    /// The clock that the chips were last told, and the one that they are to have.
    public internal(set) var clock: A1Clock?
    public internal(set) var targetClock: A1Clock
    /// Chips that were counted; nil while they have not been.
    public internal(set) var foundCount: Int?

    var pending: Pending?
    private var transferNumber: UInt32 = 0
    /// Transfers since the chain last let go of the bus.
    var burst = 0
    /// How often the present command of the bring-up has failed.
    var failures = 0
    var restartCount = 0
    var hashingSince: Instant?
    var watchAt: Instant?
    /// The first chip behind a break that has been reported.
    var reportedBreak: Int?

    /// A chain that is off.
    /// - Throws: what makes the plan's clock unfit.
    public init(plan: A1Plan, now: Instant) throws(ChainPlanError) {
        self.plan = plan
        ledger = WorkLedger(
            chipCount: plan.chipCount, target: plan.target, simulatedShift: plan.simulatedShift, now: now)
        chips = Array(repeating: A1Chip(), count: plan.chipCount)
        targetClock = try plan.clock(for: plan.frequency)
    }

    /// When `timer` is to be called next, often at once: a chain lets go of the bus after a few transfers. Nil when only other inputs can bring anything about.
    public var wakeAt: Instant? {
        if case .wait(let until, _) = pending { return until }
        return nil
    }

    /// Brings the chain up from reset; nothing happens unless it is off or has been given up.
    public mutating func start(now: Instant, into output: inout SPIOutput) {
        switch stage {
        case .off, .faulted: break
        case .bringingUp, .hashing, .backingOff: return
        }
        restartCount = 0
        beginReset(now, &output)
    }

    /// Puts the chips in reset and forgets what they had. Always possible.
    public mutating func stop(now: Instant, into output: inout SPIOutput) {
        output.append(.reset(asserted: true))
        forgetChips()
        stage = .off
        pending = nil
    }

    /// Moves the clock to `frequency`, at once or when the chain is brought up.
    /// - Throws: what the plan has against it; the clock then stays where it is.
    public mutating func setFrequency(_ frequency: ClockFrequency) throws(ChainPlanError) {
        targetClock = try plan.clock(for: frequency)
    }

    /// Gives the chain a whole header for one of its chips.
    ///
    /// - Parameters:
    ///   - id: the number that its results are reported with.
    ///   - isClean: whether all earlier work is worthless now; the chips then drop it.
    public mutating func assign(_ work: Work, id: UInt64, isClean: Bool) throws(WorkRefusal) {
        try ledger.assign(work, id: id, isClean: isClean)
    }

    /// Declares all work so far worthless; the chips drop it.
    public mutating func abandonWork() {
        ledger.abandonAll()
    }

    /// Takes what was received in transfer `number`, in both of its messages together.
    public mutating func complete(
        _ number: UInt32, received: ArraySlice<UInt8>, now: Instant, into output: inout SPIOutput
    ) {
        guard case .transfer(number, let step) = pending else { return }
        pending = nil
        finish(step, received, now, &output)
    }

    /// Notes that the bus could not carry out transfer `number`; to the chain that is an answer of no bytes.
    public mutating func failed(_ number: UInt32, now: Instant, into output: inout SPIOutput) {
        complete(number, received: [], now: now, into: &output)
    }

    /// Does what is due at `now`.
    public mutating func timer(now: Instant, into output: inout SPIOutput) {
        guard case .wait(let until, let step) = pending, until <= now else { return }
        pending = nil
        burst = 0
        run(step, now, &output)
    }

    /// Tells the chain whether a nonce that it reported met its ticket when hashed again.
    public mutating func record(_ found: FoundNonce, isValid: Bool, now: Instant, into output: inout SPIOutput) {
        take(found, isValid: isValid, now, &output)
    }

    /// Chips that take work.
    public var workingCount: Int { chips.reduce(0) { $0 + ($1.state == .working ? 1 : 0) } }

    /// Hashes per second that the chip should do: each core one in a clock cycle.
    public func expectedHashesPerSecond(ofChip chip: Int) -> Double {
        guard chips.indices.contains(chip), chips[chip].state == .working, let clock else { return 0 }
        return Double(chips[chip].cores) * Double((chips[chip].ownClock ?? clock).frequency.hertz) / ledger.slowdown
    }

    // MARK: Doing and waiting

    mutating func send(_ request: A1Request, for step: Step, _ output: inout SPIOutput) {
        transferNumber &+= 1
        burst += 1
        pending = .transfer(number: transferNumber, step)
        output.transfer(number: transferNumber, pollLength: request.pollLength(chipCount: foundCount)) {
            request.append(to: &$0)
        }
    }

    mutating func sendFlush(for step: Step, _ output: inout SPIOutput) {
        transferNumber &+= 1
        burst += 1
        pending = .transfer(number: transferNumber, step)
        output.transfer(number: transferNumber, pollLength: 0) {
            for _ in 0..<A1Request.flushLength { $0.append(0) }
        }
    }

    mutating func wait(_ duration: Duration, then step: Step, _ now: Instant) {
        pending = .wait(until: now + duration, step)
    }
}
