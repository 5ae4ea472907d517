import Foundation
import TestSupport
import Testing

/// Whoever reads what the daemon writes may be slow, gone, or never have been there: it mines on.
@Suite struct OutputTests {
    /// Starts the daemon by way of a shell, with redirections that only a shell can make.
    private func start(_ bench: ProcessBench, _ redirections: String, _ flags: [String] = []) throws -> ChildProcess {
        let words = [ChildProcess.products.appending(path: "ballastd").path, "run", "--board", bench.board]
        return try ChildProcess(
            "/bin/sh", ["-c", "exec \"$@\" \(redirections)", "sh"] + words + bench.poolFlags + flags)
    }

    private func end(_ daemon: ChildProcess) throws {
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
    }

    /// A descriptor that is missing at the start must not become the number of some other file or connection.
    @Test(arguments: [">&-", "2>&-", "<&- >&- 2>&-"])
    func closedStreamsAreNotMistakenForOtherFiles(redirections: String) throws {
        let bench = try ProcessBench()
        let daemon = try start(bench, redirections, ["--state", bench.state])
        try bench.waitForShares(2, from: daemon)
        try end(daemon)
        #expect(try bench.folder.read("state/lock") == "")
        let log = try bench.folder.read("state/events.log").split(separator: "\n", omittingEmptySubsequences: false)
        // Each event once, and nothing between the lines.
        #expect(log.last == "")
        #expect(log.filter { $0.contains("first share accepted") }.count == 1)
        #expect(log.dropLast().allSatisfy { $0.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z]+ .+/#) != nil })
        #expect(bench.pool.statistics.departed.allSatisfy { $0.malformedLines == 0 })
    }

    @Test func aReaderThatGoesAwayDoesNotEndIt() throws {
        let bench = try ProcessBench()
        #expect(mkfifo(bench.folder.path("pipe"), 0o600) == 0)
        let daemon = try ChildProcess(
            "/bin/sh",
            [
                "-c", "exec \"$@\" 2> \(bench.folder.path("pipe"))", "sh",
                ChildProcess.products.appending(path: "ballastd").path, "run", "--board", bench.board,
            ] + bench.poolFlags)
        let reader = try FileHandle(forReadingFrom: URL(filePath: bench.folder.path("pipe")))
        #expect(!reader.availableData.isEmpty)
        try reader.close()
        try bench.waitForShares(3, from: daemon)
        try end(daemon)
    }

    /// A pipe that is full from the start, as behind a log collector that hangs.
    @Test func aReaderThatDoesNotReadDoesNotHoldItUp() throws {
        let bench = try ProcessBench()
        let path = bench.folder.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let descriptor = open(path, O_RDWR | O_NONBLOCK)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x2E, count: 4096)
        while write(descriptor, block, block.count) > 0 {}

        let daemon = try start(bench, "> \(path) 2>&1", ["--state", bench.state])
        try bench.waitForShares(3, from: daemon)
        try end(daemon)
        // What could not be said there is in the log.
        #expect(try bench.folder.read("state/events.log").contains("rig: stopped after"))
    }

    /// A terminal whose user has pressed Ctrl-S.
    @Test func aTerminalThatIsHeldDoesNotHoldItUp() throws {
        let bench = try ProcessBench()
        let controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, number) = (Int32(0), UInt32(0))
        // pty(7): unlock the other side, and ask for its number.
        let (unlock, askNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        let isReady = ioctl(controller, unlock, &locked) == 0 && ioctl(controller, askNumber, &number) == 0
        try #require(controller >= 0 && isReady)
        defer { close(controller) }
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0 && tcflow(terminal, TCOOFF) == 0)
        defer { close(terminal) }

        let daemon = try start(bench, "> /dev/pts/\(number) 2>&1")
        try bench.waitForShares(3, from: daemon)
        try end(daemon)
    }

    /// Programs started from a desktop inherit JOURNAL_STREAM from their session, though the journal does not read them.
    @Test func onlyAStreamThatTheJournalReadsCarriesPriorities() throws {
        let bench = try ProcessBench()
        let daemon = try bench.start(environment: ["JOURNAL_STREAM": "9:424242"])
        let line = try daemon.waitForLine(containing: "starts as rig on board quiet")
        #expect(line.text.wholeMatch(of: #/\d{4}-.*Z notice rig: .*/#) != nil)
        // The shell tells the daemon which pipe its standard error is, as systemd does.
        let script = "exec env JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/2) \"$@\""
        let journaled = try ChildProcess(
            "/bin/sh",
            [
                "-c", script, "sh", ChildProcess.products.appending(path: "ballastd").path, "run", "--board",
                bench.board,
            ])
        let prefixed = try journaled.waitForLine(containing: "starts as rig on board quiet")
        #expect(prefixed.text.hasPrefix("<5>rig: ballast/"))
    }
}
