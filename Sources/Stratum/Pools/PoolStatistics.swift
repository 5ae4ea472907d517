import Base
import JSON
import Mining

/// What has come of mining at one pool.
public struct PoolStatistics: Sendable {
    /// Distinct rejections that are counted one by one; further ones only add to `rejected`.
    public static let rejectionLimit = 16

    /// How often a pool said the same thing.
    public struct RejectionCount: Sendable {
        public var rejection: Rejection
        public var count: UInt64
    }

    /// Shares that the pool took, and the difficulty that it took them for, summed up.
    public internal(set) var accepted: UInt64 = 0
    public internal(set) var acceptedDifficulty = 0.0
    /// Shares that the pool refused, and its words for it.
    public internal(set) var rejected: UInt64 = 0
    public private(set) var rejections: [RejectionCount] = []
    /// Shares that were not submitted because their job was over.
    public internal(set) var stale: UInt64 = 0
    /// Shares that were not submitted, or not answered, for any other reason.
    public internal(set) var lost: UInt64 = 0
    /// Connections established, refused or timed out, and broken.
    public internal(set) var connections: UInt64 = 0
    public internal(set) var connectionFailures: UInt64 = 0
    public internal(set) var disconnections: UInt64 = 0
    /// Lines that could not be used.
    public internal(set) var faults: UInt64 = 0
    public internal(set) var lastAcceptedAt: Instant?
    /// From submission to reply: moving average, each reply counting one eighth.
    public private(set) var latency: Duration?
    /// Of shares accepted.
    public internal(set) var bestDifficulty = 0.0

    mutating func accept(_ share: Submission, credit: Difficulty, latency: Duration, now: Instant) {
        accepted += 1
        acceptedDifficulty += JSONNumber(significand: credit.significand, exponent: Int(credit.exponent)).double ?? 0
        bestDifficulty = max(bestDifficulty, share.difficulty)
        lastAcceptedAt = now
        note(latency)
    }

    mutating func reject(_ rejection: Rejection, latency: Duration) {
        rejected += 1
        note(latency)
        if let index = rejections.firstIndex(where: { $0.rejection == rejection }) {
            rejections[index].count += 1
        } else if rejections.count < Self.rejectionLimit {
            rejections.append(RejectionCount(rejection: rejection, count: 1))
        }
    }

    private mutating func note(_ sample: Duration) {
        guard let average = latency?.nanoseconds else {
            latency = sample
            return
        }
        latency = .nanoseconds(average + (sample.nanoseconds - average) / 8)
    }
}
