import Base
import Platform
import Twin

/// Lets people tell the simulated rig of a running agent what happens to it: a fan that stalls, a hot day.
final class TwinDesk {
    /// Begins the answer to a command that was carried out; anything else begins a refusal.
    static let accepted = UInt8(ascii: "+")
    static let refused = UInt8(ascii: "-")

    /// Where the desk of the agent with this state directory is.
    static func path(in statePath: String) -> String { "\(statePath)/twin.sock" }

    /// Carries out a command and says what came of it.
    typealias Handler = @Sendable (String) -> TwinAnswer

    private let desk: LineDesk
    private let handler: Handler

    init(
        in statePath: String, firstToken: UInt64, _ reactor: borrowing Reactor, handler: @escaping Handler
    ) throws(SystemError) {
        desk = try LineDesk(at: Self.path(in: statePath), firstToken: firstToken, reactor)
        self.handler = handler
    }

    var deadline: Instant? { desk.deadline }

    func owns(_ token: Reactor.Token) -> Bool { desk.owns(token) }

    /// Deals with an event of the reactor. The commands that were carried out are returned, for the log.
    func handle(_ token: Reactor.Token, _ reactor: borrowing Reactor, now: Instant) throws(SystemError) -> [String] {
        var done: [String] = []
        for request in try desk.handle(token, reactor, now: now) {
            let command = String(decoding: request.line, as: UTF8.self)
            let answer = handler(command)
            if answer.isAccepted { done.append(command) }
            let mark = answer.isAccepted ? "+" : "-"
            try desk.answer(request, mark + answer.text, reactor)
        }
        return done
    }

    /// Lets go of clients that have taken too long.
    func expire(_ reactor: borrowing Reactor, now: Instant) throws(SystemError) { try desk.expire(reactor, now: now) }
}
