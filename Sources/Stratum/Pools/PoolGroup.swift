import Base
import Mining

/// Several pools in order of preference, of which one at a time is mined at.
///
/// A pool counts as working when it has taken the worker on and sent a job, and for as long as jobs and replies keep
/// coming: an open connection alone means nothing. While the best pool does not work, the next one that does is mined
/// at; the better ones are tried by a complete handshake on a connection of their own before mining goes back to them.
///
/// No clock, no sockets: events and the time go in, actions come out. Random delays come from the seed.
public struct PoolGroup: Sendable {
    /// Pools in a group, at most.
    public static let poolLimit = 8

    private(set) var pools: [PoolLink]
    let policy: Policy
    private var random: SplitMix64
    private var actions: [Action] = []
    private var connectionCount: UInt32 = 0
    /// The pool that is mined at.
    public private(set) var active: Int?
    /// The pool that was mined at last, now or before an outage.
    private var minedAt: Int?
    /// Since when there has been none.
    private var outageSince: Instant?
    private var isIdle = false

    /// - Parameters:
    ///   - pools: the best first; those beyond `poolLimit` are left out.
    ///   - seed: for the delays between attempts, so that a fleet does not come back all at once.
    public init(_ pools: [Session.Settings], policy: Policy = Policy(), seed: UInt64) {
        self.pools = pools.prefix(Self.poolLimit).map { PoolLink($0) }
        self.policy = policy
        random = SplitMix64(state: seed)
    }

    /// What has come of each pool, in the order given.
    public var statistics: [PoolStatistics] { pools.map { $0.statistics } }

    // MARK: Inputs

    /// Time has passed. The first call starts the group; further ones are due by `deadline`.
    public mutating func tick(now: Instant) -> [Action] {
        for index in pools.indices {
            guard let connection = pools[index].connection else { continue }
            if let actions = pools[index].session?.tick(now: now) {
                apply(actions, index, now)
            } else if let limit = pools[index].connectBy, limit <= now {
                actions.append(.close(connection))
                lose(index, .notConnected, now)
            }
        }
        return plan(now)
    }

    /// When `tick` is due, if nothing comes before; nil in a group without pools.
    public var deadline: Instant? {
        var earliest: Instant?
        func consider(_ instant: Instant?) {
            if let instant { earliest = min(earliest ?? instant, instant) }
        }
        for (index, pool) in pools.enumerated() {
            consider(pool.session?.deadline)
            consider(pool.connectBy)
            consider(pool.retireAt)
            consider(pool.waiting.first?.expiresAt)
            if pool.connection == nil { consider(dialTime(index)) }
        }
        if let outageSince, !isIdle { consider(outageSince + policy.idle) }
        return earliest
    }

    /// The connection has been established.
    public mutating func connected(_ connection: Connection, now: Instant) -> [Action] {
        guard let index = index(of: connection), pools[index].session == nil else { return plan(now) }
        pools[index].statistics.connections += 1
        pools[index].connectBy = nil
        log(index, .connected(pools[index].endpoint))
        var session = Session(
            pools[index].cautiousSettings(now: now), connection: connection.number, resuming: pools[index].resumption)
        let actions = session.start(now: now)
        pools[index].session = session
        apply(actions, index, now)
        return plan(now)
    }

    /// The connection could not be established, was closed by the pool, or broke.
    public mutating func closed(_ connection: Connection, now: Instant) -> [Action] {
        if let index = index(of: connection) {
            lose(index, pools[index].session == nil ? .notConnected : .closed, now)
        }
        return plan(now)
    }

    /// Bytes have come in.
    public mutating func received(_ bytes: [UInt8], on connection: Connection, now: Instant) -> [Action] {
        if let index = index(of: connection), let actions = pools[index].session?.receive(bytes, now: now) {
            apply(actions, index, now)
        }
        return plan(now)
    }

    /// A share has been found. It is submitted now, kept for when its session is resumed, or lost; `accepted`, `rejected` or
    /// `lost` tells the outcome, once.
    public mutating func submit(_ share: Submission, now: Instant) -> [Action] {
        guard let index = pools.firstIndex(where: { $0.assignment(share.generation) != nil }),
            let assignment = pools[index].assignment(share.generation)
        else {
            lose(share, pools.firstIndex { $0.hasIssued(share.generation) } ?? active ?? 0, .stale)
            return plan(now)
        }
        guard pools[index].remember(share, for: assignment) else {
            lose(share, index, .duplicate)
            return plan(now)
        }
        wait(
            PoolLink.WaitingShare(
                submission: share, expiresAt: now + policy.resume, isResubmission: false,
                isOrphaned: !pools[index].isReady), index)
        return plan(now)
    }

    /// Whether a pool that works still owes the outcome of a share.
    public var awaitsReplies: Bool {
        pools.contains { pool in
            pool.isReady && (!pool.waiting.isEmpty || pool.session?.unanswered.isEmpty == false)
        }
    }

    /// Ends the group: closes all connections, and every share without an outcome is lost.
    public mutating func stop(now: Instant) -> [Action] {
        for index in pools.indices {
            if let connection = pools[index].connection { actions.append(.close(connection)) }
            release(index, now)
            for share in pools[index].waiting { lose(share.submission, index, .stopped) }
            pools[index].waiting = []
        }
        defer { actions = [] }
        return actions
    }

    // MARK: Shares

    /// Submits a share, or finds that it is lost; false when it has to wait.
    private mutating func send(_ share: PoolLink.WaitingShare, _ index: Int, _ now: Instant) -> Bool {
        guard pools[index].isReady, let connection = pools[index].connection,
            let result = pools[index].session?.submit(share.submission, now: now)
        else { return false }
        switch result {
        case .sent(let bytes):
            actions.append(.send(connection, bytes))
            if share.isResubmission { pools[index].resubmitted.append(share.submission.id) }
        case .busy: return false
        case .stale: lose(share.submission, index, share.isOrphaned ? .disconnected : .stale)
        case .invalid: lose(share.submission, index, .invalid)
        }
        return true
    }

    private mutating func wait(_ share: PoolLink.WaitingShare, _ index: Int) {
        if pools[index].waiting.count >= policy.queueLimit {
            lose(pools[index].waiting.removeFirst().submission, index, .overflow)
        }
        pools[index].waiting.append(share)
    }

    /// Submits what waits, as far as that is possible, and drops what has waited too long.
    private mutating func serveWaiting(_ index: Int, _ now: Instant) {
        while let first = pools[index].waiting.first {
            if first.expiresAt <= now {
                lose(first.submission, index, .disconnected)
            } else if !send(first, index, now) {
                return
            }
            pools[index].waiting.removeFirst()
        }
    }

    private mutating func lose(_ share: Submission, _ index: Int, _ loss: Loss) {
        if pools.indices.contains(index) {
            switch loss {
            case .stale: pools[index].statistics.stale += 1
            case .duplicate, .invalid, .overflow, .disconnected, .stopped: pools[index].statistics.lost += 1
            }
        }
        actions.append(.lost(pool: index, share, loss))
    }

    // MARK: Sessions

    private mutating func apply(_ sessionActions: [Session.Action], _ index: Int, _ now: Instant) {
        for action in sessionActions {
            guard let connection = pools[index].connection else { return }
            switch action {
            case .send(let bytes): actions.append(.send(connection, bytes))
            case .authorized: log(index, .authorized)
            case .job(let assignment):
                if index == active { actions.append(.work(pool: index, assignment)) }
            case .difficulty(let difficulty): log(index, .difficulty(difficulty))
            case .accepted(let share, let credit, let latency): accept(share, index, credit, latency, now)
            case .rejected(let share, let credit, let rejection, let latency):
                // The first submission got through, only its reply did not.
                if rejection.reason == .duplicate, pools[index].resubmitted.contains(share.id) {
                    accept(share, index, credit, latency, now)
                } else {
                    pools[index].resubmitted.removeAll { $0 == share.id }
                    pools[index].statistics.reject(rejection, latency: latency)
                    actions.append(.rejected(pool: index, share, rejection, latency: latency))
                }
            case .reconnect(let endpoint, let wait):
                actions.append(.close(connection))
                lose(index, .redirected, now, wait: wait)
                pools[index].redirection = endpoint
                log(index, .redirected(endpoint))
            case .failed(let failure):
                actions.append(.close(connection))
                lose(index, .session(failure), now)
            case .log(let note):
                if case .fault = note { pools[index].statistics.faults += 1 }
                log(index, .session(note))
            }
        }
    }

    private mutating func accept(
        _ share: Submission, _ index: Int, _ credit: Difficulty, _ latency: Duration, _ now: Instant
    ) {
        pools[index].resubmitted.removeAll { $0 == share.id }
        pools[index].statistics.accept(share, credit: credit, latency: latency, now: now)
        actions.append(.accepted(pool: index, share, credit: credit, latency: latency))
    }

    // MARK: Connections

    private func index(of connection: Connection) -> Int? {
        pools.firstIndex { $0.connection == connection }
    }

    private mutating func log(_ index: Int, _ note: Note) { actions.append(.log(pool: index, note)) }

    /// The connection is gone against our will, or of no more use.
    private mutating func lose(_ index: Int, _ outage: Outage, _ now: Instant, wait: Duration = .zero) {
        if pools[index].session == nil {
            pools[index].statistics.connectionFailures += 1
        } else {
            pools[index].statistics.disconnections += 1
        }
        var option: Request?
        if case .closed = outage { option = pools[index].session?.openOption }
        if let avoided = pools[index].suspect(option, until: now + policy.avoidance, now: now) {
            log(index, .avoiding(avoided))
        }
        if pools[index].session?.hasBeenReady != true { pools[index].redirection = nil }
        release(index, now)
        if index == active {
            active = nil
            outageSince = now
        }
        if let service = pools[index].endService(policy, now) {
            let doubled = min(policy.holdLimit, pools[index].hold + pools[index].hold)
            pools[index].hold = service >= policy.proof ? policy.hold : max(policy.hold, doubled)
            pools[index].heldUntil = now + pools[index].hold
        }
        var retry = max(wait, retryDelay(after: outage, index))
        if case .session = outage, pools.count > 1 {
            // The pool took the connection but did not work. It might do as much again: first it is the others' turn.
            retry = max(retry, policy.precedence * pools.count)
        }
        pools[index].failures += 1
        pools[index].retryAt = now + retry
        log(index, .down(outage, retry: retry))
    }

    /// Lets go of the connection, keeping what the next one can go on with.
    private mutating func release(_ index: Int, _ now: Instant) {
        if let session = pools[index].session {
            pools[index].resumption = session.remains
            for share in session.unanswered {
                // Once more is enough: a pool that never answers it may be choking on it.
                if pools[index].resubmitted.contains(share.id) {
                    lose(share, index, .disconnected)
                } else {
                    wait(
                        .init(
                            submission: share, expiresAt: now + policy.resume, isResubmission: true, isOrphaned: true),
                        index)
                }
            }
        }
        pools[index].dropConnection()
    }

    /// 1, 2, 4 … 60 s, of which the second half is random. Wrong credentials do not get right by trying.
    private mutating func retryDelay(after outage: Outage, _ index: Int) -> Duration {
        var delay = policy.firstRetry
        for _ in 0..<min(pools[index].failures, 16) { delay = min(policy.lastRetry, delay + delay) }
        if case .session(.refused) = outage { delay = policy.lastRetry }
        let half = UInt64(max(0, delay.nanoseconds)) / 2
        return .nanoseconds(Int64(clamping: half + random.next() % (half + 1)))
    }

    // MARK: Plan

    /// Brings connections and the choice of the pool in line with what is known now.
    private mutating func plan(_ now: Instant) -> [Action] {
        if active == nil, outageSince == nil { outageSince = now }
        for index in pools.indices {
            serveWaiting(index, now)
            if pools[index].isReady, index < active ?? .max { activate(index, now) }
        }
        for index in pools.indices {
            if pools[index].connection == nil {
                if let time = dialTime(index), time <= now { dial(index, now) }
            } else if let active, index > active {
                retire(index, now)
            }
        }
        if let since = outageSince, !isIdle, now >= since + policy.idle {
            isIdle = true
            actions.append(.idle)
        }
        defer { actions = [] }
        return actions
    }

    /// When a pool without a connection is to be tried; nil while a better one works.
    private func dialTime(_ index: Int) -> Instant? {
        let retryAt = pools[index].retryAt
        if let active { return index < active ? max(retryAt, pools[index].heldUntil) : nil }
        guard let outageSince else { return retryAt }
        return max(retryAt, outageSince + policy.precedence * index)
    }

    private mutating func dial(_ index: Int, _ now: Instant) {
        connectionCount &+= 1
        let connection = Connection(number: connectionCount)
        pools[index].open(connection)
        pools[index].connectBy = now + policy.connect
        actions.append(.connect(connection, pools[index].endpoint))
    }

    private mutating func activate(_ index: Int, _ now: Instant) {
        guard var assignment = pools[index].session?.current else { return }
        if let active {
            pools[active].retireAt = now + policy.linger
            _ = pools[active].endService(policy, now)
        }
        active = index
        outageSince = nil
        isIdle = false
        pools[index].activeSince = now
        pools[index].retireAt = nil
        // Work for another pool is worth nothing; that of a resumed session is as good as before.
        if minedAt != index { assignment.job.isClean = true }
        minedAt = index
        log(index, .active)
        actions.append(.work(pool: index, assignment))
    }

    /// Closes the connection of a pool that is not needed, once it has had time to answer.
    private mutating func retire(_ index: Int, _ now: Instant) {
        if let end = pools[index].retireAt, now < end { return }
        guard let connection = pools[index].connection else { return }
        actions.append(.close(connection))
        release(index, now)
    }
}
