import Base
import Mining
import Stratum

/// Deals out the current job's search space to whoever hashes, and judges what comes back.
///
/// It knows nothing of chips or threads: a chain draws work in the size that suits it, and reports solutions by the
/// number of the work. Every piece dealt out is remembered until the ring of records comes round, so that late
/// results are judged against the header that they were found in.
public struct WorkDistributor: Sendable {
    /// A piece of work and the number under which its results are reported.
    public struct Piece: Sendable {
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

    private struct Record {
        var piece: Piece
        /// Counts the jobs taken up: pools may go back to an earlier generation.
        var epoch: UInt64
    }

    private var records: [Record?]
    private var nextID: UInt64 = 1
    private var epoch: UInt64 = 0
    /// The first epoch whose shares are still worth something.
    private var firstValidEpoch: UInt64 = 0
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
    public mutating func adopt(_ assignment: Assignment, now: Instant) throws(WorkTemplateError) {
        let template = try WorkTemplate(
            job: assignment.job, extranonce: assignment.extranonce,
            versionMask: assignment.versionMask.map { VersionMask(granted: $0) },
            difficulty: assignment.difficulty, generation: assignment.generation)
        epoch += 1
        if assignment.job.isClean {
            firstValidEpoch = epoch
            check.forgetShares()
        }
        // The same content again would be searched again from the start: go on behind what was dealt out.
        let content = JobContent(assignment.job, assignment.extranonce)
        check.shareTarget = template.shareTarget
        if content == self.content, let source {
            guard let first = source.nextExtranonce2 else { return }
            self.source = WorkSource(template, receivedAt: now, firstExtranonce2: first)
        } else {
            self.content = content
            source = WorkSource(template, receivedAt: now)
        }
    }

    /// Stops dealing out work, for when there is no pool to mine for. What was dealt out before is still judged.
    public mutating func dropJob() {
        source = nil
        content = nil
    }

    /// All nonces of one header, for the processor; nil when there is no job or its search space is used up.
    public mutating func drawHeader(now: Instant) -> Piece? { drawVersions(upTo: 1, now: now) }

    /// All nonces of up to `limit` versions of a header; nil when there is no job or its search space is used up.
    public mutating func drawVersions(upTo limit: UInt64, now: Instant) -> Piece? {
        guard source != nil else { return nil }
        do {
            guard let work = try source?.nextVersions(upTo: limit, now: now) else { return nil }
            let piece = Piece(id: nextID, work: work)
            records[Int(nextID % UInt64(recordLimit))] = Record(piece: piece, epoch: epoch)
            nextID += 1
            return piece
        } catch {
            return nil
        }
    }

    /// Judges a nonce that a hash worker found in its piece of work, by hashing its header.
    public mutating func judge(_ nonce: UInt32, workID id: UInt64) -> Finding {
        guard let work = work(id), let solution = work.solution(nonce: nonce, slot: 0) else { return .stale }
        return .judged(check.check(solution, of: work, ticket: Self.searchLimit(of: work)))
    }

    /// Judges a chip's solution by hashing its header.
    /// - Parameter ticket: the largest hash that the chip was told to report.
    public mutating func judge(_ solution: Solution, workID id: UInt64, ticket: UInt256) -> Finding {
        guard let work = work(id) else { return .stale }
        return .judged(check.check(solution, of: work, ticket: ticket))
    }

    /// The piece with this number, while its job is worth something.
    private func work(_ id: UInt64) -> Work? {
        guard let record = records[Int(id % UInt64(recordLimit))], record.piece.id == id,
            record.epoch >= firstValidEpoch
        else { return nil }
        return record.piece.work
    }

    /// Workers report hashes whose top 32 bits are at most those of the work's target (`ScanKernel.scan`).
    private static func searchLimit(of work: Work) -> UInt256 {
        UInt256(high: UInt128(work.searchTarget.top32) << 96 | (1 << 96 - 1), low: .max)
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
