import LoopbackPool
import Testing

/// A misbehaviour of a pool, and what it may do to mining.
struct Fault: Sendable, CustomTestStringConvertible {
    enum Effect: Sendable {
        /// Mining goes on there, and every share counts.
        case none
        /// Mining goes on there; the pool does not say yes to the shares.
        case refusal
        /// The connection is of no use: it is given up for a new one, or for another pool.
        case outage
    }

    /// As on the command line of `ballast-pool`.
    let text: String
    /// When it begins in the middle of mining; nil when it only concerns the handshake.
    let whileMining: Effect?
    /// When the pool is like that from the first connection on.
    let fromTheStart: Effect

    var testDescription: String { text }

    var order: MisbehaviourOrder {
        get throws { try MisbehaviourOrder(text: text) }
    }

    /// Every misbehaviour that the loopback pool knows.
    static let all: [Fault] =
        [
            Fault(text: "refuse", whileMining: nil, fromTheStart: .outage),
            Fault(text: "silent", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "silent-after-subscribe", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "silent-after-notify", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "half-open", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "close-after=0", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "torn-lines=1", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "merged-lines", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "slow-replies=300", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "wrong-types", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "wrong-types=configure", whileMining: nil, fromTheStart: .none),
            Fault(text: "wrong-types=subscribe", whileMining: nil, fromTheStart: .outage),
            Fault(text: "wrong-types=authorize", whileMining: nil, fromTheStart: .outage),
            Fault(text: "wrong-types=submit", whileMining: .refusal, fromTheStart: .refusal),
            Fault(text: "wrong-types=set-difficulty", whileMining: Effect.none, fromTheStart: .refusal),
            Fault(text: "wrong-types=notify", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "huge-numbers", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "nul-bytes", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "not-utf8", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "unknown-notifications", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "unknown-requests", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "overlong-line", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "notify-flood=20", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "reconnect", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "reconnect=thief.example:3333", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "wrong-ids", whileMining: .outage, fromTheStart: .outage),
            Fault(text: "duplicate-replies", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "string-ids", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "set-extranonce", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "set-version-mask=0fffe000", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "set-version-mask=00000000", whileMining: Effect.none, fromTheStart: .none),
            Fault(text: "configure-error", whileMining: nil, fromTheStart: .none),
            Fault(text: "configure-ignored", whileMining: nil, fromTheStart: .none),
        ]
        + Misbehaviour.RejectForm.allCases.map {
            Fault(text: "reject-all=\($0.rawValue)", whileMining: .refusal, fromTheStart: .refusal)
        }

    static var whileMining: [Fault] { all.filter { $0.whileMining != nil } }
}
