import Base
import Mining

/// A chain of Innosilicon/DragonMint T1 chips on an SPI bus, from power-up to hashing and back
/// (Docs/chips-spi.md, "T1 chain").
///
/// It touches no bus: it takes received bytes, work, wishes and the time, and appends what is to be done to an
/// `SPIOutput`. Call `complete` or `failed` after each transfer, `supplyDone` or `supplyFailed` after each setting of
/// the supply, and `timer` when `wakeAt` has come. The fans must run before `start`.
public struct T1Chain: SPIChain, Sendable {
    /// What is being waited for or done.
    enum Step: Hashable, Sendable {
        case restart
        case powerUp(Int)
        case endStart
        case begin(Milestone)
        case identify
        case count
        case divide
        case writeLevel(T1ClockLevel)
        case verifyLevel(T1ClockLevel)
        case adjustDivider(T1ClockLevel)
        case ramp
        case point(Int)
        case sense(chip: Int)
        case search
        case resetSelfTest
        case maskSelfTest
        case recount
        case fixSelfTest
        case inspect(chip: Int)
        case beginCycle
        case dropJobs
        case collect(budget: Int)
        case readQueue(chip: Int)
        case giveJob(chip: Int, rounds: Int)
        case flush
    }

    /// The parts of the bring-up, in order.
    enum Milestone: Int, Sendable {
        case identify, count, divide
        case rampToFasterBus, fasterBus, rampToSupply, firstSearch, rampToTarget, secondSearch, fastBus
        case resetSelfTest, maskSelfTest, recount, fixSelfTest, inspect, hash
    }

    enum Pending: Sendable {
        case transfer(number: UInt32, Step)
        case wait(until: Instant, Step)
        case supply(Step)
    }

    /// A reading of all chips' converters.
    struct Sensing: Sendable {
        let quantity: T1Register.Quantity
        /// What was being done.
        let resume: Step
    }

    /// Clock rates of the bus: at first contact, from 310 MHz on, and for hashing.
    static let firstBusHertz: UInt32 = 390_625
    static let fasterBusHertz: UInt32 = 1_562_500
    static let fastBusHertz: UInt32 = 6_250_000
    /// The clock at which the supply is first brought down.
    static let supplyFrequency = ClockFrequency.megahertz(1000)

    public let plan: T1Plan
    public internal(set) var stage = ChainStage.off
    /// Work, and what came of it.
    public internal(set) var ledger: WorkLedger
    /// By position, counted from the host.
    public internal(set) var chips: [T1Chip]
    /// The clock level that the chips run at, and the one that they are to have.
    public internal(set) var level: T1ClockLevel?
    public internal(set) var targetLevel: T1ClockLevel
    /// Chips that were counted; nil while they have not been.
    public internal(set) var foundCount: Int?
    /// How the supply was last set.
    public internal(set) var supply = SupplyVID.highest
    /// Damaged answers.
    public internal(set) var checksumErrors: UInt64 = 0

    var pending: Pending?
    private var transferNumber: UInt32 = 0
    /// Transfers since the chain last let go of the bus.
    var burst = 0
    var milestone = Milestone.identify
    var rampTarget = T1ClockLevel.lowest
    var sensing: Sensing?
    /// True while the search for the supply's setting goes up, nil before its first step.
    var isSearchRising: Bool?
    var searchSteps = 0
    /// How often the present command of the bring-up has failed.
    var failures = 0
    var flushes = 0
    var restartCount = 0
    var temperatureAt: Instant?
    var voltageAt: Instant?
    var watchAt: Instant?
    var hashingSince: Instant?
    /// Since when the queue that is sampled has been full.
    var fullSince: Instant?

    /// A chain that is off.
    /// - Throws: what makes the plan's clock unfit.
    public init(plan: T1Plan, now: Instant) throws(ChainPlanError) {
        self.plan = plan
        ledger = WorkLedger(
            chipCount: plan.chipCount, target: plan.target, simulatedShift: plan.simulatedShift, now: now)
        chips = Array(repeating: T1Chip(), count: plan.chipCount)
        targetLevel = try plan.level(for: plan.frequency)
    }

    /// When `timer` is to be called next, often at once: a chain lets go of the bus after a few transfers. Nil when only other inputs can bring anything about.
    public var wakeAt: Instant? {
        if case .wait(let until, _) = pending { return until }
        return nil
    }

    /// Powers the chain up and brings it to hashing; nothing happens unless it is off or has been given up. Fans must
    /// be running.
    public mutating func start(now: Instant, into output: inout SPIOutput) {
        switch stage {
        case .off, .faulted: break
        case .bringingUp, .hashing, .backingOff: return
        }
        restartCount = 0
        if case .wait(let until, .endStart) = pending {
            // The power has only just gone.
            stage = .bringingUp
            pending = .wait(until: until, .restart)
        } else {
            beginPowerUp(now, &output)
        }
    }

    /// Puts the chips in reset, cuts their power and forgets what they had. Always possible.
    public mutating func stop(now: Instant, into output: inout SPIOutput) {
        switchOff(&output)
        stage = .off
        wait(plan.timing.powerDown, then: .endStart, now)
    }

    /// Moves the clock to `frequency`, level by level, now or when the chain is brought up.
    /// - Throws: what the plan has against it; the clock then stays where it is.
    public mutating func setFrequency(_ frequency: ClockFrequency) throws(ChainPlanError) {
        targetLevel = try plan.level(for: frequency)
    }

    /// Gives the chain up to four versions of a whole header for one of its chips.
    ///
    /// - Parameters:
    ///   - id: the number that its results are reported with.
    ///   - isClean: whether all earlier work is worthless now; the chips then drop it.
    public mutating func assign(_ work: Work, id: UInt64, isClean: Bool) throws(WorkRefusal) {
        guard work.variantCount <= UInt64(T1Job.slotCount) else { throw .tooManyVersions(work.variantCount) }
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

    /// Notes that the supply has been set as asked.
    public mutating func supplyDone(now: Instant, into output: inout SPIOutput) {
        guard case .supply(let step) = pending else { return }
        pending = nil
        wait(plan.timing.supplyStep, then: step, now)
    }

    /// Notes that the supply could not be set.
    public mutating func supplyFailed(now: Instant, into output: inout SPIOutput) {
        guard case .supply = pending else { return }
        fail(.supplyFailed, now, &output)
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

    /// Hashes per second that the chip should do: each core two in a clock cycle.
    public func expectedHashesPerSecond(ofChip chip: Int) -> Double {
        guard chips.indices.contains(chip), chips[chip].state == .working, let level else { return 0 }
        return 2 * Double(chips[chip].cores) * Double(level.frequency.hertz) / ledger.slowdown
    }

    // MARK: Doing and waiting

    mutating func send(_ request: T1Request, for step: Step, _ output: inout SPIOutput) {
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
            for _ in 0..<T1Request.flushLength { $0.append(0) }
        }
    }

    mutating func wait(_ duration: Duration, then step: Step, _ now: Instant) {
        pending = .wait(until: now + duration, step)
    }

    /// The answer to a request among received bytes; nil when there is none that can be used.
    mutating func answer(to request: T1Request, in received: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        do throws(T1AnswerError) {
            return try request.answer(in: received)
        } catch {
            if error == .checksum { checksumErrors &+= 1 }
            return nil
        }
    }

    /// What a chip's register says; nil when the chip did not answer.
    mutating func register(of chip: Int, in received: ArraySlice<UInt8>) -> T1Register? {
        answer(to: .readRegister(chip: UInt8(chip + 1)), in: received).flatMap { T1Register(bytes: $0.dropFirst(2)) }
    }
}
