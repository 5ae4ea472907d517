import Base
import JSON
import Mining

/// What the pool tells or asks of its own accord.
extension Session {
    mutating func handle(_ message: Message, _ now: Instant) throws(JSONError) {
        if let method = message.method {
            do throws(JSONError) {
                try handleCall(method, message, now)
            } catch {
                // JSON-RPC 2.0's code for invalid parameters.
                answer(message, error: -32602, "Invalid params")
                throw error
            }
        } else if let number = message.number, message.id != nil {
            handleReply(message, number, now)
        } else if let error = message.error {
            log(.poolError(Rejection(message, error)))
        } else {
            report(.unintelligible)
        }
    }

    private mutating func handleCall(_ method: [UInt8], _ message: Message, _ now: Instant) throws(JSONError) {
        switch method {
        case "mining.notify":
            take(try JobTemplate(notify: message), now)
        case "mining.set_difficulty":
            setDifficulty(try Difficulty(message: message), now)
        case "mining.set_version_mask":
            var params = try Parameters(message)
            setMask(try params.word("a mask of 8 hexadecimal digits"), now)
        case "mining.set_extranonce":
            var params = try Parameters(message)
            nextExtranonce = try Extranonce(&params)
        case "client.reconnect":
            redirect(try Redirection(message))
        case "client.show_message":
            var params = try Parameters(message)
            log(.message(PoolText.printable(try params.string("a text", limit: LineAssembler.limit), limit: 256)))
        case "client.get_version":
            let agent = settings.agent
            return answer(message) { $0.string(utf8: agent) }
        case "mining.ping":
            return answer(message) { $0.string("pong") }
        default:
            log(.unknownMethod(PoolText.printable(method, limit: 64)))
            return answer(message, error: -3, "Method not found")
        }
        answer(message) { $0.bool(true) }
    }

    private mutating func setDifficulty(_ new: Difficulty, _ now: Instant) {
        let isFirst = difficulty == nil
        difficulty = new
        actions.append(.difficulty(new))
        // A job waits for the first difficulty, or is mined at the default one that this corrects.
        if isFirst { offer(now) }
    }

    private mutating func redirect(_ redirection: Redirection) {
        let host = redirection.host ?? settings.endpoint.host
        guard settings.endpoint.mayRedirect(to: host) else {
            return log(.redirectRefused(PoolText.printable(host, limit: 253)))
        }
        phase = .over
        let endpoint = Endpoint(host: host, port: redirection.port ?? settings.endpoint.port)
        actions.append(.reconnect(endpoint, wait: redirection.wait))
    }

    // MARK: Answers

    /// Answers a call, if it wants an answer.
    private mutating func answer(_ message: Message, _ result: (inout JSONWriter) -> Void) {
        send(message) { writer in
            writer.key("result")
            result(&writer)
            writer.key("error")
            writer.null()
        }
    }

    private mutating func answer(_ message: Message, error code: Int, _ text: StaticString) {
        send(message) { writer in
            writer.key("result")
            writer.null()
            writer.key("error")
            writer.array { writer in
                writer.integer(code)
                writer.string(text)
                writer.null()
            }
        }
    }

    private mutating func send(_ message: Message, _ members: (inout JSONWriter) -> Void) {
        guard phase != .over, let id = message.id, id.count <= 64 else { return }
        guard answersLeft > 0 else {
            if answersLeft == 0 { log(.callsIgnored) }
            answersLeft = -1
            return
        }
        answersLeft -= 1
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("id")
            writer.raw(message.line[id])
            members(&writer)
        }
        actions.append(.send(writer.bytes + [0x0A]))
    }
}
