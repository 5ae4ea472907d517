import Base
import Mining
import SHA256

/// Deals out the current job's search space to whoever hashes, and judges what comes back.
///
/// It knows nothing of chips or threads: a chain draws work in the size that suits it, and reports solutions by the
/// number of the work. Every piece dealt out is remembered until the ring of records comes round, so that late
/// results are judged against the header that they were found in.
public struct WorkDistributor: Sendable {
    /// A piece of work and the number under which its results are reported.
    public struct Assignment: Sendable {
        public let id: UInt64
        public let work: Work
    }

    /// What became of a reported solution.
    public enum Finding: Sendable {
        /// The work is unknown or its job was declared worthless by the pool.
        case stale
        case judged(ShareCheck.Verdict)
    }

    /// Pieces of work that are remembered.
    public let recordLimit: Int

    private var records: [Assignment?]
    private var nextID: UInt64 = 1
    private var generation: UInt32 = 0
    /// The first generation whose shares are still worth something.
    private var firstValidGeneration: UInt32 = 0
    private var source: WorkSource?
    private var content: JobContent?
    private var check: ShareCheck

    /// - Parameter recordLimit: at least four times the pieces of work that are being hashed at once.
    public init(recordLimit: Int = 1024) {
        self.recordLimit = max(4, recordLimit)
        records = Array(repeating: nil, count: self.recordLimit)
        check = ShareCheck(shareTarget: .max)
    }

    /// True while there is something to mine.
    public var hasJob: Bool { source != nil }

    /// Takes up a job, or the same job under new conditions. Work drawn from now on belongs to it.
    ///
    /// - Throws: what makes the job unfit; the job before stays in force then.
    public mutating func adopt(
        _ job: JobTemplate, extranonce: Extranonce, versionMask: VersionMask?, difficulty: Difficulty, now: Instant
    ) throws(WorkTemplateError) {
        let template = try WorkTemplate(
            job: job, extranonce: extranonce, versionMask: versionMask, difficulty: difficulty,
            generation: generation &+ 1)
        generation &+= 1
        if job.isClean {
            firstValidGeneration = generation
            check.forgetShares()
        }
        // The same content again would be searched again from the start: go on behind what was dealt out.
        let content = JobContent(job, extranonce)
        let first = content == self.content ? source?.nextExtranonce2 ?? 0 : 0
        self.content = content
        source = WorkSource(template, receivedAt: now, firstExtranonce2: first)
        check.shareTarget = template.shareTarget
    }

    /// Stops dealing out work, for when there is no pool to mine for. What was dealt out before is still judged.
    public mutating func dropJob() {
        source = nil
        content = nil
    }

    /// Declares everything dealt out so far worthless, for when a pool is left for another.
    public mutating func invalidate() {
        dropJob()
        firstValidGeneration = generation &+ 1
        check.forgetShares()
    }

    /// All nonces of one header, for the processor; nil when there is no job or its search space is used up.
    public mutating func drawHeader(now: Instant) -> Assignment? { drawVersions(upTo: 1, now: now) }

    /// All nonces of up to `limit` versions of a header; nil when there is no job or its search space is used up.
    public mutating func drawVersions(upTo limit: UInt64, now: Instant) -> Assignment? {
        guard source != nil else { return nil }
        do {
            guard let work = try source?.nextVersions(upTo: limit, now: now) else { return nil }
            let assignment = Assignment(id: nextID, work: work)
            records[Int(nextID % UInt64(recordLimit))] = assignment
            nextID += 1
            return assignment
        } catch {
            return nil
        }
    }

    /// Judges a solution of the work number `id` by hashing it.
    /// - Parameter ticket: the largest hash that the chip or kernel was told to report.
    public mutating func judge(_ solution: Solution, workID id: UInt64, ticket: UInt256) -> Finding {
        guard let record = records[Int(id % UInt64(recordLimit))], record.id == id,
            record.work.generation >= firstValidGeneration
        else { return .stale }
        return .judged(check.check(solution, of: record.work, ticket: ticket))
    }

    /// Everything that decides which headers a job leads to, but the time, which rolls.
    private struct JobContent: Equatable {
        let job: JobTemplate
        let extranonce: Extranonce

        init(_ job: JobTemplate, _ extranonce: Extranonce) {
            var timeless = job
            timeless.id = []
            timeless.time = 0
            timeless.isClean = false
            self.job = timeless
            self.extranonce = extranonce
        }
    }
}
