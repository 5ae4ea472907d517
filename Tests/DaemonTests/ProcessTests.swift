import Foundation
import LoopbackPool
import TestSupport
import Testing

/// What other tools rely on: exit codes, streams, files and signals of the real executable.
@Suite struct ProcessTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let board = root.appending(path: "Boards/cpu.json").path

    /// Runs `ballastd` to its end: exit code and the lines of both streams.
    func run(_ arguments: String...) throws -> (code: Int32, output: [String], errors: [String]) {
        let process = try ChildProcess("ballastd", arguments)
        let code = try process.waitForExit()
        return (
            code, process.lines.filter { $0.stream == .output }.map(\.text),
            process.lines.filter { $0.stream == .error }.map(\.text)
        )
    }

    @Test func answersOnStandardOutput() throws {
        let version = try run("version")
        #expect(version.code == 0)
        #expect(version.output.count == 1 && version.output[0].hasPrefix("ballast 0."))
        #expect(version.errors == [])
        let help = try run("help")
        #expect(help.code == 0)
        #expect(help.output.first == "usage: ballastd run --board FILE [--config FILE] [--state DIR]")
        #expect(help.errors == [])
    }

    @Test(
        arguments: [
            ([], "ballastd: no command given; expected run, check, version or help"),
            (["rnu"], "ballastd: unknown command \"rnu\"; did you mean run?"),
            (["run", "--bord", "x"], "ballastd: run: unknown option \"--bord\"; did you mean --board?"),
            (
                ["run", "--board", board, "--pool", "http://p", "--user", "u"],
                "ballastd: run: --pool: found \"http://p\"; expected a pool address stratum+tcp://HOST:PORT"
            ),
        ] as [([String], String)])
    func refusesBadFlagsWithTwo(arguments: [String], message: String) throws {
        let process = try ChildProcess("ballastd", arguments)
        #expect(try process.waitForExit() == 2)
        #expect(process.lines.first?.text == message)
        #expect(process.lines.allSatisfy { $0.stream == .error })
    }

    @Test func checksEveryFileAndNamesEveryFault() throws {
        let folder = try TemporaryFolder()
        let bad = try folder.write("bad.json", "{\n  \"pools\": [{\"url\": \"stratum+tcp://p\", \"user\": \"u\"}]\n}")
        let good = try folder.write("good.json", "{\"name\": \"rig-07\"}")
        let result = try run("check", "--board", Self.board, "--config", bad, "--config", good)
        #expect(result.code == 1)
        #expect(result.output.count == 2)
        #expect(result.output.last == "\(good): configuration of rig-07, 0 pools, valid")
        #expect(
            result.errors == [
                "ballastd: \(bad):2:21: pools[0].url: found \"stratum+tcp://p\"; expected a pool address stratum+tcp://HOST:PORT"
            ])
        #expect(try run("check", "--board", Self.board, "--config", good).code == 0)
        let missing = try run("check", "--board", folder.path("nowhere.json"))
        #expect(missing.code == 1)
        #expect(
            missing.errors == ["ballastd: \(folder.path("nowhere.json")): open: ENOENT (No such file or directory)"])
    }

    @Test func drivesNothingWhenAFileIsBad() throws {
        let folder = try TemporaryFolder()
        let bad = try folder.write(
            "board.json", #"{"schema": 1, "name": "x", "chains": [{"kind": "cpu", "nice": 20}]}"#)
        let result = try run("run", "--board", bad, "--state", folder.path("state"))
        #expect(result.code == 1)
        #expect(
            result.errors == ["ballastd: \(bad):1:63: chains[0].nice: found 20; expected a whole number from 0 to 19"])
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func minesAndLeavesInOrder(signal: Int32) throws {
        let folder = try TemporaryFolder()
        let pool = try LoopbackPool(
            PoolConfiguration(jobs: .synthetic(SyntheticChain()), difficulty: ShareDifficulty("0.0001")))
        let port = try pool.start()
        defer { pool.stop() }
        let configuration = try folder.write("rig.json", #"{"cpu": {"workers": 1, "duty_percent": 30}}"#)
        let daemon = try ChildProcess(
            "ballastd",
            [
                "run", "--board", Self.board, "--config", configuration, "--state", folder.path("state"), "--pool",
                "stratum+tcp://127.0.0.1:\(port)", "--user", "test.1",
            ])
        try daemon.waitForLine(containing: "first share accepted", within: 60)
        #expect(try folder.read("state/endpoints.json") == "{}\n")

        // The state directory belongs to one daemon at a time.
        let second = try run("run", "--board", Self.board, "--state", folder.path("state"))
        #expect(second.code == 1)
        #expect(second.errors == ["ballastd: \(folder.path("state")): another ballastd uses this state directory"])

        daemon.send(signal: SIGHUP)
        daemon.send(signal: signal)
        #expect(try daemon.waitForExit() == 0)
        #expect(daemon.lines.last?.text.contains("notice rig: stopped after") == true)
        #expect(daemon.lines.allSatisfy { $0.stream == .error })
        let totals = try JSONDecoder().decode([String: Int].self, from: Data(folder.read("state/totals.json").utf8))
        #expect(totals["starts"] == 1)
        #expect(totals["accepted"] ?? 0 > 0)
        #expect(totals["accepted"] == pool.statistics.total.accepted)
        #expect(pool.statistics.total.rejected.isEmpty)
        #expect(try folder.read("state/events.log").contains("notice pool 127.0.0.1:\(port): mining here"))
    }

    @Test func setsDamagedTotalsAside() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: true)
        try folder.write("state/totals.json", "{\"schema\":1,\"accep")
        let daemon = try ChildProcess("ballastd", ["run", "--board", Self.board, "--state", folder.path("state")])
        try daemon.waitForLine(containing: "set aside as totals.json.damaged")
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(try folder.read("state/totals.json.damaged") == "{\"schema\":1,\"accep")
        #expect(try folder.read("state/totals.json").hasPrefix(#"{"schema":1,"starts":1,"#))
    }

    @Test func tellsTheServiceManager() throws {
        let folder = try TemporaryFolder()
        let socket = try DatagramSocket(path: folder.path("notify"))
        let daemon = try ChildProcess(
            "ballastd", ["run", "--board", Self.board], environment: ["NOTIFY_SOCKET": folder.path("notify")])
        #expect(try socket.receive() == "READY=1")
        try daemon.waitForLine("line with a priority") { $0.text.hasPrefix("<5>rig: ballast/") }
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        var last = ""
        while last != "STOPPING=1" { last = try socket.receive() }
    }
}

/// The service manager's end of its notification socket.
private final class DatagramSocket {
    private struct Failure: Error {}
    private let descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard bound == 0 else { throw Failure() }
    }

    deinit { close(descriptor) }

    func receive() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw Failure() }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
