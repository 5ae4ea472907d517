import Base
import JSON
import Mining

/// One connection to a Stratum V1 pool, from the handshake to the last share, without the connection: bytes and the time
/// go in, actions come out (Docs/stratum.md).
///
/// Nothing a pool sends can stop it in any other way than by a typed `Failure`. What one call returns is bounded by
/// what it was given; so are the requests in flight (`submitLimit`) and the jobs remembered (`jobLimit`).
public struct Session: Sendable {
    /// Shares that may wait for their reply at a time.
    public static let submitLimit = 64
    /// Jobs that shares may be found for at a time.
    static let jobLimit = 16
    /// Unusable lines in a row after which the session fails.
    static let faultLimit = 32
    /// Calls that are answered for one `receive`.
    static let answerLimit = 16

    enum Phase {
        case idle, configuring, subscribing, authorizing, running, over
    }

    let settings: Settings
    private let connection: UInt32
    var phase = Phase.idle
    var actions: [Action] = []
    var answersLeft = Self.answerLimit

    // The wire.
    private var lines = LineAssembler()
    private var nextID: UInt64 = 1
    var pending: [PendingRequest] = []
    private var faultsInARow = 0

    // What the pool has told.
    var sessionID: [UInt8]?
    var extranonce: Extranonce?
    /// Holds from the next job on.
    var nextExtranonce: Extranonce?
    var versionMask: UInt32?
    var difficulty: Difficulty?
    var job: JobTemplate?

    // What has been made of it.
    /// What shares may be submitted for, the latest last.
    private(set) var assignments: [Assignment] = []
    private var assignmentCount: UInt32 = 0
    private var isReoffered = false
    var resumption: Resumption?
    /// When the pool will have been without a job for too long.
    private var silentAt: Instant?
    /// When a job is no longer held back for want of a difficulty.
    private var offerAt: Instant?

    /// - Parameters:
    ///   - connection: a number that is not used again soon; its lower 16 bits go into the generation of assignments.
    ///   - resumption: what an earlier session with the same pool left.
    public init(_ settings: Settings, connection: UInt32, resuming resumption: Resumption? = nil) {
        self.settings = settings
        self.connection = connection
        self.resumption = resumption
        assignments = resumption?.jobs ?? []
    }

    /// The assignment to mine for; nil until the pool has taken the worker on and sent a job.
    public var current: Assignment? { isReady ? assignments.last : nil }

    /// Whether there is a job to mine and shares can be submitted.
    public var isReady: Bool { phase == .running && assignmentCount > 0 }

    /// Whether there ever was a job to mine.
    var hasBeenReady: Bool { assignmentCount > 0 }

    /// Shares that have been submitted and not been answered.
    public var unanswered: [Submission] { pending.compactMap { $0.submitted?.share } }

    /// An optional request that a pool may be about to hang up on.
    var openOption: Request? { pending.first { $0.request.isOptional && $0.deadline != nil }?.request }

    /// What the next session needs to go on where this one stops.
    var remains: Resumption? {
        guard let extranonce else { return resumption }
        return Resumption(id: sessionID, extranonce1: extranonce.prefix, jobs: assignments)
    }

    // MARK: Inputs

    /// The connection stands: begins the handshake.
    public mutating func start(now: Instant) -> [Action] {
        guard phase == .idle else { return [] }
        silentAt = now + settings.timing.firstJob
        if settings.versionMask != 0 { configure(now) } else { subscribe(now) }
        return takeActions()
    }

    /// Bytes have come from the pool, in whatever pieces.
    public mutating func receive(_ bytes: [UInt8], now: Instant) -> [Action] {
        answersLeft = Self.answerLimit
        var rest = bytes[...]
        while phase != .idle, phase != .over, let line = lines.next(&rest) {
            switch line {
            case .tooLong: report(.tooLong)
            case .text(let text):
                // Some pools send empty lines to keep connections open.
                guard text.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
                do throws(JSONError) {
                    try handle(try Message(text), now)
                } catch {
                    report(.malformed(error))
                }
            }
        }
        return takeActions()
    }

    /// Time has passed; needed by `deadline`.
    public mutating func tick(now: Instant) -> [Action] {
        guard phase != .idle, phase != .over else { return [] }
        for request in pending {
            guard let deadline = request.deadline, deadline <= now else { continue }
            expire(request, now)
            if phase == .over { return takeActions() }
        }
        if let silentAt, silentAt <= now { fail(.silent) }
        if let offerAt, offerAt <= now { offer(now, evenWithoutDifficulty: true) }
        return takeActions()
    }

    /// When `tick` is due, if nothing comes before.
    public var deadline: Instant? {
        guard phase != .idle, phase != .over else { return nil }
        var earliest = silentAt
        func consider(_ instant: Instant?) {
            if let instant { earliest = min(earliest ?? instant, instant) }
        }
        consider(offerAt)
        for request in pending { consider(request.deadline) }
        return earliest
    }

    /// What became of a share handed to `submit`.
    public enum SubmitResult: Sendable {
        /// It is on its way once these bytes are sent; the reply brings `accepted` or `rejected`.
        case sent([UInt8])
        /// Too many replies are outstanding, or the handshake is not done: try again later.
        case busy
        /// Its job is no longer valid.
        case stale
        /// Its extranonce2 has the wrong size, or its version bits are outside the mask.
        case invalid
    }

    /// Submits a share, if its job is still valid and few enough shares wait for their replies.
    public mutating func submit(_ share: Submission, now: Instant) -> SubmitResult {
        guard let found = assignments.first(where: { $0.generation == share.generation }) else { return .stale }
        guard isReady, pending.count(where: { $0.submitted != nil }) < Self.submitLimit else { return .busy }
        let mask = versionMask ?? 0
        // Without a choice by the miner the bits are those of the job.
        let bits = share.versionBits ?? found.job.version & mask
        guard share.extranonce2.count == found.extranonce.size, bits & ~mask == 0 else { return .invalid }
        let user = settings.user
        let line = request(.submit, share: PendingRequest.Submitted(share: share, credit: found.difficulty), now) {
            writer in
            writer.string(utf8: user)
            writer.string(utf8: found.job.id)
            writer.string(utf8: Hex.encode(share.extranonce2))
            writer.word(share.time)
            writer.word(share.nonce)
            if mask != 0 { writer.word(bits) }
        }
        return .sent(line)
    }

    // MARK: Outputs

    private mutating func takeActions() -> [Action] {
        defer { actions = [] }
        return actions
    }

    mutating func fail(_ failure: Failure) {
        guard phase != .over else { return }
        phase = .over
        actions.append(.failed(failure))
    }

    mutating func log(_ note: Note) { actions.append(.log(note)) }

    mutating func report(_ fault: Fault) {
        log(.fault(fault))
        faultsInARow += 1
        if faultsInARow >= Self.faultLimit { fail(.garbage) }
    }

    /// Builds a request and waits for its reply.
    mutating func request(
        _ request: Request, share: PendingRequest.Submitted? = nil, _ now: Instant, _ params: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        let id = nextID
        nextID += 1
        let patience = request == .configure ? settings.timing.configure : settings.timing.request
        pending.append(
            PendingRequest(id: id, request: request, sentAt: now, deadline: now + patience, submitted: share))
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("id")
            writer.integer(id)
            writer.key("method")
            writer.string(request.method)
            writer.key("params")
            writer.array(params)
        }
        return writer.bytes + [0x0A]
    }

    /// Whether a request with this id was ever made.
    func hasAsked(_ id: UInt64) -> Bool { (1..<nextID).contains(id) }

    // MARK: Jobs

    /// A usable job has come.
    mutating func take(_ template: JobTemplate, _ now: Instant) {
        faultsInARow = 0
        silentAt = now + settings.timing.silence
        if let next = nextExtranonce {
            extranonce = next
            nextExtranonce = nil
        }
        job = template
        isReoffered = false
        offer(now)
    }

    /// Hands on the latest job if all is known that mining it takes.
    mutating func offer(_ now: Instant, evenWithoutDifficulty: Bool = false) {
        guard phase == .running, let extranonce, var job else { return }
        guard difficulty != nil || evenWithoutDifficulty || assignmentCount > 0 else {
            offerAt = offerAt ?? now + settings.timing.difficulty
            return
        }
        // Difficulty 1 is the protocol's default.
        guard let difficulty = difficulty ?? Difficulty(1) else { return }
        offerAt = nil
        if isReoffered { job.isClean = false }
        isReoffered = true
        let assignment = Assignment(
            generation: connection << 16 | assignmentCount & 0xFFFF, job: job, extranonce: extranonce,
            difficulty: difficulty, versionMask: versionMask)
        assignmentCount &+= 1
        if job.isClean { assignments.removeAll { !$0.isSameWork(as: assignment) } }
        if assignments.count >= Self.jobLimit { assignments.removeFirst() }
        assignments.append(assignment)
        actions.append(.job(assignment))
    }

    /// Forgets jobs carried over from a session that the pool did not resume.
    mutating func dropAssignments() { assignments = [] }
}

extension JSONWriter {
    /// Writes eight hexadecimal digits, most significant first.
    mutating func word(_ value: UInt32) {
        var text: [UInt8] = []
        Hex.append(value, to: &text)
        string(utf8: text)
    }
}
