import Foundation
import LoopbackPool
import TestSupport
import Testing

/// `ballastd` as people run it, with a folder of its own and a pool that checks what it mines.
struct ProcessBench {
    let folder: TemporaryFolder
    let pool: LoopbackPool
    let port: UInt16
    /// A board that leaves the machine to others: one thread, a quarter of the time.
    let board: String

    /// - Parameter difficulty: two million hashes a share by default: several a second.
    init(difficulty: String = "0.0005") throws {
        folder = try TemporaryFolder()
        var configuration = try PoolConfiguration(
            jobs: .synthetic(SyntheticChain()), difficulty: ShareDifficulty(difficulty))
        configuration.followsSuggestedDifficulty = false
        pool = try LoopbackPool(configuration)
        port = try pool.start()
        board = try folder.write(
            "board.json",
            """
            {"schema": 1, "name": "quiet", "chains": [{"kind": "cpu", "workers": 1, "duty_percent": 25, "pinned": false}]}
            """)
    }

    var state: String { folder.path("state") }
    var poolFlags: [String] { ["--pool", "stratum+tcp://127.0.0.1:\(port)", "--user", "tester.one"] }
    var accepted: Int { pool.statistics.total.accepted }

    /// Starts `ballastd run` on the quiet board with the bench's pool and `flags`.
    func start(_ flags: String..., environment: [String: String] = [:]) throws -> ChildProcess {
        try ChildProcess("ballastd", ["run", "--board", board] + poolFlags + flags, environment: environment)
    }

    /// Waits until the pool has accepted so many shares more than it has now.
    func waitForShares(_ count: Int, from process: ChildProcess, within seconds: Double = 30) throws {
        let wanted = accepted + count
        let deadline = Date(timeIntervalSinceNow: seconds)
        while accepted < wanted {
            guard process.isRunning, Date() < deadline else {
                throw ChildProcess.TimeLimit(awaited: "\(wanted) shares", lines: process.lines.map(\.text))
            }
            usleep(5_000)
        }
    }
}

/// What a command that ends by itself has said.
struct Conclusion: Equatable, CustomStringConvertible {
    var code: Int32
    var output: [String]
    var errors: [String]

    init(code: Int32, output: [String] = [], errors: [String] = []) {
        self.code = code
        self.output = output
        self.errors = errors
    }

    /// Runs `ballastd` with `arguments` to its end.
    init(of arguments: [String]) throws {
        let process = try ChildProcess("ballastd", arguments)
        code = try process.waitForExit()
        output = process.lines.filter { $0.stream == .output }.map(\.text)
        errors = process.lines.filter { $0.stream == .error }.map(\.text)
    }

    var description: String { "exit \(code)\nstdout: \(output)\nstderr: \(errors)" }
}

/// What stands in `totals.json`.
struct SavedTotals: Decodable {
    let starts: Int
    let accepted: Int
    let rejected: Int
    let lost: Int

    init(in folder: TemporaryFolder) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(try folder.read("state/totals.json").utf8))
    }
}
