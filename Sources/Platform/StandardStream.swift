import Base
import CLinux

/// Writes lines to standard output or standard error, for people and for the service manager's journal.
///
/// A reader that is slow or gone costs lines, never the daemon's time: what cannot be written soon is dropped and counted.
/// A line is written whole or, if the reader stops in the middle of one, ended before the next. For one thread.
public struct StandardStream: ~Copyable, Sendable {
    /// Bytes of a line that are written; the rest is replaced by `…`.
    public static var lineLimit: Int { 4096 }
    /// How long a line may wait for a reader, unless the line before was lost: a reader that is stuck is waited for once.
    public static var patience: Duration { .milliseconds(50) }

    public static var output: StandardStream { StandardStream(descriptor: STDOUT_FILENO) }
    public static var error: StandardStream { StandardStream(descriptor: STDERR_FILENO) }

    /// Opens /dev/null in place of standard streams that the process was started without. Otherwise the next files and
    /// connections would get their numbers, and log lines would go into them. To be called before anything is opened.
    public static func fillGaps() throws(SystemError) {
        while true {
            let descriptor = try valueOrErrno("open") { clinux_open("/dev/null", O_RDWR, 0) }
            guard descriptor <= STDERR_FILENO else {
                close(descriptor)
                return
            }
        }
    }

    private let descriptor: CInt
    /// Whether the last line written was not finished.
    private var isTorn = false
    /// Whether the last line written was lost.
    private var isStuck = false
    /// Lines lost so far.
    public private(set) var dropped: UInt64 = 0

    /// Writes to a descriptor that somebody else owns.
    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Whether people look at it.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether the service manager's journal reads it: JOURNAL_STREAM names it by device and inode (systemd.exec(5)). The
    /// variable alone says nothing, since programs that are started from a desktop session inherit it.
    public var isJournal: Bool {
        var (device, inode): (UInt64, UInt64) = (0, 0)
        guard let named = Process.environment("JOURNAL_STREAM"),
            clinux_identity(descriptor, &device, &inode) == 0
        else { return false }
        return named == "\(device):\(inode)"
    }

    /// The terminal's width in characters; nil when it is none, or does not know.
    public var columns: Int? {
        let columns = clinux_terminal_columns(descriptor)
        return columns > 0 ? Int(columns) : nil
    }

    /// Writes a line; the newline is put to it. False when it was lost.
    @discardableResult
    public mutating func writeLine(_ line: borrowing Span<UInt8>) -> Bool {
        var text: [UInt8] = []
        text.reserveCapacity(min(line.count, StandardStream.lineLimit) + 5)
        if isTorn { text.append(UInt8(ascii: "\n")) }
        for index in 0..<min(line.count, StandardStream.lineLimit) { text.append(line[index]) }
        if line.count > StandardStream.lineLimit { text.append(contentsOf: "…".utf8) }
        text.append(UInt8(ascii: "\n"))
        let written = write(text, patience: isStuck ? .zero : StandardStream.patience)
        isStuck = written < text.count
        if !isStuck {
            isTorn = false
            return true
        }
        dropped += 1
        // All that was written may be the newline that ends the line before.
        if written > 0 { isTorn = text[written - 1] != UInt8(ascii: "\n") }
        return false
    }

    /// Writes a line of text, like the other.
    @discardableResult
    public mutating func writeLine(_ line: String) -> Bool { writeLine(Array(line.utf8).span) }

    /// Writes `text` as it is, for what is no line: a status that is written over. What there is no room for now is left out.
    public func writeRaw(_ text: [UInt8]) {
        _ = write(text, patience: .zero)
    }

    /// How many bytes of `text` went out in time.
    private func write(_ text: [UInt8], patience: Duration) -> Int {
        let deadline = Clock.now + patience
        var written = 0
        while written < text.count {
            // A blocking descriptor (a terminal, or a pipe that another process shares) is asked first whether it has room:
            // up to PIPE_BUF bytes then go into a pipe without waiting.
            let wait = max(0, (deadline - Clock.now).nanoseconds)
            do throws(SystemError) {
                guard try valueOrErrno("ppoll", { clinux_ppoll(descriptor, CShort(POLLOUT), wait) }) > 0 else { break }
                written += try valueOrErrno("write") {
                    text.withUnsafeBytes { bytes in
                        let next = UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(Int(PIPE_BUF)))
                        return CLinux.write(descriptor, next.baseAddress, next.count)
                    }
                }
            } catch {
                // EPIPE and its like: nobody reads any more, and nobody is left to be told. EAGAIN: another took the room.
                if error.errno != .wouldBlock || Clock.now >= deadline { break }
            }
        }
        return written
    }
}
