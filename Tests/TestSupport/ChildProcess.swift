import Foundation

/// A program under test: started on its own, listened to line by line, and never left running.
public final class ChildProcess: @unchecked Sendable {
    /// Which of the program's outputs a line came from.
    public enum Stream: Sendable { case output, error }

    public struct Line: Sendable {
        public let stream: Stream
        public let text: String
    }

    public struct TimeLimit: Error, CustomStringConvertible {
        public let awaited: String
        public let lines: [String]

        public init(awaited: String, lines: [String]) {
            self.awaited = awaited
            self.lines = lines
        }

        public var description: String {
            "no \(awaited) in time; last lines:\n" + lines.suffix(30).joined(separator: "\n")
        }
    }

    public struct NotStarted: Error {
        public let program: String
        public let errno: Int32
    }

    public let identifier: Int32
    private let condition = NSCondition()
    private var received: [Line] = []
    private var openStreams = 2
    /// As waitpid(2) gave it, once the program has ended.
    private var endStatus: Int32?

    /// Starts `program`, a product of this package or a path, with `arguments`.
    ///
    /// With posix_spawn(3), not with Foundation's `Process`: that leaks, and leaves the program a socket of its own.
    public init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let path = program.contains("/") ? program : Self.products.appending(path: program).path
        let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let (output, error) = (Pipe(), Pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.fileHandleForWriting.fileDescriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, error.fileHandleForWriting.fileDescriptor, 2)
        // Whatever other tests have open at the moment is none of its business; closing what is not open is no error.
        for descriptor in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // The threads that tests run on may have signals blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, path, &actions, &attributes, &words, &settings)
        guard failure == 0 else { throw NotStarted(program: path, errno: failure) }
        identifier = child
        try output.fileHandleForWriting.close()
        try error.fileHandleForWriting.close()
        listen(to: output.fileHandleForReading, as: .output)
        listen(to: error.fileHandleForReading, as: .error)
    }

    deinit { stop() }

    /// The folder with this package's executables: where the test runner itself is.
    public static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    public var isRunning: Bool { status == nil }

    /// Looks whether the program has ended.
    private var status: Int32? {
        condition.lock()
        defer { condition.unlock() }
        if endStatus == nil {
            var status: Int32 = 0
            if waitpid(identifier, &status, WNOHANG) == identifier { endStatus = status }
        }
        return endStatus
    }

    /// Everything said so far.
    public var lines: [Line] {
        condition.lock()
        defer { condition.unlock() }
        return received
    }

    /// Waits for a line that `matches`, also among those that came before.
    @discardableResult
    public func waitForLine(
        _ awaited: String, within seconds: Double = 20, where matches: (Line) -> Bool
    ) throws -> Line {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        var examined = 0
        while true {
            while examined < received.count {
                if matches(received[examined]) { return received[examined] }
                examined += 1
            }
            let isOver = openStreams == 0 || !condition.wait(until: deadline)
            if isOver, examined == received.count { throw TimeLimit(awaited: awaited, lines: received.map(\.text)) }
        }
    }

    @discardableResult
    public func waitForLine(containing text: String, within seconds: Double = 20) throws -> Line {
        try waitForLine("line with \"\(text)\"", within: seconds) { $0.text.contains(text) }
    }

    public func send(signal: Int32) {
        if isRunning { kill(identifier, signal) }
    }

    /// Waits for the end of the program; its exit code, or 128 + the signal that ended it.
    public func waitForExit(within seconds: Double = 20) throws -> Int32 {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var ended = status
        while ended == nil {
            guard Date() < deadline else { throw TimeLimit(awaited: "exit", lines: lines.map(\.text)) }
            usleep(5_000)
            ended = status
        }
        condition.lock()
        defer { condition.unlock() }
        while openStreams > 0, condition.wait(until: deadline) {}
        // wait(2): the low seven bits are the signal, the second byte is the exit code.
        let status = ended ?? 0
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Ends the program, politely first.
    public func stop() {
        send(signal: SIGTERM)
        let deadline = Date(timeIntervalSinceNow: 3)
        while isRunning, Date() < deadline { usleep(5_000) }
        send(signal: SIGKILL)
        while isRunning { usleep(5_000) }
    }

    private func listen(to handle: FileHandle, as stream: Stream) {
        let thread = Thread { [weak self] in
            var rest = Data()
            while true {
                let data = handle.availableData
                guard let self, !data.isEmpty else { break }
                rest.append(data)
                self.condition.lock()
                while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
                    if end > rest.startIndex {
                        self.received.append(Line(stream: stream, text: String(decoding: rest[..<end], as: UTF8.self)))
                    }
                    rest = Data(rest[(end + 1)...])
                }
                self.condition.broadcast()
                self.condition.unlock()
            }
            guard let self else { return }
            self.condition.lock()
            self.openStreams -= 1
            self.condition.broadcast()
            self.condition.unlock()
        }
        thread.start()
    }
}
