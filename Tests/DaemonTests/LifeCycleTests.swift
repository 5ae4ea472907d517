import Foundation
import TestSupport
import Testing

/// From the start of the daemon to its end, and what it leaves behind.
@Suite struct LifeCycleTests {
    /// The last thing that the daemon says.
    struct Farewell {
        let accepted: Int
        let lost: Int

        init(_ process: ChildProcess) throws {
            let pattern =
                #/.* notice rig: stopped after \d+.*: accepted (\d+), rejected 0, stale \d+, lost (\d+)(?:, job switch median [^,]+, 99 % [^,]+, longest [^ ]+ ms)?/#
            let last = try #require(process.lines.last?.text)
            let match = try #require(try pattern.wholeMatch(in: last), "\(last)")
            accepted = try #require(Int(match.output.1))
            lost = try #require(Int(match.output.2))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalEndsItWithAFarewellAndItsCounts(signal: Int32) throws {
        let bench = try ProcessBench()
        var counted = 0
        for start in 1...2 {
            let daemon = try bench.start("--state", bench.state)
            try bench.waitForShares(3, from: daemon)
            #expect(try bench.folder.read("state/endpoints.json") == "{}\n")
            daemon.send(signal: signal)
            #expect(try daemon.waitForExit() == 0)
            let farewell = try Farewell(daemon)
            #expect(farewell.accepted + farewell.lost >= 3)
            counted += farewell.accepted
            let totals = try SavedTotals(in: bench.folder)
            #expect(totals.starts == start)
            #expect(totals.accepted == counted)
            #expect(totals.rejected == 0)
            // Everything is said to the pool, or counted as lost.
            #expect(counted + totals.lost >= bench.accepted)
            #expect(daemon.lines.allSatisfy { $0.stream == .error })
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.state).sorted()
        #expect(left == ["endpoints.json", "events.log", "lock", "totals.json"])
        let log = try bench.folder.read("state/events.log").split(separator: "\n")
        #expect(log.filter { $0.contains("rig: stopped after") }.count == 2)
        #expect(bench.pool.statistics.total.rejectedTotal == 0)
    }

    @Test func aDaemonThatWasKilledLeavesNothingInTheWay() throws {
        let bench = try ProcessBench()
        let killed = try bench.start("--state", bench.state)
        try killed.waitForLine(containing: "first share accepted")
        killed.send(signal: SIGKILL)
        #expect(try killed.waitForExit() == 128 + SIGKILL)
        let next = try bench.start("--state", bench.state)
        try next.waitForLine(containing: "first share accepted")
        next.send(signal: SIGTERM)
        #expect(try next.waitForExit() == 0)
    }

    @Test func aSecondDaemonOnTheSameStateIsRefused() throws {
        let bench = try ProcessBench()
        let first = try bench.start("--state", bench.state)
        try first.waitForLine(containing: "first share accepted")
        let second = try bench.start("--state", bench.state)
        #expect(try second.waitForExit() == 1)
        #expect(
            second.lines.map(\.text) == ["ballastd: \(bench.state): another ballastd uses this state directory"])
        try bench.waitForShares(1, from: first)
    }

    /// A write cut short, a file of a later version, one that is no counts at all: the rig works, the file is kept.
    @Test(arguments: [
        (#"{"schema": 1, "starts": 7, "accep"#, "totals.json:1:34: the text ends inside a value"),
        (#"{"schema": 2}"#, "totals.json:1:12: schema: found 2; expected a whole number from 1 to 1"),
        ("", "totals.json:1:1: the text ends inside a value"),
        (String(repeating: "\0", count: 70_000), "totals.json: read: EFBIG (File too large)"),
    ])
    func damagedCountsAreSetAsideNotLost(content: String, reason: String) throws {
        let bench = try ProcessBench()
        try FileManager.default.createDirectory(atPath: bench.state, withIntermediateDirectories: true)
        try bench.folder.write("state/totals.json", content)
        let daemon = try bench.start("--state", bench.state)
        let line = try daemon.waitForLine(containing: "set aside")
        #expect(line.text.hasSuffix("error state: \(bench.state)/\(reason); it was set aside as totals.json.damaged"))
        try daemon.waitForLine(containing: "first share accepted")
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(try bench.folder.read("state/totals.json.damaged") == content)
        #expect(try SavedTotals(in: bench.folder).starts == 1)
    }

    /// One complaint an outage: what cannot be logged must not flood the place where it can.
    @Test func aLogThatCannotBeWrittenDoesNotStopMining() throws {
        let bench = try ProcessBench()
        let full = String(repeating: String(repeating: ".", count: 63) + "\n", count: 64)
        // The log is full, and what it should be renamed to is in the way.
        try FileManager.default.createDirectory(
            atPath: "\(bench.state)/events.log.1", withIntermediateDirectories: true)
        try bench.folder.write("state/events.log", full)
        let configuration = try bench.folder.write("rig.json", #"{"log": {"file_bytes": 4096, "files": 1}}"#)
        let daemon = try bench.start("--state", bench.state, "--config", configuration)
        try daemon.waitForLine(containing: "first share accepted")
        try bench.waitForShares(2, from: daemon)
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        let complaints = daemon.lines.filter { $0.text.contains("cannot write the event log") }
        #expect(complaints.count == 1)
        #expect(complaints.first?.text.contains("\(bench.state)/events.log: rename: EISDIR") == true)
        #expect(try bench.folder.read("state/events.log") == full)
    }

    @Test func aStateDirectoryThatVanishesDoesNotStopMining() throws {
        let bench = try ProcessBench()
        let daemon = try bench.start("--state", bench.state)
        try daemon.waitForLine(containing: "first share accepted")
        try FileManager.default.removeItem(atPath: bench.state)
        try bench.waitForShares(2, from: daemon)
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        let complaint = try #require(daemon.lines.last?.text)
        #expect(complaint.contains("error state: cannot save the totals: \(bench.state)/totals.json: open: ENOENT"))
    }

    @Test func aLostTerminalDoesNotEndIt() throws {
        let bench = try ProcessBench()
        let daemon = try bench.start()
        try daemon.waitForLine(containing: "first share accepted")
        for _ in 0..<3 {
            daemon.send(signal: SIGHUP)
            try bench.waitForShares(1, from: daemon)
        }
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(!FileManager.default.fileExists(atPath: bench.state))
    }

    @Test func withoutAPoolItWaitsAndCanBeStopped() throws {
        let bench = try ProcessBench()
        let daemon = try ChildProcess("ballastd", ["run", "--board", bench.board])
        try daemon.waitForLine(containing: "warning rig: no pool is configured: there is nothing to mine for")
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(try Farewell(daemon).accepted == 0)
    }

    @Test func aPoolThatIsNotThereIsTriedAgain() throws {
        let bench = try ProcessBench()
        bench.pool.stop()
        let daemon = try bench.start()
        try daemon.waitForLine(containing: "warning pool 127.0.0.1:\(bench.port): cannot be reached; next attempt in")
        #expect(try bench.pool.start() == bench.port)
        try daemon.waitForLine(containing: "first share accepted")
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
    }
}
