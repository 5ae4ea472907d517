import Base
import Mining

/// A chain of BM13xx chips on a UART, from reset to hashing and back.
///
/// It touches no bus: it takes bytes, work, wishes and the time, and appends what is to be done to a `ChainOutput`. Call
/// `timer` when `wakeAt` has come.
///
///     off ─ start ─▶ bringing up ─▶ hashing
///      ▲                │  ▲          │
///      └──── stop ──────┤  └─ restart ┤ fault
///                       ▼             ▼
///                    faulted (no restarts left)
public struct UARTChain: Sendable {
    public let plan: ChainPlan
    public internal(set) var stage = ChainStage.off
    public internal(set) var statistics: ChainStatistics
    /// By position, counted from the host.
    public internal(set) var health: [ChipHealth]
    public internal(set) var receiver = ResponseReceiver(length: nil)
    public internal(set) var hashRate: HashRateEstimate
    /// Clock of the chips: where it is and where it goes.
    public internal(set) var ramp: FrequencyRamp
    /// Index into the family's line rates.
    public internal(set) var baudIndex = 0

    /// What the chain is in the middle of; `nil` between steps of hashing.
    var activity: Activity?
    /// Where the bring-up is: the step, the chip within it, the write within that.
    var program = ProgramCounter()
    /// Broadcast writes on their way out, one each command gap.
    var writes = WriteQueue()
    /// Not to be raised again once chips were lost at a higher rate.
    var highestBaud: Int
    var restartCount = 0
    var jobs: JobTable
    var recentResults = RecentResults()
    /// The newest work that could not be sent yet.
    var waitingWork: (id: UInt64, work: Work)?
    var timers = HashingTimers()
    var versionMask: UInt32 = VersionMask.generalPurpose
    /// The latest valid nonce, or the first job if there was none.
    var lastValidAt: Instant?
    var checksumErrorsAtMinute: UInt32 = 0

    public init(plan: ChainPlan, now: Instant) {
        self.plan = plan
        statistics = ChainStatistics(chipCount: plan.chipCount, coresPerChip: plan.family.cores)
        health = Array(repeating: ChipHealth(), count: plan.chipCount)
        hashRate = HashRateEstimate(startedAt: now)
        ramp = Self.startingRamp(plan, target: plan.frequency)
        highestBaud = plan.fastestBaud
        jobs = JobTable(slotCount: plan.family.jobIDs.count, hold: plan.timing.resultHold)
    }

    /// When `timer` is to be called next; nil when only other inputs can bring anything about.
    public var wakeAt: Instant? {
        guard stage == .hashing else { return activity?.deadline }
        return .earliest(timers.earliest, activity?.deadline ?? writes.nextAt)
    }

    /// Brings the chain up from reset; nothing happens unless it is off or has been given up.
    public mutating func start(now: Instant, into output: inout ChainOutput) {
        switch stage {
        case .off, .faulted: break
        case .bringingUp, .hashing, .backingOff: return
        }
        restartCount = 0
        highestBaud = plan.fastestBaud
        beginReset(now, &output)
    }

    /// Puts the chips in reset and forgets all work. Always possible.
    public mutating func stop(now: Instant, into output: inout ChainOutput) {
        output.append(.reset(asserted: true))
        forgetChips()
        stage = .off
        activity = nil
    }

    /// Moves the clock to `frequency` in steps, now or when the chain is brought up.
    /// - Throws: what the plan has against it; the clock then stays where it is.
    public mutating func setFrequency(_ frequency: ClockFrequency, now: Instant) throws(ChainPlanError) {
        try plan.check(frequency)
        ramp.target = frequency
        if stage == .hashing, !ramp.isComplete, timers.ramp == nil { timers.ramp = now }
    }

    /// Gives the chips their next job. Work that comes too early is kept, the newest only, and sent when the chips are
    /// ready.
    ///
    /// - Parameters:
    ///   - id: the number that its results are reported with.
    ///   - isClean: whether results of all earlier work are worthless now.
    public mutating func assign(
        _ work: Work, id: UInt64, isClean: Bool, now: Instant, into output: inout ChainOutput
    ) {
        if isClean { jobs.invalidateAll() }
        waitingWork = (id, work)
        if stage == .hashing { sendWaitingWork(now, &output) }
    }

    /// Takes bytes from the chips. Of one type, not of any sequence: iterating over that allocates for every byte where the
    /// compiler does not see both sides.
    public mutating func receive(_ bytes: ArraySlice<UInt8>, now: Instant, into output: inout ChainOutput) {
        for byte in bytes {
            guard let response = receiver.receive(byte) else { continue }
            handle(response, now, &output)
        }
    }

    /// Does what is due at `now`.
    public mutating func timer(now: Instant, into output: inout ChainOutput) {
        if let activity {
            if activity.deadline <= now { finish(activity, now, &output) }
        } else if stage == .hashing {
            sendNextWrite(now, &output)
        }
        if stage == .hashing { hashingTimer(now, &output) }
    }

    /// Tells the chain whether a nonce that it reported met its ticket when hashed again.
    public mutating func record(_ found: FoundNonce, isValid: Bool, now: Instant, into output: inout ChainOutput) {
        guard isValid else {
            statistics.recordHardwareError(chip: found.chip, core: found.core)
            return
        }
        statistics.recordValid(chip: found.chip, core: found.core, now: now)
        hashRate.record(hashes: plan.hashesPerReport, now: now)
        lastValidAt = now
        if let chip = found.chip { notSilent(chip, &output) }
    }

    /// A chip that was missed has been heard of.
    mutating func notSilent(_ chip: Int, _ output: inout ChainOutput) {
        guard statistics.chips.indices.contains(chip), statistics.chips[chip].isSilent else { return }
        statistics.chips[chip].isSilent = false
        output.append(.event(.chipRecovered(chip: chip)))
    }

    /// Chips that answered to their addresses.
    public var presentChipCount: Int {
        statistics.chips.reduce(0) { $0 + ($1.isPresent ? 1 : 0) }
    }

    /// Hashes per second that the chips should do at their present clock.
    public var expectedHashesPerSecond: UInt64 {
        UInt64(presentChipCount) * plan.hashesPerSecond(at: ramp.current)
    }

    static func startingRamp(_ plan: ChainPlan, target: ClockFrequency) -> FrequencyRamp {
        let below = plan.family.rampStart.hertz - min(plan.family.rampStart.hertz, FrequencyRamp.stepHertz)
        return FrequencyRamp(at: ClockFrequency(hertz: below), target: target)
    }
}
