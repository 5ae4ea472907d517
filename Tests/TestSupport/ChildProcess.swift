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
        public var description: String {
            "no \(awaited) in time; last lines:\n" + lines.suffix(30).joined(separator: "\n")
        }
    }

    private let process = Process()
    private let condition = NSCondition()
    private var received: [Line] = []
    private var openStreams = 2

    /// Starts `program`, a product of this package or a path, with `arguments`.
    public init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = program.contains("/") ? URL(filePath: program) : Self.products.appending(path: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        try process.run()
        listen(to: output.fileHandleForReading, as: .output)
        listen(to: error.fileHandleForReading, as: .error)
    }

    deinit { stop() }

    /// The folder with this package's executables: where the test runner itself is.
    public static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    public var identifier: Int32 { process.processIdentifier }
    public var isRunning: Bool { process.isRunning }

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

    public func send(signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end of the program; its exit code, or 128 + the signal that ended it.
    public func waitForExit(within seconds: Double = 20) throws -> Int32 {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning {
            guard Date() < deadline else { throw TimeLimit(awaited: "exit", lines: lines.map(\.text)) }
            usleep(5_000)
        }
        condition.lock()
        defer { condition.unlock() }
        while openStreams > 0, condition.wait(until: deadline) {}
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Ends the program, politely first.
    public func stop() {
        guard process.isRunning else { return }
        process.terminate()
        let deadline = Date(timeIntervalSinceNow: 3)
        while process.isRunning, Date() < deadline { usleep(5_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
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
