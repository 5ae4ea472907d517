import SHA256

/// A piece of search space that nobody else has been given: a run of nonces of one header, or all nonces of several
/// versions of it; with all it takes to check and submit what is found there.
public struct Work: Sendable {
    /// How many nonces a header has.
    public static let nonceSpace: UInt64 = 1 << 32

    /// The pool's name for the job.
    public let jobID: [UInt8]
    /// The number that the caller gave to the job.
    public let generation: UInt32
    public let extranonce2: Extranonce2
    /// The header to start at: first version variant, first nonce.
    public let header: BlockHeader
    /// Version bits that may be rolled; nil where the pool has not granted rolling.
    public let versionMask: VersionMask?
    /// Number of the first version variant, counted as `VersionMask` does.
    public let firstVariant: UInt32
    /// How many variants from the first on belong to this work, at least 1.
    public let variantCount: UInt64
    /// How many nonces from `header.nonce` on belong to this work, for each variant: 1 to 2^32.
    public let nonceCount: UInt64
    /// The largest hash that the pool took as a share when this work was made.
    public let shareTarget: UInt256
    /// The largest hash that solves the block.
    public let networkTarget: UInt256

    /// The largest hash worth finding.
    public var searchTarget: UInt256 { max(shareTarget, networkTarget) }

    /// The part of this work that has `count` nonces from `first` on.
    func nonces(from first: UInt32, count: UInt64) -> Work {
        var start = header
        start.nonce = first
        return Work(
            jobID: jobID, generation: generation, extranonce2: extranonce2, header: start, versionMask: versionMask,
            firstVariant: firstVariant, variantCount: variantCount, nonceCount: count, shareTarget: shareTarget,
            networkTarget: networkTarget)
    }

    /// The header of the variant in `slot`, 0 up to `variantCount`: a chip that is given several midstates reports
    /// which of them a nonce belongs to. Nil when the work has no such slot.
    public func header(slot: Int) -> BlockHeader? {
        guard let solution = solution(nonce: header.nonce, slot: slot) else { return nil }
        return header(for: solution)
    }

    /// What a chip found in `slot`; nil when the work has no such slot.
    public func solution(nonce: UInt32, slot: Int) -> Solution? {
        guard slot >= 0, UInt64(slot) < variantCount else { return nil }
        let variant = firstVariant &+ UInt32(truncatingIfNeeded: slot)
        return Solution(nonce: nonce, versionBits: versionMask?.bits(ofVariant: variant) ?? 0)
    }

    /// The header that a solution claims to solve. Version bits outside the mask are left as the job has them.
    public func header(for solution: Solution) -> BlockHeader {
        var solved = header
        solved.nonce = solution.nonce
        solved.version = versionMask?.apply(solution.versionBits, to: header.version) ?? header.version
        return solved
    }
}

/// A find as a chip or kernel reports it.
public struct Solution: Hashable, Sendable {
    public var nonce: UInt32
    /// The rolled version bits, in their place in the header; bits outside the work's mask do not count.
    public var versionBits: UInt32

    public init(nonce: UInt32, versionBits: UInt32) {
        self.nonce = nonce
        self.versionBits = versionBits
    }
}
