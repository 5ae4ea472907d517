import Base

/// The pool's side of one connection. Belongs to the `PoolCore` that made it.
final class Client {
    let id: ClientID
    var statistics: ClientStatistics
    var outbox = Outbox()
    /// The part of a line that has arrived.
    var partialLine: [UInt8] = []
    /// Set once the pool is done with the client; the connection is closed when the outbox is empty.
    var farewell: String?

    var session: Session?
    /// Whether `mining.subscribe` has been answered, and a job announced after it.
    var isSubscribeAnswered = false
    var workers: [String] = []
    /// Version bits that the miner may roll; 0 before `mining.configure`.
    var versionMask: UInt32 = 0
    /// Applies to jobs announced from now on.
    var difficulty: ShareDifficulty
    var variableDifficulty: VariableDifficulty?
    var firstJobAt: Instant?

    /// An order for this client alone, which goes before the one for all.
    var order: NumberedOrder?
    /// The number of the order for a single event that has been carried out.
    var doneOrder = 0
    /// When the next job of a flood is due.
    var nextFloodJob: Instant?

    /// Workers that may be authorised on one connection.
    static let workerLimit = 64
    /// Bytes that may come without an end of line.
    static let lineLimit = 64 << 10

    init(id: ClientID, difficulty: ShareDifficulty, variableDifficulty: VariableDifficulty?) {
        self.id = id
        self.difficulty = difficulty
        self.variableDifficulty = variableDifficulty
        statistics = ClientStatistics(client: id, difficulty: difficulty.value)
    }

    /// Whether the client gets jobs.
    var isMining: Bool { session != nil && !workers.isEmpty && farewell == nil }

    /// Closes the connection after what is waiting has been sent.
    func dismiss(_ reason: String) {
        if farewell == nil { farewell = reason }
    }

    /// Whether `misbehaviour` leaves the client without answers from now on.
    func isMuted(by misbehaviour: Misbehaviour?) -> Bool {
        switch misbehaviour {
        case .silent, .stopReading: true
        case .silentAfterSubscribe: isSubscribeAnswered
        case .silentAfterNotify: statistics.notifiesSent > 0
        default: false
        }
    }
}

/// An order with a number, so that it can be told whether a client has seen it.
struct NumberedOrder: Sendable {
    let order: MisbehaviourOrder
    let number: Int
}
