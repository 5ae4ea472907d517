import Base
import Mining

/// What a miner asks of a pool.
public enum Request: Sendable {
    case configure, subscribe, authorize, suggestDifficulty, subscribeExtranonce, submit

    public var method: StaticString {
        switch self {
        case .configure: "mining.configure"
        case .subscribe: "mining.subscribe"
        case .authorize: "mining.authorize"
        case .suggestDifficulty: "mining.suggest_difficulty"
        case .subscribeExtranonce: "mining.extranonce.subscribe"
        case .submit: "mining.submit"
        }
    }

    /// Whether mining goes on without it.
    var isOptional: Bool {
        switch self {
        case .configure, .suggestDifficulty, .subscribeExtranonce: true
        case .subscribe, .authorize, .submit: false
        }
    }
}

/// A request that waits for its reply.
struct PendingRequest: Sendable {
    var id: UInt64
    var request: Request
    var sentAt: Instant
    /// Nil when a reply is welcome but no longer awaited.
    var deadline: Instant?
    /// With `.submit`: what was submitted.
    var submitted: Submitted?

    struct Submitted: Sendable {
        var share: Submission
        /// The difficulty that the pool counts the share for.
        var credit: Difficulty
    }
}
