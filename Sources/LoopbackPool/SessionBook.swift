/// What a miner keeps when it comes back with its session id: its part of the coinbase and the jobs it was given.
struct Session: Sendable {
    let id: String
    var extranonce1: [UInt8]
    let extranonce2Size: Int
    /// The terms on which each job was announced, keyed by job.
    var issues: [String: Issue] = [:]
}

/// Hands out extranonces, and keeps the sessions of clients that have gone so that they can be resumed.
struct SessionBook: Sendable {
    /// Sessions kept; the oldest is forgotten first. With the limit on clients this leaves a one-byte extranonce1 free.
    static let limit = 64

    private let extranonce1Size: Int
    private let extranonce2Size: Int
    /// The extranonce1 of a recorded session, which one client at a time gets.
    private let recorded: [UInt8]?
    private var counter: UInt32 = 0
    private var parked: [Session] = []

    init(_ configuration: PoolConfiguration) {
        extranonce1Size = configuration.extranonce1Size
        extranonce2Size = configuration.extranonce2Size
        recorded = configuration.jobs.recording?.extranonce1
    }

    /// A session whose extranonce1 nobody else has; nil when all are taken.
    mutating func open(taken: Set<[UInt8]>) -> Session? {
        guard let extranonce1 = extranonce1(taken: taken) else { return nil }
        counter &+= 1
        return Session(
            id: "session-" + Hexadecimal.text(counter), extranonce1: extranonce1, extranonce2Size: extranonce2Size)
    }

    /// An extranonce1 that is in use neither by a client nor by a session that may be resumed.
    mutating func extranonce1(taken: Set<[UInt8]>) -> [UInt8]? {
        if let recorded, !taken.contains(recorded) {
            parked.removeAll { $0.extranonce1 == recorded }
            return recorded
        }
        let used = taken.union(parked.map(\.extranonce1))
        for _ in 0...used.count {
            counter &+= 1
            // An odd multiplier spreads the values and repeats none before all have been used.
            let word = PoolJob.littleEndian(counter &* 0x9E37_79B1)
            let candidate = (0..<extranonce1Size).map { $0 < 4 ? word[$0] : 0 }
            if !used.contains(candidate) { return candidate }
        }
        return nil
    }

    /// Keeps the session of a client that has gone.
    mutating func park(_ session: Session) {
        parked.append(session)
        if parked.count > Self.limit { parked.removeFirst() }
    }

    /// Takes back the session named `id`.
    mutating func resume(_ id: String) -> Session? {
        guard let index = parked.firstIndex(where: { $0.id == id }) else { return nil }
        return parked.remove(at: index)
    }
}
