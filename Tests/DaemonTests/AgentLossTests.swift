import Foundation
import TestSupport
import Testing

/// An agent that dies, or stands still, while its boards run: the simulated rig lives in a process of its own, as a real one does,
/// and its hardware watchdog takes the boards off.
@Suite struct AgentLossTests {
    static let board = SimulatedRigTests.board("sim-s19")

    /// A simulated rig in a process of its own.
    struct Rig {
        let process: ChildProcess
        let socket: String

        init(in folder: TemporaryFolder) throws {
            socket = folder.path("rig.sock")
            process = try ChildProcess(
                "ballastd", ["twin", "serve", "--board", AgentLossTests.board, "--socket", socket])
            try process.waitForLine(containing: "SIMULATED rig of board sim-s19")
        }

        func say(_ words: String...) throws -> [String] {
            let said = try Conclusion(of: ["twin", "--socket", socket] + words)
            guard said.code == 0 else {
                throw ChildProcess.TimeLimit(awaited: "an answer to \(words)", lines: said.errors)
            }
            return said.output
        }

        var boardsWithPower: Int {
            get throws { try say("status").count { $0.hasPrefix("board") && $0.contains(" on, ") } }
        }

        /// Waits until as many boards have power.
        func wait(forBoardsWithPower wanted: Int, within seconds: Double) throws {
            let deadline = Date(timeIntervalSinceNow: seconds)
            while try boardsWithPower != wanted {
                guard Date() < deadline else {
                    throw ChildProcess.TimeLimit(awaited: "\(wanted) boards with power", lines: try say("status"))
                }
                usleep(20_000)
            }
        }
    }

    /// SIGKILL, and SIGSTOP, which leaves the process there with all its lines: nothing but the hardware can help.
    @Test(arguments: [("SIGKILL", SIGKILL), ("SIGSTOP", SIGSTOP)])
    func boardsGoOffByTheHardwareWatchdog(name: String, signal: Int32) throws {
        let bench = try ProcessBench(difficulty: "0.00002")
        let rig = try Rig(in: bench.folder)
        let daemon = try ChildProcess(
            "ballastd",
            ["run", "--board", Self.board, "--state", bench.state, "--twin", rig.socket] + bench.poolFlags)
        try daemon.waitForLine(containing: "watchdog: armed: the board is reset after 4s")
        try rig.wait(forBoardsWithPower: 3, within: 240)
        let begin = Date()
        daemon.send(signal: signal)
        try rig.wait(forBoardsWithPower: 0, within: 60)
        let seconds = Date().timeIntervalSince(begin)
        print("\(name): boards off \(String(format: "%.2f", seconds)) s later")
        // The timer of the simulated hardware was fed for the last time before the signal, and runs four seconds.
        #expect(try rig.say("status").last == "control board restarted 1 times")
        if signal == SIGSTOP { daemon.send(signal: SIGKILL) }
        _ = try? daemon.waitForExit()
        // Another agent finds the rig as it is, and takes it over.
        let successor = try ChildProcess(
            "ballastd",
            ["run", "--board", Self.board, "--state", bench.state, "--twin", rig.socket] + bench.poolFlags)
        try successor.waitForLine(containing: "watchdog: armed")
        successor.send(signal: SIGTERM)
        usleep(300_000)
        successor.send(signal: SIGTERM)
        #expect(try successor.waitForExit() == 0)
        rig.process.send(signal: SIGTERM)
        #expect(try rig.process.waitForExit() == 0)
    }

    @Test func onlySimulatedBoardsTakeARigOfItsOwn() throws {
        let folder = try TemporaryFolder()
        let cpu = SimulatedRigTests.board("cpu")
        let run = try Conclusion(of: ["run", "--board", cpu, "--twin", folder.path("rig.sock")])
        #expect(
            run.code == 2
                && run.errors == [
                    #"ballastd: run: --twin: board cpu is not simulated; expected a board file with "simulated""#
                ])
        let serve = try Conclusion(of: ["twin", "serve", "--board", cpu, "--socket", folder.path("rig.sock")])
        #expect(serve.code == 2)
        let tell = try Conclusion(of: ["twin", "--socket", folder.path("rig.sock"), "status"])
        #expect(tell.code == 1)
    }
}
