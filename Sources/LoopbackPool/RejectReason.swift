/// Why a share was refused.
public enum RejectReason: String, CaseIterable, Codable, Sendable {
    /// The parameters are not the five or six texts of `mining.submit`, or not hexadecimal of the right length.
    case malformed
    case notSubscribed
    case unauthorized
    /// The job was never announced on this session.
    case unknownJob
    /// The job was announced, but a clean job or too many newer ones have come since.
    case staleJob
    case wrongExtranonce2Size
    /// Below the job's time, or more than 7000 s above it.
    case timeOutOfRange
    /// Bits that the version-rolling mask does not grant.
    case versionBitsOutsideMask
    case duplicate
    case lowDifficulty
    /// So many shares for one job that duplicates could no longer be told.
    case tooManyShares
    /// The pool was told to refuse every share.
    case refusedOnPurpose

    /// The customary Stratum error number: 21 job not found, 22 duplicate, 23 low difficulty, 24 unauthorised,
    /// 25 not subscribed, 20 anything else (Docs/pool.md).
    public var code: Int {
        switch self {
        case .unknownJob, .staleJob: 21
        case .duplicate: 22
        case .lowDifficulty: 23
        case .unauthorized: 24
        case .notSubscribed: 25
        case .malformed, .wrongExtranonce2Size, .timeOutOfRange, .versionBitsOutsideMask, .tooManyShares,
            .refusedOnPurpose:
            20
        }
    }

    /// The text that goes with the number.
    public var message: String {
        switch self {
        case .malformed: "Malformed submission"
        case .notSubscribed: "Not subscribed"
        case .unauthorized: "Unauthorized worker"
        case .unknownJob: "Job not found"
        case .staleJob: "Stale job"
        case .wrongExtranonce2Size: "Wrong extranonce2 size"
        case .timeOutOfRange: "ntime out of range"
        case .versionBitsOutsideMask: "Version bits outside mask"
        case .duplicate: "Duplicate share"
        case .lowDifficulty: "Low difficulty share"
        case .tooManyShares: "Too many shares for one job"
        case .refusedOnPurpose: "Refused on purpose"
        }
    }
}

/// A refusal with the values that led to it.
struct Refusal: Error {
    let reason: RejectReason
    let detail: String

    init(_ reason: RejectReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
