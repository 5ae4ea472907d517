import Base

/// The rules of the pool without sockets, clocks or threads: bytes and times go in, bytes to send come out.
final class PoolCore {
    /// Connections served at once; further ones are closed at once.
    static let clientLimit = 128
    /// Events that wait to be fetched; the oldest go first.
    static let eventLimit = 10_000

    /// Received lines that are kept.
    static let lineLimit = 1000

    let configuration: PoolConfiguration
    private let startedAt: Instant
    private let startTime: UInt32

    var jobs: JobBook
    var sessions: SessionBook
    private(set) var clients: [ClientID: Client] = [:]
    private(set) var shares: [AcceptedShare] = []
    private(set) var total = ShareCounters()
    /// The latest lines from all clients, at least `lineLimit` of them if there were so many.
    private(set) var lines: [ReceivedLine] = []
    private var departed: [ClientStatistics] = []
    private var connections = 0
    private var jobCount = 1
    private var events: [PoolEvent] = []

    private var order: NumberedOrder?
    private var orderCount = 0
    private var nextJob: Instant
    private var nextBlock: Instant?

    /// `time` is the time of day at `now`, in seconds since 1970.
    init(_ configuration: PoolConfiguration, now: Instant, time: UInt32) {
        self.configuration = configuration
        startedAt = now
        startTime = time
        sessions = SessionBook(configuration)
        jobs = JobBook(
            source: configuration.jobs, scriptReserve: configuration.extranonce1Size + configuration.extranonce2Size,
            time: time)
        nextJob = now + configuration.notifyInterval
        nextBlock = configuration.cleanInterval.map { now + $0 }
        if let misbehaviour = configuration.misbehaviour { set(misbehaviour, for: nil, now: now) }
    }

    private func time(at now: Instant) -> UInt32 {
        startTime &+ UInt32(clamping: (now - startedAt).components.seconds)
    }

    // MARK: Connections

    /// A new connection; nil when it must be closed because there are too many.
    func connect(now: Instant) -> ClientID? {
        guard clients.count < Self.clientLimit else { return nil }
        connections += 1
        let client =
            switch configuration.difficulty {
            case .fixed(let difficulty): Client(id: connections, difficulty: difficulty, variableDifficulty: nil)
            case .variable(let settings):
                Client(
                    id: connections, difficulty: settings.start,
                    variableDifficulty: VariableDifficulty(settings, now: now))
            }
        clients[client.id] = client
        report(.connected(client.id))
        applyOrder(to: client, now: now)
        return client.id
    }

    /// The connection is gone; its session can be resumed.
    func disconnect(_ id: ClientID, reason: String, now: Instant) {
        guard let client = clients.removeValue(forKey: id) else { return }
        if let session = client.session { sessions.park(session) }
        departed.append(statistics(of: client, now: now))
        if departed.count > PoolStatistics.departedLimit { departed.removeFirst() }
        report(.disconnected(id, reason: client.farewell ?? reason))
    }

    /// Bytes from a client; whole lines are handled, the rest is kept for later.
    func receive(_ bytes: some Collection<UInt8>, from id: ClientID, now: Instant) {
        guard let client = clients[id] else { return }
        for byte in bytes where client.farewell == nil {
            if byte == 0x0A {
                let line = client.partialLine
                client.partialLine = []
                record(line, from: client)
                if client.isMuted(by: misbehaviour(of: client)) {
                    client.statistics.linesIgnored += 1
                } else {
                    handle(line, from: client, now: now)
                }
            } else if client.partialLine.count < Client.lineLimit {
                client.partialLine.append(byte)
            } else {
                client.dismiss("line longer than \(Client.lineLimit) bytes")
            }
        }
    }

    // MARK: Time

    /// Does what is due.
    func tick(now: Instant) {
        if let due = nextBlock, due <= now {
            announceNewJob(newBlock: true, now: now)
        } else if nextJob <= now {
            announceNewJob(newBlock: false, now: now)
        }
        for client in clients.values.sorted(by: { $0.id < $1.id }) {
            flood(client, now: now)
            if let due = client.variableDifficulty?.deadline, due <= now { retarget(client, now: now) }
        }
    }

    /// When `tick` has something to do at the latest.
    var deadline: Instant {
        let ofClients = clients.values.flatMap {
            [$0.nextFloodJob, $0.variableDifficulty?.deadline].compactMap(\.self)
        }
        return (ofClients + [nextJob, nextBlock ?? nextJob]).min() ?? nextJob
    }

    /// Makes a new job and sends it to all miners.
    func announceNewJob(newBlock: Bool, now: Instant) {
        nextJob = now + configuration.notifyInterval
        if newBlock { nextBlock = configuration.cleanInterval.map { now + $0 } }
        advanceJob(newBlock: newBlock, now: now)
        for client in clients.values.sorted(by: { $0.id < $1.id }) where client.isMining {
            announce(jobs.current, to: client, clean: jobs.current.isClean, now: now)
        }
    }

    private func advanceJob(newBlock: Bool, now: Instant) {
        jobs.advance(newBlock: newBlock, time: time(at: now))
        jobCount += 1
        report(.newJob(jobs.current.id, clean: jobs.current.isClean))
    }

    /// Jobs sent at once to a client that is flooded, at the most.
    private static let floodBurst = 64

    private func flood(_ client: Client, now: Instant) {
        guard case .notifyFlood(let rate) = misbehaviour(of: client), client.isMining else {
            client.nextFloodJob = nil
            return
        }
        let pause = Duration.seconds(1) / rate
        var due = client.nextFloodJob ?? now
        for _ in 0..<Self.floodBurst where due <= now {
            advanceJob(newBlock: false, now: now)
            announce(jobs.current, to: client, clean: false, now: now)
            due = due + pause
        }
        client.nextFloodJob = max(due, now)
    }

    func retarget(_ client: Client, now: Instant) {
        guard let difficulty = client.variableDifficulty?.retarget(client.difficulty, now: now) else { return }
        announce(difficulty, to: client, now: now)
    }

    // MARK: Misbehaviour

    /// Whether new connections are welcome.
    var acceptsConnections: Bool { order?.order.misbehaviour != .refuseConnections }

    /// Whether the client's bytes should be read.
    func reads(_ id: ClientID) -> Bool {
        guard let client = clients[id] else { return false }
        return misbehaviour(of: client) != .stopReading && client.farewell == nil
    }

    /// Gives an order for one client or for all; nil ends it. False when there is no such client.
    @discardableResult
    func set(_ order: MisbehaviourOrder?, for id: ClientID?, now: Instant) -> Bool {
        orderCount += 1
        let numbered = order.map { NumberedOrder(order: $0, number: orderCount) }
        if let id {
            guard let client = clients[id] else { return false }
            client.order = numbered
        } else {
            self.order = numbered
        }
        for client in clients.values { applyOrder(to: client, now: now) }
        return true
    }

    /// The order that applies to a client by now.
    func activeOrder(of client: Client) -> NumberedOrder? {
        guard let order = client.order ?? order, client.statistics.messagesSent >= order.order.afterMessages else {
            return nil
        }
        return order
    }

    func misbehaviour(of client: Client) -> Misbehaviour? { activeOrder(of: client)?.order.misbehaviour }

    // MARK: Records

    func report(_ event: PoolEvent) {
        events.append(event)
        if events.count > Self.eventLimit { events.removeFirst() }
    }

    /// What has happened since the last call.
    func takeEvents() -> [PoolEvent] {
        defer { events = [] }
        return events
    }

    private func record(_ line: [UInt8], from client: Client) {
        client.statistics.linesReceived += 1
        lines.append(ReceivedLine(client: client.id, text: String(decoding: line, as: UTF8.self)))
        if lines.count >= 2 * Self.lineLimit { lines.removeFirst(Self.lineLimit) }
    }

    func record(_ share: AcceptedShare) {
        total.count(share)
        shares.append(share)
        // In blocks, so that a long run does not move the whole array for each share.
        if shares.count >= 2 * max(configuration.rememberedShares, 64) {
            shares.removeFirst(shares.count - configuration.rememberedShares)
        }
        report(.accepted(share))
    }

    func record(_ refusal: Refusal, of client: Client) {
        total.count(refusal.reason)
        client.statistics.shares.count(refusal.reason)
        report(.rejected(client.id, refusal.reason, detail: refusal.detail))
    }

    func statistics(now: Instant) -> PoolStatistics {
        let current = clients.values.sorted { $0.id < $1.id }.map { statistics(of: $0, now: now) }
        return PoolStatistics(
            total: total, hashesPerSecond: current.reduce(0) { $0 + $1.hashesPerSecond }, clients: current,
            departed: departed, connections: connections, jobs: jobCount)
    }

    private func statistics(of client: Client, now: Instant) -> ClientStatistics {
        var statistics = client.statistics
        statistics.workers = client.workers
        statistics.difficulty = client.difficulty.value
        if let start = client.firstJobAt, now > start {
            let seconds = (now - start) / .seconds(1)
            statistics.hashesPerSecond = statistics.shares.work * ShareDifficulty.hashesPerUnit / seconds
        }
        return statistics
    }
}
