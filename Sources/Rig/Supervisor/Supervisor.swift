import ASIC
import Base
import Mining
import SHA256
import Stratum

/// The rig's head: brings pools, work and chains together. Pure: inputs and the time go in, actions come out.
public struct Supervisor: Sendable {
    /// What the world tells the supervisor.
    public enum Input: Sendable {
        /// Time has passed; due by `deadline`.
        case tick
        case connected(PoolGroup.Connection)
        case closed(PoolGroup.Connection)
        case received([UInt8], PoolGroup.Connection)
        case report(HashReport)
        /// Hashes done since the start, by all workers together.
        case hashed(total: UInt64)
        case temperature(RigStatus.Temperature)
        /// Something that the hash board with this index tells.
        case board(Int, BoardReport)
        /// What the hash boards are doing, in the order of the board file.
        case boards([BoardStatus])
        /// How the rig is cooled and fed.
        case plant(PlantStatus)
        /// What is known of the mains.
        case grid(GridStatus)
    }

    /// What the supervisor asks of the world.
    public enum Action: Sendable {
        /// Open a connection; answer with `connected` or `closed`.
        case connect(PoolGroup.Connection, Endpoint)
        case send(PoolGroup.Connection, [UInt8])
        case close(PoolGroup.Connection)
        case order(worker: Int, HashOrder)
        /// For the hash board with this index.
        case board(Int, BoardOrder)
        /// Whether there is anything to hash from now on: boards that have nothing to do are to be switched off.
        case hasWork(Bool)
        case event(Event)
    }

    /// What the rig is doing, as of the last input.
    public private(set) var status = RigStatus()
    /// Time from the arrival of a job to the first nonces that a worker searches for it.
    public private(set) var switches = LatencyHistogram()

    private let startedAt: Instant
    private let addresses: [String]
    private var pools: PoolGroup
    private var distributor: WorkDistributor
    private let chain: CPUChain
    private let boards: BoardCrew
    private var hasWork = false
    private var meter = HashRateMeter()
    private var nextShareID: UInt64 = 1
    private var actions: [Action] = []
    private var errorThrottle = Throttle(every: .seconds(10))
    private var noteThrottle = Throttle(every: .seconds(10), burst: 10)
    private var shareLog = ShareLog()
    /// Finds for work that was worthless already.
    private var outdated: UInt64 = 0
    /// Shares that the pool refused for coming too late.
    private var refusedAsStale: UInt64 = 0
    private var isSpaceUsedUp = false

    /// - Parameters:
    ///   - agent: program and version, told to pools.
    ///   - workerCount: hash workers of the processor's chain.
    ///   - boards: the hash boards, in the order of the board file.
    ///   - seed: for the jitter of reconnections.
    public init(
        _ configuration: Configuration, agent: String, workerCount: Int, boards: [BoardProfile] = [], seed: UInt64,
        now: Instant
    ) {
        startedAt = now
        self.boards = BoardCrew(boards)
        status.isSimulated = boards.contains { $0.isSimulated }
        chain = CPUChain(workerCount: workerCount)
        distributor = WorkDistributor(recordLimit: max(64, 8 * workerCount) + boards.count * BoardCrew.recordsPerBoard)
        addresses = configuration.pools.map { $0.address.text }
        pools = PoolGroup(
            configuration.pools.map { pool in
                var settings = Session.Settings(
                    endpoint: Endpoint(host: pool.address.host.utf8, port: pool.address.port), user: pool.user.utf8,
                    password: pool.password.utf8, agent: agent.utf8)
                settings.suggestedDifficulty = configuration.mining.suggestedDifficulty
                settings.timing.silence = .seconds(configuration.mining.silenceSeconds)
                return settings
            }, seed: seed)
    }

    /// What has come of each pool, in the order of the configuration.
    public var poolStatistics: [PoolStatistics] { pools.statistics }

    /// When the next `tick` is due, if nothing comes before.
    public var deadline: Instant? { pools.deadline }

    /// Takes in what has happened; the actions are to be carried out in their order.
    public mutating func handle(_ input: Input, now: Instant) -> [Action] {
        switch input {
        case .tick: perform(pools.tick(now: now), now)
        case .connected(let connection): perform(pools.connected(connection, now: now), now)
        case .closed(let connection): perform(pools.closed(connection, now: now), now)
        case .received(let bytes, let connection): perform(pools.received(bytes, on: connection, now: now), now)
        case .report(let report): take(report, now)
        case .hashed(let total):
            meter.record(total: total, now: now)
            status.hashRate5s = meter.rate(over: .seconds(5))
            status.hashRate1m = meter.rate(over: .seconds(60))
            status.hashRate15m = meter.rate(over: .seconds(900))
        case .temperature(let temperature): status.temperature = temperature
        case .board(let index, let report): take(report, ofBoard: index, now)
        case .boards(let boards): status.boards = boards
        case .plant(let plant): status.plant = plant
        case .grid(let grid): status.grid = grid
        }
        updateStatus(now)
        defer { actions = [] }
        return actions
    }

    /// Whether shares are on their way whose outcome is still to come: worth a moment before stopping.
    public var awaitsReplies: Bool { pools.awaitsReplies }

    /// The last call: closes all connections, and counts as lost every share whose outcome is not known.
    public mutating func stop(now: Instant) -> [Action] {
        perform(pools.stop(now: now), now)
        updateStatus(now)
        defer { actions = [] }
        return actions
    }

    // MARK: Pools

    private mutating func perform(_ poolActions: [PoolGroup.Action], _ now: Instant) {
        for action in poolActions {
            switch action {
            case .connect(let connection, let endpoint): actions.append(.connect(connection, endpoint))
            case .send(let connection, let bytes): actions.append(.send(connection, bytes))
            case .close(let connection): actions.append(.close(connection))
            case .work(let pool, let assignment): begin(assignment, of: pool, now)
            case .idle:
                distributor.dropJob()
                dispatch(chain.idle())
                setHasWork(false)
                log(.warning, "rig", "no pool has had work for a while: hashing stops, not to burn power for nothing")
            case .accepted(let pool, let share, let credit, let latency):
                status.accepted += 1
                status.acceptedWork += credit.approximation
                status.bestDifficulty = max(status.bestDifficulty, share.difficulty)
                if let text = shareLog.accepted(share.difficulty, latency, now: now) {
                    log(.info, "pool \(addresses[pool])", text)
                }
            case .rejected(let pool, _, let rejection, let latency):
                status.rejected += 1
                if rejection.reason == .stale { refusedAsStale += 1 }
                if let text = shareLog.rejected(rejection, latency, now: now) {
                    log(.warning, "pool \(addresses[pool])", text)
                }
            case .lost(let pool, _, let loss):
                if let text = shareLog.lost(loss, now: now) { log(.warning, "pool \(addresses[pool])", text) }
            case .log(let pool, let note): narrate(note, of: pool, now)
            }
        }
    }

    private mutating func begin(_ assignment: Assignment, of pool: Int, _ now: Instant) {
        do throws(WorkTemplateError) {
            try distributor.adopt(assignment, now: now)
        } catch {
            log(.error, "pool \(addresses[pool])", "its job cannot be mined: \(error.text)")
            return
        }
        isSpaceUsedUp = false
        status.difficulty = assignment.difficulty.approximation
        dispatch(chain.begin(&distributor, causedAt: now, now: now))
        order(boards.begin(&distributor, isClean: assignment.job.isClean, now: now))
        setHasWork(true)
    }

    private mutating func setHasWork(_ hasWork: Bool) {
        guard hasWork != self.hasWork else { return }
        self.hasWork = hasWork
        actions.append(.hasWork(hasWork))
    }

    /// Notes that a pool could send without end are thinned out; those that tell of a change never are.
    private mutating func narrate(_ note: PoolGroup.Note, of pool: Int, _ now: Instant) {
        let event = PoolNarration.event(for: note, source: "pool \(addresses[pool])")
        guard PoolNarration.canFlood(note) else {
            actions.append(.event(event))
            return
        }
        guard let before = noteThrottle.admit(now: now) else { return }
        var counted = event
        if before > 0 { counted.text += " (and \(before) more)" }
        actions.append(.event(counted))
    }

    // MARK: Work

    private mutating func take(_ report: HashReport, _ now: Instant) {
        switch report {
        case .candidate(_, let workID, let nonce): judge(nonce, workID, now)
        case .began(_, _, let delay): switches.record(delay)
        case .exhausted(let worker, _):
            if let refill = chain.refill(worker, from: &distributor, now: now) {
                dispatch([refill])
            } else if distributor.hasJob, !isSpaceUsedUp {
                isSpaceUsedUp = true
                log(.warning, "rig", "every header of this job is searched: waiting for the next job")
            }
        }
    }

    private mutating func judge(_ nonce: UInt32, _ workID: UInt64, _ now: Instant) {
        _ = conclude(distributor.judge(nonce, workID: workID), source: "processor", now)
    }

    private mutating func take(_ report: BoardReport, ofBoard index: Int, _ now: Instant) {
        switch report {
        case .found(let found):
            let finding = distributor.judge(found.solution, workID: found.workID, ticket: found.ticket)
            if let isValid = conclude(finding, source: boards.name(index), now) {
                actions.append(.board(index, .record(found, isValid: isValid)))
            }
        case .needsWork(let count): order(boards.supply(index, count, from: &distributor, now: now))
        case .event(let event):
            if let event = BoardNarration.event(for: event, source: boards.name(index)) {
                actions.append(.event(event))
            }
        case .leaseExpired:
            log(.alert, boards.name(index), "nobody has renewed its enable line: its load is off")
        case .clockRefused(let error):
            actions.append(.event(BoardNarration.event(for: error, source: boards.name(index))))
        case .fault(let fault, let isolation):
            guard isolation != nil || errorThrottle.admit(now: now) != nil else { return }
            actions.append(.event(BoardNarration.event(for: fault, isolation, source: boards.name(index))))
        }
    }

    /// Does what a finding asks for; whether the nonce was right, nil when that cannot be told any more.
    private mutating func conclude(_ finding: WorkDistributor.Finding, source: String, _ now: Instant) -> Bool? {
        switch finding {
        case .stale:
            outdated += 1
            return nil
        case .judged(.belowPool), .judged(.duplicate): return true
        case .judged(.hardwareError):
            status.hardwareErrors += 1
            if let before = errorThrottle.admit(now: now) {
                log(.warning, source, "a wrong nonce was reported\(before > 0 ? " (and \(before) more)" : "")")
            }
            return false
        case .judged(.share(let share)): submit(share, now)
        case .judged(.block(let share)):
            log(.notice, "rig", "a share solves the block of job \(String(decoding: share.jobID, as: UTF8.self))")
            submit(share, now)
        }
        return true
    }

    private mutating func order(_ orders: [BoardCrew.Dispatch]) {
        for order in orders { actions.append(.board(order.board, order.order)) }
    }

    private mutating func submit(_ share: Share, _ now: Instant) {
        let submission = Submission(
            id: nextShareID, generation: share.generation,
            extranonce2: (0..<share.extranonce2.size).map { share.extranonce2[$0] },
            time: share.time, nonce: share.nonce, versionBits: share.versionBits, difficulty: share.hash.difficulty)
        nextShareID += 1
        perform(pools.submit(submission, now: now), now)
    }

    private mutating func dispatch(_ orders: [CPUChain.Dispatch]) {
        for order in orders { actions.append(.order(worker: order.worker, order.order)) }
    }

    // MARK: Status

    private mutating func updateStatus(_ now: Instant) {
        status.uptime = now - startedAt
        status.stale = outdated + refusedAsStale
        status.lost = 0
        for pool in pools.statistics {
            status.stale += pool.stale
            status.lost += pool.lost
        }
        status.pool = pools.active.map { .mining(addresses[$0]) } ?? (addresses.first.map { .connecting($0) } ?? .none)
    }

    private mutating func log(_ severity: Event.Severity, _ source: String, _ text: String) {
        actions.append(.event(Event(severity, source, text)))
    }
}
