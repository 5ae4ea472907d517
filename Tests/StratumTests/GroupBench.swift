import Base
import Mining
import Testing

@testable import Stratum

/// A group of pools, scripted pools for it to talk to, and simulated time.
struct GroupBench {
    enum Behaviour {
        case refusing
        /// Takes connections and says nothing.
        case mute
        case working
        /// Hangs up when it hears this method.
        case hangingUp(on: String)
        /// Takes shares without a word.
        case forgetful
    }

    var group: PoolGroup
    var now = Instant(nanoseconds: 5_000_000_000)
    let start = Instant(nanoseconds: 5_000_000_000)
    var behaviours: [Behaviour]
    /// What each pool answers to shares.
    var verdict = #""result":true,"error":null"#
    /// Extranonce1 for a connection: the same for all by default, as when sessions are resumed.
    var extranonce1: (Int) -> String = { _ in "4128064f" }
    var isResuming = true
    var notifyEvery: Duration = .seconds(30)

    private(set) var dialled: [(pool: Int, at: Duration)] = []
    private(set) var work: [(pool: Int, assignment: Assignment, at: Duration)] = []
    private(set) var outcomes: [String] = []
    /// Lines received by the pools.
    private(set) var heard: [(pool: Int, line: String)] = []
    private(set) var idleAt: [Duration] = []
    private(set) var notes: [(pool: Int, note: PoolGroup.Note)] = []
    private(set) var open: [(connection: PoolGroup.Connection, pool: Int)] = []
    private var events: [(at: Instant, event: Event)] = []
    private var notified: [(connection: PoolGroup.Connection, at: Instant)] = []

    private enum Event {
        case connected(PoolGroup.Connection, Int)
        case refused(PoolGroup.Connection)
        case closed(PoolGroup.Connection)
        case line(PoolGroup.Connection, String)
    }

    init(_ behaviours: [Behaviour], policy: PoolGroup.Policy = .init(), seed: UInt64 = 1) {
        self.behaviours = behaviours
        group = PoolGroup(
            behaviours.indices.map { index in
                Session.Settings(
                    endpoint: Endpoint(host: "eu.pool\(index).example".utf8, port: UInt16(3000 + index)),
                    user: "u".utf8, password: "x".utf8, agent: "a".utf8)
            }, policy: policy, seed: seed)
        perform(group.tick(now: now))
    }

    var elapsed: Duration { now - start }

    /// Lets time pass, with everything that is due in it.
    mutating func run(_ duration: Duration) {
        let end = now + duration
        // A group whose deadline does not move on would never get there.
        var stepsLeft = 100_000
        while true {
            stepsLeft -= 1
            let eventAt = events.map(\.at).min()
            let notifyAt = notified.map { $0.at + notifyEvery }.min()
            guard let next = [eventAt, notifyAt, group.deadline].compactMap({ $0 }).min(), next <= end else { break }
            guard stepsLeft > 0 else {
                Issue.record("the group never rests")
                break
            }
            now = max(now, next)
            if let index = events.firstIndex(where: { $0.at <= now }) {
                deliver(events.remove(at: index).event)
            } else if let index = notified.firstIndex(where: { $0.at + notifyEvery <= now }) {
                notify(notified[index].connection)
            } else {
                perform(group.tick(now: now))
            }
        }
        now = end
    }

    /// The connections of a pool break.
    mutating func cut(_ pool: Int) {
        for link in open where link.pool == pool { deliver(.closed(link.connection)) }
    }

    mutating func submit(_ share: Submission) { perform(group.submit(share, now: now)) }

    /// A share for the latest work.
    func share(id: UInt64, nonce: UInt32) -> Submission? {
        work.last.map { latest in
            var share = Recording.publicPool.submission(for: latest.assignment, id: id)
            share.nonce = nonce
            return share
        }
    }

    mutating func say(_ pool: Int, _ line: String) {
        for link in open where link.pool == pool { deliver(.line(link.connection, line)) }
    }

    mutating func sayBytes(_ pool: Int, _ bytes: [UInt8]) {
        for link in open where link.pool == pool {
            perform(group.received(bytes, on: link.connection, now: now))
        }
    }

    func submitted(to pool: Int) -> Int {
        heard.count { $0.pool == pool && $0.line.contains("mining.submit") }
    }

    // MARK: The pools

    private mutating func deliver(_ event: Event) {
        switch event {
        case .connected(let connection, let pool):
            open.append((connection, pool))
            perform(group.connected(connection, now: now))
        case .refused(let connection): perform(group.closed(connection, now: now))
        case .closed(let connection):
            forget(connection)
            perform(group.closed(connection, now: now))
        case .line(let connection, let line):
            perform(group.received(Array((line + "\n").utf8), on: connection, now: now))
        }
    }

    private mutating func forget(_ connection: PoolGroup.Connection) {
        open.removeAll { $0.connection == connection }
        notified.removeAll { $0.connection == connection }
    }

    private mutating func notify(_ connection: PoolGroup.Connection) {
        for index in notified.indices where notified[index].connection == connection { notified[index].at = now }
        deliver(.line(connection, #"{"method":"mining.notify","params":\#(Recording.publicPool.notify)}"#))
    }

    private mutating func perform(_ actions: [PoolGroup.Action]) {
        for action in actions {
            switch action {
            case .connect(let connection, let endpoint):
                let pool = Int(endpoint.port) - 3000
                dialled.append((pool, elapsed))
                if case .refusing = behaviours[pool] {
                    schedule(.refused(connection))
                } else {
                    schedule(.connected(connection, pool))
                }
            case .close(let connection): forget(connection)
            case .send(let connection, let bytes):
                let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                for line in lines { hear(String(line), connection) }
            case .work(let pool, let assignment): work.append((pool, assignment, elapsed))
            case .idle: idleAt.append(elapsed)
            case .accepted(_, let share, _, _): outcomes.append("accepted \(share.id)")
            case .rejected(_, let share, let rejection, _): outcomes.append("rejected \(share.id) \(rejection.reason)")
            case .lost(_, let share, let loss): outcomes.append("lost \(share.id) \(loss)")
            case .log(let pool, let note): notes.append((pool, note))
            }
        }
    }

    private mutating func schedule(_ event: Event) { events.append((now + .milliseconds(50), event)) }

    private mutating func hear(_ line: String, _ connection: PoolGroup.Connection) {
        guard let pool = open.first(where: { $0.connection == connection })?.pool else { return }
        heard.append((pool, line))
        let id = line.dropFirst(6).prefix { $0.isNumber }
        func reply(_ text: String) -> Event { .line(connection, #"{"id":\#(id),\#(text)}"#) }
        switch behaviours[pool] {
        case .refusing, .mute: return
        case .hangingUp(let method) where line.contains(method): return schedule(.closed(connection))
        case .forgetful where line.contains("mining.submit"): return
        case .hangingUp, .forgetful, .working: break
        }
        if line.contains("mining.configure") {
            schedule(reply(#""result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null"#))
        } else if line.contains("mining.subscribe") {
            let id = isResuming ? #"[["mining.notify","s"]]"# : "[]"
            schedule(reply(#""result":[\#(id),"\#(extranonce1(dialled.count))",4],"error":null"#))
        } else if line.contains("mining.authorize") {
            schedule(reply(#""result":true,"error":null"#))
            schedule(.line(connection, #"{"method":"mining.set_difficulty","params":[8192]}"#))
            schedule(.line(connection, #"{"method":"mining.notify","params":\#(Recording.publicPool.notify)}"#))
            notified.append((connection, now))
        } else if line.contains("mining.submit") {
            schedule(reply(verdict))
        }
    }
}
