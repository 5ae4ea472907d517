import Base
import Mining

@testable import Stratum

/// A session, and a clock that stands still until told.
struct Conversation {
    var session: Session
    var now = Instant(nanoseconds: 1_000_000_000)
    /// Lines that the session has sent and nobody has looked at yet.
    private(set) var sent: [String] = []
    private(set) var jobs: [Assignment] = []
    private(set) var actions: [Session.Action] = []

    static let settings = Session.Settings(
        endpoint: Endpoint(host: "stratum.pool.example".utf8, port: 3333), user: "user.worker".utf8,
        password: "x".utf8, agent: "ballast/1.0".utf8)

    init(_ settings: Session.Settings = Self.settings, resuming: Session.Resumption? = nil, connection: UInt32 = 1) {
        session = Session(settings, connection: connection, resuming: resuming)
        record(session.start(now: now))
    }

    /// A session that is authorised and has been given the job of a recording.
    static func running(
        _ settings: Session.Settings = Self.settings, _ recording: Recording = .publicPool
    ) -> Conversation {
        var conversation = Conversation(settings)
        conversation.handshake(recording)
        conversation.begin()
        return conversation
    }

    mutating func handshake(_ recording: Recording = .publicPool, mask: String = "1fffe000") {
        if session.settings.versionMask != 0 {
            hear(#"{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"\#(mask)"},"error":null}"#)
        }
        reply(to: "subscribe", recording.subscribed)
        reply(to: "authorize", "true")
        hear(#"{"id":null,"method":"mining.set_difficulty","params":[\#(recording.difficulty)]}"#)
        notify(recording)
    }

    /// Answers the latest request of a kind.
    mutating func reply(to request: String, _ result: String, error: String = "null") {
        let id = session.pending.last { "\($0.request.method)" == "mining." + request }?.id ?? 0
        hear(#"{"id":\#(id),"result":\#(result),"error":\#(error)}"#)
    }

    mutating func notify(_ recording: Recording) {
        hear(#"{"id":null,"method":"mining.notify","params":\#(recording.notify)}"#)
    }

    /// The pool sends a line.
    mutating func hear(_ line: String) { hear(Array((line + "\n").utf8)) }

    mutating func hear(_ bytes: [UInt8]) { record(session.receive(bytes, now: now)) }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        record(session.tick(now: now))
    }

    /// Submits a share; returns the line that was sent, nil when none was.
    mutating func submit(_ share: Submission) -> String? {
        guard case .sent(let bytes) = session.submit(share, now: now) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Forgets what has been recorded.
    mutating func begin() {
        sent = []
        jobs = []
        actions = []
    }

    /// What was sent since the last time, one line each.
    mutating func takeSent() -> [String] {
        defer { sent = [] }
        return sent
    }

    var failure: Session.Failure? {
        for case .failed(let failure) in actions { return failure }
        return nil
    }

    var faults: [Session.Fault] {
        actions.compactMap { if case .log(.fault(let fault)) = $0 { fault } else { nil } }
    }

    var notes: [Session.Note] {
        actions.compactMap { if case .log(let note) = $0 { note } else { nil } }
    }

    private mutating func record(_ new: [Session.Action]) {
        actions += new
        for action in new {
            if case .send(let bytes) = action { sent.append(String(decoding: bytes, as: UTF8.self)) }
            if case .job(let assignment) = action { jobs.append(assignment) }
        }
    }
}
