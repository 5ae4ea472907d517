import Base

/// The requests of Stratum V1 except `mining.submit` (Docs/pool.md).
extension PoolCore {
    func handle(_ line: [UInt8], from client: Client, now: Instant) {
        guard let request = JSONText.object(line) else {
            client.statistics.malformedLines += 1
            report(.malformedLine(client.id))
            let error = Self.error(20, "Not a JSON object")
            return send(.reply(.other, id: "null", result: "null", error: error), to: client, now: now)
        }
        let id = request["id"].flatMap { JSONText.fragment($0) } ?? "null"
        guard let method = request["method"] as? String else {
            if request["result"] != nil || request["error"] != nil {
                client.statistics.answersReceived += 1
            } else {
                client.statistics.malformedLines += 1
                report(.malformedLine(client.id))
                answer(.other, id, result: "null", error: Self.error(20, "No method"), to: client, now: now)
            }
            return
        }
        let parameters = request["params"] as? [Any] ?? []
        switch method {
        case "mining.configure": configure(parameters, id, client, now)
        case "mining.subscribe": subscribe(parameters, id, client, now)
        case "mining.authorize": authorize(parameters, id, client, now)
        case "mining.submit": submit(parameters, id, client, now)
        case "mining.suggest_difficulty": suggestDifficulty(parameters, id, client, now)
        case "mining.extranonce.subscribe": answer(.other, id, result: "true", to: client, now: now)
        default:
            let error = Self.error(-3, "Method not found")
            answer(.other, id, result: "null", error: error, to: client, now: now)
        }
    }

    /// Answers a request; one without an id wants no answer.
    func answer(
        _ kind: MessageKind, _ id: String, result: String, error: String = "null", to client: Client, now: Instant
    ) {
        guard id != "null" else { return }
        send(.reply(kind, id: id, result: result, error: error), to: client, now: now)
    }

    /// The customary form of an error: number, text, traceback.
    static func error(_ code: Int, _ message: String) -> String {
        "[\(code),\(JSONText.string(message)),null]"
    }

    /// BIP 310: names of extensions, then their parameters.
    private func configure(_ parameters: [Any], _ id: String, _ client: Client, _ now: Instant) {
        switch misbehaviour(of: client) {
        case .configureIgnored: return
        case .configureError:
            let error = Self.error(-3, "Method not found")
            return answer(.configure, id, result: "null", error: error, to: client, now: now)
        default: break
        }
        let extensions = (parameters.first as? [Any] ?? []).prefix(16).compactMap { $0 as? String }
        let options = parameters.count > 1 ? parameters[1] as? [String: Any] ?? [:] : [:]
        var results: [String] = []
        for name in extensions {
            switch name {
            case "version-rolling":
                let wanted = (options["version-rolling.mask"] as? String).flatMap { Hexadecimal.word($0) } ?? .max
                client.versionMask = wanted & configuration.versionMask
                results.append("\"version-rolling\":\(client.versionMask != 0)")
                if client.versionMask != 0 {
                    results.append("\"version-rolling.mask\":\"\(Hexadecimal.text(client.versionMask))\"")
                }
            case "subscribe-extranonce", "info": results.append("\"\(name)\":true")
            default: results.append("\(JSONText.string(name)):\"not supported\"")
            }
        }
        answer(.configure, id, result: "{" + results.joined(separator: ",") + "}", to: client, now: now)
    }

    private func subscribe(_ parameters: [Any], _ id: String, _ client: Client, _ now: Instant) {
        client.statistics.agent = String((parameters.first as? String ?? "").prefix(128))
        let wanted = parameters.count > 1 ? parameters[1] as? String : nil
        let resumed = wanted.flatMap { resume($0, for: client) }
        guard let session = resumed ?? client.session ?? sessions.open(taken: takenExtranonces) else {
            let error = Self.error(20, "No extranonce1 left")
            return answer(.subscribe, id, result: "null", error: error, to: client, now: now)
        }
        client.session = session
        let extranonce1 = Hexadecimal.text(session.extranonce1)
        client.statistics.extranonce1 = extranonce1
        report(
            .subscribed(
                client.id, agent: client.statistics.agent, extranonce1: extranonce1, resumed: resumed != nil))
        let subscriptions = ["mining.set_difficulty", "mining.notify"].map { "[\"\($0)\",\"\(session.id)\"]" }
        let result = "[[\(subscriptions.joined(separator: ","))],\"\(extranonce1)\",\(session.extranonce2Size)]"
        answer(.subscribe, id, result: result, to: client, now: now)
        startMining(client, resumed: resumed != nil, now: now)
    }

    /// Takes over a session, also from a connection that is still open: the miner knows better that it is dead.
    private func resume(_ id: String, for client: Client) -> Session? {
        if let holder = clients.values.first(where: { $0.session?.id == id && $0 !== client }) {
            holder.dismiss("its session was resumed by client \(client.id)")
            defer { holder.session = nil }
            return holder.session
        }
        return sessions.resume(id)
    }

    private func authorize(_ parameters: [Any], _ id: String, _ client: Client, _ now: Instant) {
        let worker = parameters.first as? String ?? ""
        let user = String(worker.prefix { $0 != "." })
        let isKnown = configuration.authorizedUsers.map { $0.contains(worker) || $0.contains(user) } ?? true
        guard isKnown, !worker.isEmpty, worker.utf8.count <= 256, client.workers.count < Client.workerLimit else {
            report(.authorizationRefused(client.id, worker: String(worker.prefix(256))))
            return answer(.authorize, id, result: "false", to: client, now: now)
        }
        let wasMining = client.isMining
        if !client.workers.contains(worker) { client.workers.append(worker) }
        report(.authorized(client.id, worker: worker))
        answer(.authorize, id, result: "true", to: client, now: now)
        if !wasMining { startMining(client, resumed: false, now: now) }
    }

    /// Sends difficulty and job once the client is both subscribed and authorised.
    private func startMining(_ client: Client, resumed: Bool, now: Instant) {
        guard client.isMining else { return }
        announce(client.difficulty, to: client, now: now)
        // A new miner has no older job to keep; a recording is sent as it was.
        let isFirst = client.session?.issues.isEmpty ?? true
        let clean = configuration.jobs.recording == nil ? isFirst : jobs.current.isClean
        announce(jobs.current, to: client, clean: clean, now: now)
    }

    private func suggestDifficulty(_ parameters: [Any], _ id: String, _ client: Client, _ now: Instant) {
        let suggested = parameters.first.flatMap { JSONText.fragment($0) }.flatMap { ShareDifficulty($0) }
        guard configuration.followsSuggestedDifficulty, let suggested else {
            let error = Self.error(20, "Suggestion not followed")
            return answer(.other, id, result: "false", error: error, to: client, now: now)
        }
        answer(.other, id, result: "true", to: client, now: now)
        if client.isMining {
            announce(suggested, to: client, now: now)
        } else {
            client.difficulty = suggested
        }
    }
}
