import Foundation
import LoopbackPool
import TestSupport
import Testing

/// The real agent, mining gently at loopback pools of this process.
final class LiveRig {
    /// What the agent said at its end.
    struct Counts: Equatable {
        var accepted = 0
        var rejected = 0
        var stale = 0
        var lost = 0
    }

    struct TimeLimit: Error, CustomStringConvertible {
        let description: String
    }

    let pools: [LoopbackPool]
    let ports: [UInt16]
    /// What the pools announce, unless told otherwise.
    let difficulty: ShareDifficulty
    private let folder: TemporaryFolder
    private let agent: ChildProcess
    private let filesAtStart: [String: Int]

    /// - Parameters:
    ///   - listed: how many of the pools the agent is told of.
    ///   - order: what the first pool does from the start.
    init(
        poolCount: Int = 1, listed: Int? = nil, order: MisbehaviourOrder? = nil, difficulty: String = "0.00005",
        dutyPercent: Int = 2
    ) async throws {
        let difficulty = try #require(ShareDifficulty(difficulty))
        self.difficulty = difficulty
        pools = try (0..<poolCount).map { index in
            var configuration = try PoolConfiguration(jobs: .synthetic(SyntheticChain()), difficulty: difficulty)
            configuration.notifyInterval = .seconds(4)
            configuration.cleanInterval = nil
            // So that no two pools give out the same by chance: the agent would take that for a session resumed.
            configuration.extranonce1Size = 4 + index
            configuration.misbehaviour = index == 0 ? order : nil
            return try LoopbackPool(configuration)
        }
        ports = try pools.map { try $0.start() }
        folder = try TemporaryFolder()
        let entries = ports.prefix(listed ?? poolCount).map {
            #"{"url":"stratum+tcp://127.0.0.1:\#($0)","user":"u.w"}"#
        }
        try folder.write(
            "config.json",
            """
            {"pools":[\(entries.joined(separator: ","))],"mining":{"silence_seconds":10},
             "cpu":{"workers":1,"duty_percent":\(dutyPercent)},"log":{"level":"debug"}}
            """)
        let board = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Boards/cpu.json")
        agent = try ChildProcess(
            "ballastd",
            [
                "run", "--board", board.standardized.path, "--config", folder.path("config.json"),
                "--state", folder.path("state"),
            ])
        filesAtStart = try await Self.openFiles(of: agent)
    }

    /// Waits until `condition` holds; what it waits for is looked at fifty times a second.
    func wait(
        for what: String, within seconds: Double = 60, until condition: () throws -> Bool
    ) async throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            guard Date() < deadline, agent.isRunning else {
                throw TimeLimit(description: "\(agent.isRunning ? "" : "the agent ended; ")no \(what):\n\(transcript)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The last that the agent said.
    var transcript: String { agent.lines.suffix(30).map(\.text).joined(separator: "\n") }

    func accepted(_ pool: Int = 0) -> Int { pools[pool].statistics.total.accepted }

    /// Waits until the pool has taken this many more shares.
    func waitForShares(_ count: Int = 3, at pool: Int = 0, within seconds: Double = 60) async throws {
        let before = accepted(pool)
        try await wait(for: "\(count) shares at pool \(pool)", within: seconds) { accepted(pool) >= before + count }
    }

    func client(_ pool: Int = 0) throws -> ClientID {
        try #require(pools[pool].statistics.clients.last).client
    }

    // MARK: Descriptors

    /// How many descriptors there are of each kind, by what the kernel calls them, once the agent is running.
    private static func openFiles(of agent: ChildProcess) async throws -> [String: Int] {
        let deadline = Date(timeIntervalSinceNow: 60)
        while !agent.lines.contains(where: { $0.text.contains("a thread") }) {
            guard Date() < deadline, agent.isRunning else {
                throw TimeLimit(description: "the agent does not start: \(agent.lines.map(\.text))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return openFiles(of: agent.identifier).filter { $0.key != connection }
    }

    private static let connection = "connection"

    private static func openFiles(of process: Int32) -> [String: Int] {
        let folder = "/proc/\(process)/fd"
        var count: [String: Int] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            // Closed since the folder was listed, if it cannot be read.
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)") else {
                continue
            }
            // Sensors are read now and then.
            if target.hasPrefix("/sys/") { continue }
            count[target.hasPrefix("socket:") ? connection : target, default: 0] += 1
        }
        return count
    }

    /// Waits until the agent has one connection, and all else that is open is what was open at the start.
    func waitForDescriptorsAsAtStart() async throws {
        var expected = filesAtStart
        expected[Self.connection] = 1
        do {
            try await wait(for: "\(expected)") { Self.openFiles(of: agent.identifier) == expected }
        } catch let limit as TimeLimit {
            throw TimeLimit(description: "\(Self.openFiles(of: agent.identifier)) is open: \(limit)")
        }
    }

    // MARK: The end

    /// Tells the agent to stop, and returns what it has counted.
    func stop(within seconds: Double = 30) async throws -> Counts {
        agent.send(signal: SIGTERM)
        let deadline = Date(timeIntervalSinceNow: seconds)
        while agent.isRunning, Date() < deadline { try await Task.sleep(for: .milliseconds(20)) }
        let code = try agent.waitForExit(within: 1)
        #expect(code == 0, "\(transcript)")
        for pool in pools { pool.stop() }
        let farewell = try #require(agent.lines.last { $0.text.contains("stopped after") }).text
        func count(_ word: String) throws -> Int {
            let rest = farewell[try #require(farewell.firstRange(of: word + " ")).upperBound...]
            return try #require(Int(rest.prefix { $0.isNumber }))
        }
        let counts = Counts(
            accepted: try count("accepted"), rejected: try count("rejected"), stale: try count("stale"),
            lost: try count("lost"))
        let totals = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.read("state/totals.json").utf8)) as? [String: Any])
        #expect(totals["accepted"] as? Int == counts.accepted)
        #expect(totals["rejected"] as? Int == counts.rejected)
        #expect(totals["lost"] as? Int == counts.lost)
        expectNoShareUnaccounted(counts)
        return counts
    }

    /// What must hold whatever a pool does: it gets no share that it should not get, and each that it took is known of.
    private func expectNoShareUnaccounted(_ counts: Counts) {
        var taken = 0
        for pool in pools {
            let ledger = SubmissionLedger(pool.receivedLines)
            let total = pool.statistics.total
            taken += total.accepted
            #expect(ledger.excessive.isEmpty)
            #expect(total.rejected(.duplicate) <= ledger.repeated)
            for reason in RejectReason.allCases where reason != .duplicate && reason != .refusedOnPurpose {
                #expect(total.rejected(reason) == 0, "\(reason)")
            }
        }
        #expect(counts.accepted <= taken)
        #expect(taken <= counts.accepted + counts.rejected + counts.lost)
    }
}
