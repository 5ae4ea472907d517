import Base
import Foundation
import Testing

@testable import LoopbackPool

/// Talks to a `PoolCore` without sockets, at times of the test's choosing.
struct CoreMiner {
    let core: PoolCore
    let id: ClientID

    static let start = Instant(nanoseconds: 1_000_000_000)

    static func core(
        _ jobs: JobSource = .recorded, _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) throws -> PoolCore {
        var configuration = try PoolConfiguration(jobs: jobs)
        change(&configuration)
        try configuration.validate()
        return PoolCore(configuration, now: start, time: 1_750_000_000)
    }

    init(_ core: PoolCore) throws {
        self.core = core
        id = try #require(core.connect(now: Self.start))
    }

    /// Sends a line and returns the lines that the pool then has for this miner.
    @discardableResult
    func send(_ line: String, at now: Instant = start) -> [String] {
        core.receive(Array((line + "\n").utf8), from: id, now: now)
        return received(at: now)
    }

    func received(at now: Instant = start) -> [String] {
        var bytes: [UInt8] = []
        while case let ready = core.output(for: id, now: now), !ready.isEmpty {
            bytes += ready
            core.wrote(ready.count, to: id, now: now)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Configures, subscribes and authorises; returns what came with the last answer: difficulty and job.
    @discardableResult
    func handshake() -> [String] {
        send(
            #"{"id":1,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"1fffe000"}]}"#)
        send(#"{"id":2,"method":"mining.subscribe","params":["test/1.0"]}"#)
        return send(#"{"id":3,"method":"mining.authorize","params":["user.worker","x"]}"#)
    }

    func submit(_ parameters: String..., at now: Instant = start) -> [String] {
        let texts = parameters.map { "\"\($0)\"" }.joined(separator: ",")
        return send(#"{"id":11,"method":"mining.submit","params":["# + texts + "]}", at: now)
    }

    /// The pool's count of this client's refusals for `reason`.
    func rejected(_ reason: RejectReason) throws -> Int {
        try #require(core.statistics(now: Self.start).clients.first { $0.client == id }).shares.rejected(reason)
    }
}

/// The value of a JSON line's member.
func member(_ name: String, of line: String?) throws -> Any {
    let object = try JSONSerialization.jsonObject(with: Data(try #require(line).utf8))
    return try #require((object as? [String: Any])?[name])
}
