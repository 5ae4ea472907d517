import Base
import SHA256

/// Deals out the search space of one job in pieces that never overlap.
///
/// The space is counted through in the order nonce, version, time, extranonce2, fastest first. A new nonce costs
/// nothing; a new version or time costs at most one SHA-256 block, once per 2^32 hashes; a new extranonce2 costs the
/// coinbase and a whole merkle branch, some forty blocks, so it comes last. Version comes before time, although time
/// would not even change the midstate, because any granted version is as good as another while pools grow wary of
/// times ahead of the clock: with 16 version bits a rig must do 280 TH/s to use up a second in a second.
///
/// Header times start at the job's time plus the age of the job, only ever grow while extranonce2 stays the same, and
/// stay within the template's window.
///
/// Three sizes of piece suit three kinds of searcher, and may be mixed: a larger unit that has been opened to deal
/// out parts of it is dealt to its end by the smaller sizes, so nothing is left out.
public struct WorkSource: Sendable {
    public let template: WorkTemplate
    private let receivedAt: Instant
    /// The next version space to deal out; nil when the last one is gone.
    private var frontier: VersionSpace?
    /// A version space being dealt out in parts, and the first variant that is left of it.
    private var openedSpace: (space: VersionSpace, variant: UInt64)?
    /// A header being dealt out in parts, and the first nonce that is left of it.
    private var openedHeader: (work: Work, nonce: UInt64)?

    /// The headers that differ only in version and nonce.
    private struct VersionSpace {
        var extranonce2: Extranonce2
        var merkleRoot: Digest
        var time: UInt32
    }

    /// - Parameters:
    ///   - receivedAt: when the job came; header times advance with the time since.
    ///   - firstExtranonce2: where to start counting. To replace a source for the same job on the same connection
    ///     (the pool sent the job again, or changed mask or difficulty), go on from the old one's `nextExtranonce2`.
    public init(_ template: WorkTemplate, receivedAt: Instant, firstExtranonce2: UInt64 = 0) {
        self.template = template
        self.receivedAt = receivedAt
        if let first = Extranonce2(firstExtranonce2, size: template.extranonce2Size) {
            frontier = VersionSpace(
                extranonce2: first, merkleRoot: template.merkleRoot(first), time: template.times.lowerBound)
        }
    }

    /// The smallest extranonce2 that no work has been dealt from; nil when there is none left.
    public var nextExtranonce2: UInt64? {
        guard let frontier else { return nil }
        let isFresh = frontier.time == template.times.lowerBound
        return isFresh ? frontier.extranonce2.value : frontier.extranonce2.successor?.value
    }

    /// All nonces of all versions of a header, for chips that roll the version by themselves.
    public mutating func nextVersionSpace(now: Instant) throws(WorkExhausted) -> Work {
        let space = try takeVersionSpace(now)
        return work(in: space, from: 0, count: variantCount)
    }

    /// All nonces of up to `limit` consecutive versions of a header, fewer where the versions run out: 1 for chips
    /// that are given a single header, 4 for chips that take four midstates.
    public mutating func nextVersions(upTo limit: UInt64, now: Instant) throws(WorkExhausted) -> Work {
        let space: VersionSpace
        let variant: UInt64
        if let openedSpace {
            (space, variant) = openedSpace
        } else {
            (space, variant) = (try takeVersionSpace(now), 0)
        }
        let count = max(1, min(limit, variantCount - variant))
        openedSpace = variant + count < variantCount ? (space, variant + count) : nil
        return work(in: space, from: variant, count: count)
    }

    /// Up to `limit` nonces of one header, fewer at its end, for kernels that report back between runs.
    public mutating func nextNonces(upTo limit: UInt64, now: Instant) throws(WorkExhausted) -> Work {
        let work: Work
        let nonce: UInt64
        if let openedHeader {
            (work, nonce) = openedHeader
        } else {
            (work, nonce) = (try nextVersions(upTo: 1, now: now), 0)
        }
        let count = max(1, min(limit, Work.nonceSpace - nonce))
        openedHeader = nonce + count < Work.nonceSpace ? (work, nonce + count) : nil
        return work.nonces(from: UInt32(truncatingIfNeeded: nonce), count: count)
    }

    private var variantCount: UInt64 { template.versionMask?.variantCount ?? 1 }

    private mutating func takeVersionSpace(_ now: Instant) throws(WorkExhausted) -> VersionSpace {
        guard var space = frontier else { throw WorkExhausted() }
        space.time = max(space.time, earliestTime(now))
        frontier = successor(of: space)
        return space
    }

    private func successor(of space: VersionSpace) -> VersionSpace? {
        var following = space
        if space.time < template.times.upperBound {
            following.time += 1
            return following
        }
        guard let extranonce2 = space.extranonce2.successor else { return nil }
        following.extranonce2 = extranonce2
        following.merkleRoot = template.merkleRoot(extranonce2)
        following.time = template.times.lowerBound
        return following
    }

    /// The job's time plus its age, within the window.
    private func earliestTime(_ now: Instant) -> UInt32 {
        let age = UInt32(clamping: (now - receivedAt).components.seconds)
        let (time, overflow) = template.times.lowerBound.addingReportingOverflow(age)
        return overflow ? template.times.upperBound : min(time, template.times.upperBound)
    }

    private func work(in space: VersionSpace, from variant: UInt64, count: UInt64) -> Work {
        let firstVariant = UInt32(truncatingIfNeeded: variant)
        let version = template.versionMask.map { $0.apply($0.bits(ofVariant: firstVariant), to: template.version) }
        return Work(
            jobID: template.jobID, generation: template.generation, extranonce2: space.extranonce2,
            header: BlockHeader(
                version: version ?? template.version, previousHash: template.previousHash,
                merkleRoot: space.merkleRoot, time: space.time, bits: template.network.bits, nonce: 0),
            versionMask: template.versionMask, firstVariant: firstVariant, variantCount: count,
            nonceCount: Work.nonceSpace, shareTarget: template.shareTarget, networkTarget: template.network.target)
    }
}

/// A job has no search space left: every extranonce2 is used up. Only a new job helps.
public struct WorkExhausted: Error, Hashable, Sendable {}
