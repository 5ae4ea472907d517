/// How misbehaviours change the text of messages.
extension Misbehaviour {
    /// The lines to send in place of `message`. `ordinal` counts the client's messages and varies the distortion.
    func lines(for message: PoolMessage, ordinal: Int) -> [[UInt8]] {
        switch self {
        case .wrongTypes(let kind) where kind == nil || kind == message.kind:
            return [Self.line(WrongTypes.distort(message, ordinal: ordinal))]
        case .hugeNumbers: return [Self.line(HugeNumbers.distort(message, ordinal: ordinal))]
        case .nulBytes: return [Self.inserting([0], into: Self.line(message))]
        case .notUTF8: return [Self.inserting([0xFF, 0xC0, 0xAF, 0xED, 0xA0, 0x80], into: Self.line(message))]
        case .unknownNotifications:
            let unknown = PoolMessage.notification(.other, method: "mining.unheard_of", ["1", "\"two\"", "[3]"])
            return [Self.line(unknown), Self.line(message)]
        case .unknownRequests:
            let unknown = PoolMessage.request(id: "\(900_000 + ordinal)", method: "client.unheard_of", parameters: "{}")
            return [Self.line(unknown), Self.line(message)]
        case .duplicateReplies:
            if case .reply = message { return [Self.line(message), Self.line(message)] }
            return [Self.line(message)]
        case .wrongIDs: return [Self.line(message.withID { _ in "\(700_000 + ordinal)" })]
        case .stringIDs: return [Self.line(message.withID { $0.hasPrefix("\"") ? $0 : "\"\($0)\"" })]
        default: return [Self.line(message)]
        }
    }

    private static func line(_ message: PoolMessage) -> [UInt8] {
        Array(message.text.utf8) + [0x0A]
    }

    private static func inserting(_ bytes: [UInt8], into line: [UInt8]) -> [UInt8] {
        line.prefix(line.count / 2) + bytes + line.suffix(from: line.count / 2)
    }
}

extension PoolMessage {
    /// The same answer with another id; anything else is left alone.
    func withID(_ change: (String) -> String) -> PoolMessage {
        guard case .reply(let kind, let id, let result, let error) = self else { return self }
        return .reply(kind, id: change(id), result: result, error: error)
    }

    /// The same message with another result or other parameters.
    func withContent(_ content: String) -> PoolMessage {
        switch self {
        case .reply(let kind, let id, _, let error): .reply(kind, id: id, result: content, error: error)
        case .notification(let kind, let method, _): .notification(kind, method: method, parameters: content)
        case .request(let id, let method, _): .request(id: id, method: method, parameters: content)
        }
    }
}

/// Replaces contents by values that have the wrong JSON type somewhere.
enum WrongTypes {
    static func distort(_ message: PoolMessage, ordinal: Int) -> PoolMessage {
        let choices = contents(message.kind)
        return message.withContent(choices[ordinal % choices.count])
    }

    private static func contents(_ kind: MessageKind) -> [String] {
        switch kind {
        case .configure: [#"[]"#, #""ok""#, "7", #"{"version-rolling":"yes","version-rolling.mask":536862720}"#]
        case .subscribe: ["{}", #""4128064f""#, "[[],17,4]", #"[[],"4128064f","4"]"#, "[]", #"[[],"412806",[4]]"#]
        case .authorize, .submit: [#""yes""#, "1", "[]", "{}"]
        case .setDifficulty: [#"["8"]"#, "[]", "[null]", #"{"difficulty":8}"#, "[[8]]", "8"]
        case .notify: notifies
        case .other: ["17", #""text""#, "{}"]
        }
    }

    /// A job with one parameter after the other replaced, then without the array around them.
    private static let notifies: [String] = {
        let job = PoolJob(
            id: "bad", previousHash: [UInt8](repeating: 1, count: 32), coinbasePrefix: [1, 2], coinbaseSuffix: [3, 4],
            branches: [[UInt8](repeating: 5, count: 32)], version: 0x2000_0000, bits: 0x1702_3A04, time: 0x6854_68D7,
            isClean: false)
        let right = job.notifyParameters(clean: false)
        let wrong = ["17", "[]", "null", "{}", #""none""#, "536870912", "17", "1750362327", #""true""#]
        let replaced = right.indices.map { index in
            var parameters = right
            parameters[index] = wrong[index]
            return "[" + parameters.joined(separator: ",") + "]"
        }
        return replaced + [#"{"job_id":"bad"}"#, #""bad""#, "[]", "[[[[[[[[]]]]]]]]"]
    }()
}

/// Replaces contents by numbers that no integer or floating-point type holds.
enum HugeNumbers {
    private static let digits = String(repeating: "9", count: 400)

    static func distort(_ message: PoolMessage, ordinal: Int) -> PoolMessage {
        let choices: [String] =
            switch message.kind {
            case .configure: [#"{"version-rolling":true,"version-rolling.mask":"ffffffffffffffff"}"#]
            case .subscribe:
                [#"[[],"4128064f",4294967296]"#, #"[[],"4128064f",18446744073709551620]"#, #"[[],"4128064f",-1]"#]
            case .setDifficulty:
                ["[\(digits)]", "[1e400]", "[1e-400]", "[-1]", "[0]", "[18446744073709551616]", "[1e308]"]
            case .notify:
                [
                    #"["bad","\#(String(repeating: "f", count: 64))","01","02",[],"fffffffff","17023a04","685468d7",true]"#,
                    #"["bad","\#(String(repeating: "f", count: 64))","01","02",[],"20000000","ffffffff","ffffffff",true]"#,
                    "[\(digits),1e999]",
                ]
            case .authorize, .submit, .other: [digits, "1e400"]
            }
        return message.withContent(choices[ordinal % choices.count])
    }
}
