/// What a message is about; misbehaviour can be aimed at one of them.
public enum MessageKind: String, CaseIterable, Sendable {
    case configure
    case subscribe
    case authorize
    case submit
    case setDifficulty = "set-difficulty"
    case notify
    case other
}

/// One line from the pool to a miner, in parts that are already JSON text.
enum PoolMessage: Equatable, Sendable {
    /// The answer to a request; `id` is the request's, as it was written.
    case reply(MessageKind, id: String, result: String, error: String)
    /// A method call without an answer.
    case notification(MessageKind, method: String, parameters: String)
    /// A method call that a miner has to answer.
    case request(id: String, method: String, parameters: String)

    static func notification(_ kind: MessageKind, method: String, _ parameters: [String]) -> PoolMessage {
        .notification(kind, method: method, parameters: "[" + parameters.joined(separator: ",") + "]")
    }

    var kind: MessageKind {
        switch self {
        case .reply(let kind, _, _, _), .notification(let kind, _, _): kind
        case .request: .other
        }
    }

    /// The line without its end.
    var text: String {
        switch self {
        case .reply(_, let id, let result, let error): #"{"id":\#(id),"result":\#(result),"error":\#(error)}"#
        case .notification(_, let method, let parameters):
            #"{"id":null,"method":"\#(method)","params":\#(parameters)}"#
        case .request(let id, let method, let parameters):
            #"{"id":\#(id),"method":"\#(method)","params":\#(parameters)}"#
        }
    }
}
