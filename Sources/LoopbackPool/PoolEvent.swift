/// Something worth a line in a log.
public enum PoolEvent: Sendable, CustomStringConvertible {
    case connected(ClientID)
    case disconnected(ClientID, reason: String)
    case subscribed(ClientID, agent: String, extranonce1: String, resumed: Bool)
    case authorized(ClientID, worker: String)
    case authorizationRefused(ClientID, worker: String)
    case difficulty(ClientID, ShareDifficulty)
    case accepted(AcceptedShare)
    /// `detail` says what about the share was wrong, with values.
    case rejected(ClientID, RejectReason, detail: String)
    case malformedLine(ClientID)
    case newJob(String, clean: Bool)
    /// The pool could not do something with a socket; `errno` as the system gave it.
    case systemError(String, errno: Int32)

    public var description: String {
        switch self {
        case .connected(let client): "client \(client): connected"
        case .disconnected(let client, let reason): "client \(client): disconnected, \(reason)"
        case .subscribed(let client, let agent, let extranonce1, let resumed):
            "client \(client): \(resumed ? "resumed" : "subscribed"), agent '\(agent)', extranonce1 \(extranonce1)"
        case .authorized(let client, let worker): "client \(client): authorized '\(worker)'"
        case .authorizationRefused(let client, let worker): "client \(client): refused to authorize '\(worker)'"
        case .difficulty(let client, let difficulty): "client \(client): difficulty \(difficulty)"
        case .accepted(let share):
            "client \(share.client): accepted share of difficulty \(share.difficulty) for job \(share.job)"
                + (share.isBlock ? ", BLOCK \(Hexadecimal.text(share.hash.reversed()))" : "")
        case .rejected(let client, let reason, let detail): "client \(client): rejected share, \(reason): \(detail)"
        case .malformedLine(let client): "client \(client): a line that is no request"
        case .newJob(let id, let clean): "job \(id)\(clean ? ", clean" : "")"
        case .systemError(let action, let errno): "\(action): errno \(errno)"
        }
    }
}
