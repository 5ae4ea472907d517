import Base

/// What goes out to the clients, after whatever misbehaviour has been ordered.
extension PoolCore {
    /// How long lines are held back to be merged.
    static let mergeDelay = Duration.milliseconds(100)

    func send(_ message: PoolMessage, to client: Client, now: Instant) {
        let misbehaviour = misbehaviour(of: client)
        guard client.farewell == nil, !client.isMuted(by: misbehaviour) else { return }
        let plain = [Array(message.text.utf8) + [0x0A]]
        for line in misbehaviour?.lines(for: message, ordinal: client.statistics.messagesSent) ?? plain {
            deliver(line, to: client, misbehaviour, now: now)
        }
        client.statistics.messagesSent += 1
        if message.kind == .notify { client.statistics.notifiesSent += 1 }
        if message.kind == .subscribe { client.isSubscribeAnswered = true }
        applyOrder(to: client, now: now)
    }

    private func deliver(_ line: [UInt8], to client: Client, _ misbehaviour: Misbehaviour?, now: Instant) {
        switch misbehaviour {
        case .closeAfter(let bytes):
            let allowed = max(0, bytes - client.outbox.total)
            client.outbox.append(Array(line.prefix(allowed)), due: now, pace: nil)
        case .tornLines(let pace): client.outbox.append(line, due: now, pace: pace)
        case .mergedLines: client.outbox.collect(line, due: now + Self.mergeDelay)
        case .slowReplies(let delay): client.outbox.append(line, due: now + delay, pace: nil)
        default: client.outbox.append(line, due: now, pace: nil)
        }
        if client.outbox.count > Outbox.limit {
            client.outbox.removeAll()
            client.dismiss("it does not read: more than \(Outbox.limit) bytes waiting")
        }
    }

    /// Carries out an order that is an event rather than a manner of speaking, when its time has come.
    func applyOrder(to client: Client, now: Instant) {
        guard let active = activeOrder(of: client), client.farewell == nil else { return }
        let misbehaviour = active.order.misbehaviour
        if case .closeAfter(let bytes) = misbehaviour, client.outbox.total >= bytes {
            client.dismiss("closed on purpose after \(client.outbox.total) bytes")
        }
        if case .notifyFlood = misbehaviour, client.nextFloodJob == nil { client.nextFloodJob = now }
        guard misbehaviour.isSingleEvent, client.doneOrder != active.number else { return }
        guard !misbehaviour.needsJob || client.statistics.notifiesSent > 0 else { return }
        client.doneOrder = active.number
        switch misbehaviour {
        case .overlongLine(let bytes):
            client.outbox.append([UInt8](repeating: 0x78, count: bytes), due: now, pace: nil)
        case .reconnect(let host, let port):
            let parameters = host.map { [JSONText.string($0), "\(port)", "0"] } ?? []
            send(.notification(.other, method: "client.reconnect", parameters), to: client, now: now)
        case .setExtranonce: changeExtranonce(of: client, now: now)
        case .setVersionMask(let mask):
            client.versionMask = mask
            let parameters = ["\"\(Hexadecimal.text(mask))\""]
            send(.notification(.other, method: "mining.set_version_mask", parameters), to: client, now: now)
        default: break
        }
    }

    /// Gives the client another extranonce1, for jobs from the next one on.
    private func changeExtranonce(of client: Client, now: Instant) {
        guard let size = client.session?.extranonce2Size,
            let extranonce1 = sessions.extranonce1(taken: takenExtranonces)
        else { return }
        client.session?.extranonce1 = extranonce1
        client.statistics.extranonce1 = Hexadecimal.text(extranonce1)
        let parameters = ["\"\(Hexadecimal.text(extranonce1))\"", "\(size)"]
        send(.notification(.other, method: "mining.set_extranonce", parameters), to: client, now: now)
    }

    var takenExtranonces: Set<[UInt8]> { Set(clients.values.compactMap { $0.session?.extranonce1 }) }

    /// Changes the difficulty for jobs announced from now on.
    func announce(_ difficulty: ShareDifficulty, to client: Client, now: Instant) {
        client.difficulty = difficulty
        report(.difficulty(client.id, difficulty))
        send(
            .notification(.setDifficulty, method: "mining.set_difficulty", [difficulty.description]), to: client,
            now: now)
    }

    /// Sends a job and remembers on which terms.
    func announce(_ job: PoolJob, to client: Client, clean: Bool, now: Instant) {
        guard let extranonce1 = client.session?.extranonce1, let size = client.session?.extranonce2Size else { return }
        if let issues = client.session?.issues, issues.count > 2 * JobBook.liveLimit {
            client.session?.issues = issues.filter { jobs.job($0.key) != nil }
        }
        client.session?.issues[job.id] = Issue(
            difficulty: client.difficulty, extranonce1: extranonce1, extranonce2Size: size)
        if client.firstJobAt == nil { client.firstJobAt = now }
        send(.notification(.notify, method: "mining.notify", job.notifyParameters(clean: clean)), to: client, now: now)
    }

    // MARK: The loop's side

    /// The bytes that may be written to a client now.
    func output(for id: ClientID, now: Instant) -> ArraySlice<UInt8> {
        clients[id]?.outbox.ready(at: now) ?? []
    }

    /// `count` bytes of the output have been written.
    func wrote(_ count: Int, to id: ClientID, now: Instant) {
        clients[id]?.outbox.consume(count, now: now)
    }

    /// When the next waiting bytes may be written.
    func outputDue(for id: ClientID) -> Instant? {
        clients[id]?.outbox.due
    }

    /// Whether all has been said and the connection can be closed.
    func isFinished(_ id: ClientID) -> Bool {
        guard let client = clients[id] else { return true }
        return client.farewell != nil && client.outbox.count == 0
    }
}
