import Base
import Mining
import SHA256

/// One pool of a group: its connection, if any, and what is remembered from one connection to the next.
struct PoolLink: Sendable {
    struct WaitingShare: Sendable {
        var submission: Submission
        var expiresAt: Instant
        /// It has been sent once, on a connection that broke before the reply.
        var isResubmission: Bool
        /// It waits for its session to be resumed, not only for replies to earlier ones.
        var isOrphaned: Bool
    }

    let settings: Session.Settings
    var statistics = PoolStatistics()

    private(set) var connection: PoolGroup.Connection?
    /// The numbers of the latest connections: generations tell them.
    private var numbers: [UInt32] = []
    /// Nil while the connection is being established.
    var session: Session?
    var connectBy: Instant?

    var retryAt = Instant(nanoseconds: 0)
    var failures = 0
    /// Where `client.reconnect` leads, until a connection there fails.
    var redirection: Endpoint?
    var resumption: Session.Resumption?

    /// Not before then is a working pool given up for this one.
    var heldUntil = Instant(nanoseconds: 0)
    var hold: Duration = .zero
    var activeSince: Instant?
    /// When the connection of a pool that is no longer mined at is closed.
    var retireAt: Instant?

    /// What the pool hung up on last, and what is left out because of it.
    private(set) var suspect: Request?
    private(set) var avoided: [Request] = []
    private var avoidUntil = Instant(nanoseconds: 0)

    var waiting: [WaitingShare] = []
    /// Ids of shares in flight for the second time.
    var resubmitted: [UInt64] = []
    private var recent: [ShareKey] = []
    private var oldest = 0

    private static let historyLimit = 256

    init(_ settings: Session.Settings) {
        self.settings = settings
    }

    var isReady: Bool { session?.isReady ?? false }

    /// Where to connect next.
    var endpoint: Endpoint { redirection ?? settings.endpoint }

    mutating func open(_ connection: PoolGroup.Connection) {
        self.connection = connection
        if numbers.count >= 8 { numbers.removeFirst() }
        numbers.append(connection.number)
    }

    mutating func dropConnection() {
        connection = nil
        connectBy = nil
        session = nil
        retireAt = nil
        resubmitted = []
    }

    /// The pool is no longer mined at; returns for how long it was. A pool that served for a while is reconnected to without
    /// the delay that earlier failures have brought.
    mutating func endService(_ policy: PoolGroup.Policy, _ now: Instant) -> Duration? {
        guard let since = activeSince else { return nil }
        activeSince = nil
        if now - since >= policy.lastRetry { failures = 0 }
        return now - since
    }

    /// Whether this assignment came from this pool, as far as that is remembered.
    func hasIssued(_ generation: UInt32) -> Bool {
        numbers.contains { $0 & 0xFFFF == generation >> 16 }
    }

    /// An assignment that shares can still be submitted for, now or when its session is resumed.
    func assignment(_ generation: UInt32) -> Assignment? {
        let jobs = session?.assignments ?? resumption?.jobs ?? []
        return jobs.first { $0.generation == generation }
    }

    // MARK: Options that pools hang up on

    /// The settings without what is being avoided.
    func cautiousSettings(now: Instant) -> Session.Settings {
        guard now < avoidUntil else { return settings }
        var cautious = settings
        for option in avoided {
            switch option {
            case .configure: cautious.versionMask = 0
            case .suggestDifficulty: cautious.suggestedDifficulty = nil
            case .subscribeExtranonce: cautious.subscribesToExtranonce = false
            case .subscribe, .authorize, .submit: break
            }
        }
        return cautious
    }

    /// The connection was closed from outside while `option` had no answer yet. Once may be chance; the second time in a
    /// row it is left out. Returns it if so.
    mutating func suspect(_ option: Request?, until end: Instant, now: Instant) -> Request? {
        defer { suspect = option }
        guard let option, suspect == option else { return nil }
        if now >= avoidUntil { avoided = [] }
        avoided.append(option)
        avoidUntil = end
        return option
    }

    // MARK: Duplicates

    /// What makes two shares the same to a pool, whichever assignment they were found for.
    private struct ShareKey: Hashable {
        var work: UInt64
        var time: UInt32
        var nonce: UInt32
        var versionBits: UInt32
    }

    /// Remembers a share; false when it is among the last 256 already.
    mutating func remember(_ share: Submission, for assignment: Assignment) -> Bool {
        // FNV-1a; a collision, one in 2^64, would cost one share.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ bytes: [UInt8]) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        mix(assignment.job.id)
        mix(assignment.job.previousHash.bytes)
        mix(assignment.extranonce.prefix)
        mix(share.extranonce2)
        let key = ShareKey(
            work: hash, time: share.time, nonce: share.nonce, versionBits: share.versionBits ?? 0)
        guard !recent.contains(key) else { return false }
        if recent.count < Self.historyLimit {
            recent.append(key)
        } else {
            recent[oldest] = key
            oldest = (oldest + 1) % Self.historyLimit
        }
        return true
    }
}
