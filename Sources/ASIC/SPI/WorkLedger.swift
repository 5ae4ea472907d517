import Base
import Mining

/// The work of a chain whose chips are given jobs one by one: what waits, what each chip has, and what came of it.
///
/// Every piece of work is a header of its own, goes to a single chip, and is searched by it from end to end, so
/// nothing is hashed twice and nothing is left out.
public struct WorkLedger: Sendable {
    /// Ids that a chip's jobs go by, 1–4 on the wire: twice as many as fit in the chip's queue.
    static let jobIDCount = 4

    /// A job on its way to a chip.
    struct Order {
        let jobID: UInt8
        let work: Work
        let target: ReportingTarget
    }

    private struct Chip {
        var jobs = JobTable(slotCount: WorkLedger.jobIDCount, hold: .zero)
        /// The id of the latest job, 0 before the first.
        var latestID: UInt8 = 0
        /// Since when the chip has had work without a pause.
        var busySince: Instant?
    }

    public internal(set) var statistics: ChainStatistics
    public internal(set) var hashRate: HashRateEstimate
    /// The hardest target that chips are given.
    let target: ReportingTarget
    /// By how many powers of two simulated chips are slower, their jobs shorter and their targets easier; 0 for real ones.
    let simulatedShift: Int
    private var chips: [Chip]
    private var waiting: [(id: UInt64, work: Work)] = []
    /// How much work may wait.
    public let queueLimit: Int
    private var recentResults = RecentResults()
    /// When the latest valid nonce of any chip came.
    private var lastValidAt: Instant?
    /// Whether chips are to be told to drop what they have.
    private(set) var isDropWanted = false
    /// Set when work was asked for and has not come, and when that has been told.
    private var isWorkWanted = false
    private var isWorkOverdue = false

    init(chipCount: Int, target: ReportingTarget, simulatedShift: Int = 0, now: Instant) {
        // Results do not tell which core found them.
        statistics = ChainStatistics(chipCount: chipCount, coresPerChip: 1)
        hashRate = HashRateEstimate(startedAt: now)
        self.target = target
        self.simulatedShift = simulatedShift
        chips = Array(repeating: Chip(), count: chipCount)
        // Both places in every chip's queue.
        queueLimit = 2 * chipCount
        waiting.reserveCapacity(queueLimit)
    }

    /// How many times slower than real ones the chips are.
    var slowdown: Double { Double(1 << UInt64(simulatedShift)) }

    // MARK: Work

    /// Pieces of work that wait to be given to a chip.
    public var waitingCount: Int { waiting.count }

    /// Lets a whole header wait for a chip.
    ///
    /// - Parameter isClean: whether all earlier work is worthless now.
    mutating func assign(_ work: Work, id: UInt64, isClean: Bool) throws(WorkRefusal) {
        guard work.header.nonce == 0, work.nonceCount == Work.nonceSpace else {
            throw .partOfHeader(first: work.header.nonce, count: work.nonceCount)
        }
        if isClean { abandonAll() }
        guard waiting.count < queueLimit else { throw .queueFull }
        waiting.append((id, work))
        isWorkWanted = false
        isWorkOverdue = false
    }

    /// Declares all work so far worthless: chips are to drop it, and results of it are counted as stale.
    mutating func abandonAll() {
        waiting.removeAll(keepingCapacity: true)
        for chip in chips.indices { chips[chip].jobs.invalidateAll() }
        isDropWanted = true
        isWorkWanted = false
    }

    /// Notes that chips have dropped what they had.
    mutating func dropped() { isDropWanted = false }

    /// How much work to ask for; nil when that has been done, or plenty waits.
    mutating func takeWish() -> Int? {
        // Enough for one more job to every chip is kept, and asked for in larger numbers.
        guard !isWorkWanted, waiting.count <= queueLimit / 2 else { return nil }
        isWorkWanted = true
        return queueLimit - waiting.count
    }

    /// Notes that a chip could not be given what was asked for; true for the first time.
    mutating func becameOverdue() -> Bool {
        guard isWorkWanted, !isWorkOverdue else { return false }
        isWorkOverdue = true
        return true
    }

    /// Forgets what chips have, because they have been reset and forgot it too. Work that waits is kept.
    mutating func forgetJobs() {
        for chip in chips.indices {
            chips[chip].jobs.removeAll()
            chips[chip].busySince = nil
            statistics.chips[chip].isPresent = false
            statistics.chips[chip].isSilent = false
            statistics.chips[chip].lastValidAt = nil
        }
        recentResults.removeAll()
        lastValidAt = nil
        isDropWanted = false
        isWorkWanted = false
        isWorkOverdue = false
    }

    /// The id that the chip's next job will have.
    func nextJobID(of chip: Int) -> UInt8 { chips[chip].latestID % UInt8(Self.jobIDCount) + 1 }

    /// Takes the next piece of work for a chip; nil when none waits.
    mutating func takeJob(for chip: Int, now: Instant) -> Order? {
        guard let next = waiting.first else { return nil }
        let target = ReportingTarget(for: next.work, limit: target, simulatedShift: simulatedShift)
        let ticket = target.largestHash(simulatedShift: simulatedShift)
        guard let slot = chips[chip].jobs.insert(next.work, id: next.id, ticket: ticket, now: now) else {
            return nil
        }
        waiting.removeFirst()
        chips[chip].latestID = UInt8(slot + 1)
        if chips[chip].busySince == nil { chips[chip].busySince = now }
        return Order(jobID: UInt8(slot + 1), work: next.work, target: target)
    }

    /// Notes that a chip has nothing to do: its silence from now on means nothing.
    mutating func markIdle(_ chip: Int) {
        chips[chip].busySince = nil
    }

    // MARK: Results

    /// Attributes a result to its work.
    ///
    /// - Parameters:
    ///   - chip: position on the chain, counted from the host.
    ///   - slot: which of the work's versions the nonce is for, as the chip has it; versions that the work lacks
    ///     were given to the chip as copies of the first.
    /// - Returns: nil when there is nothing to check; it has been counted then.
    mutating func find(chip: Int, jobID: UInt8, nonce: UInt32, slot: Int) -> FoundNonce? {
        guard chips.indices.contains(chip), let job = chips[chip].jobs[Int(jobID) - 1] else {
            statistics.unknownJobs &+= 1
            return nil
        }
        guard job.isCurrent else {
            statistics.staleResults &+= 1
            return nil
        }
        let isOwnVersion = UInt64(clamping: slot) < job.work.variantCount
        guard let solution = job.work.solution(nonce: nonce, slot: isOwnVersion ? slot : 0) else { return nil }
        guard recentResults.insert(solution, workID: job.workID) else {
            statistics.recordDuplicate(chip: chip)
            return nil
        }
        return FoundNonce(workID: job.workID, solution: solution, ticket: job.ticket, chip: chip, core: 0)
    }

    /// Counts a checked result; true when it ends a chip's silence.
    mutating func record(_ found: FoundNonce, isValid: Bool, now: Instant) -> Bool {
        guard isValid else {
            statistics.recordHardwareError(chip: found.chip, core: found.core)
            return false
        }
        statistics.recordValid(chip: found.chip, core: found.core, now: now)
        hashRate.record(hashes: 0x1p256 / found.ticket.approximation, now: now)
        lastValidAt = now
        guard let chip = found.chip, statistics.chips.indices.contains(chip), statistics.chips[chip].isSilent else {
            return false
        }
        statistics.chips[chip].isSilent = false
        return true
    }

    // MARK: Silence

    /// Expected times between results after which a chip without any is silent; by chance that happens once in e³⁰
    /// such times. And the least time that counts as silence.
    private static let silenceIntervals = 30.0
    private static let shortestSilence = 60.0

    /// Whether a chip at this hash rate has just become silent.
    mutating func becameSilent(_ chip: Int, hashesPerSecond: Double, now: Instant) -> Bool {
        guard hashesPerSecond > 0, !statistics.chips[chip].isSilent, let busySince = chips[chip].busySince else {
            return false
        }
        let since = max(busySince, statistics.chips[chip].lastValidAt ?? busySince)
        let hashes = target.hashesPerResult / slowdown
        let limit = max(Self.shortestSilence, Self.silenceIntervals * hashes / hashesPerSecond)
        guard Double((now - since).nanoseconds) / 1e9 > limit else { return false }
        statistics.chips[chip].isSilent = true
        return true
    }

    /// How long chips have had work without finding anything valid; nil while none has work.
    func silence(now: Instant) -> Duration? {
        var since: Instant?
        for chip in chips {
            if let busy = chip.busySince { since = min(since ?? busy, busy) }
        }
        return since.map { now - max($0, lastValidAt ?? $0) }
    }
}
