import CLinux

/// A log file of lines that never outgrows its bounds: when it is full it becomes `path.1`, what was `path.1` becomes
/// `path.2`, and the oldest goes.
///
/// A line is written with one call and reaches the file whole or is repaired: what a power cut or a full disk left of one is
/// ended before the next begins.
public final class EventLogFile {
    public let path: String
    /// Bytes after which a file is full.
    public let sizeLimit: Int
    /// Full files that are kept besides the one being written.
    public let keptFiles: Int

    private var file: FileDescriptor
    private var size: Int
    /// Whether the file ends in the middle of a line.
    private var isTorn: Bool

    /// Opens the file, or makes it; its directory must exist.
    public init(_ path: String, sizeLimit: Int, keptFiles: Int) throws(FileError) {
        precondition(sizeLimit > 0 && keptFiles >= 0, "a log needs room")
        self.path = path
        self.sizeLimit = sizeLimit
        self.keptFiles = keptFiles
        let opened = try FileError.naming(path) { () throws(SystemError) in try EventLogFile.open(path) }
        size = opened.size
        isTorn = opened.isTorn
        file = opened.release()
    }

    /// Adds a line; the newline is put to it. It must not hold one itself.
    ///
    /// Throws when it could not be written as a whole, ENOSPC above all. The log stays usable.
    public func append(_ line: borrowing Span<UInt8>) throws(FileError) {
        do throws(SystemError) {
            if size > 0, size + line.count + 1 > sizeLimit { try rotate() }
            var text: [UInt8] = []
            text.reserveCapacity(line.count + 2)
            if isTorn { text.append(UInt8(ascii: "\n")) }
            for index in line.indices { text.append(line[index]) }
            text.append(UInt8(ascii: "\n"))
            guard case .bytes(let count) = try file.write(text.span) else {
                throw SystemError(call: "write", errno: .wouldBlock)
            }
            size += count
            isTorn = count < text.count
            if isTorn { throw SystemError(call: "write", errno: .noSpace) }
        } catch {
            throw FileError(path: path, cause: error)
        }
    }

    /// Brings what was appended to the disk (fdatasync(2)): after events that must survive a power cut.
    public func synchronize() throws(FileError) {
        do throws(SystemError) {
            _ = try valueOrErrno("fdatasync") { fdatasync(file.rawValue) }
        } catch {
            throw FileError(path: path, cause: error)
        }
    }

    private func rotate() throws(SystemError) {
        for number in stride(from: keptFiles, to: 0, by: -1) {
            let older = number == 1 ? path : "\(path).\(number - 1)"
            do throws(SystemError) {
                _ = try valueOrErrno("rename") { rename(older, "\(path).\(number)") }
            } catch {
                // There are as many old files as there have been.
                guard error.errno == .noEntry else { throw error }
            }
        }
        if keptFiles == 0 { _ = try valueOrErrno("unlink") { unlink(path) } }
        let opened = try EventLogFile.open(path)
        size = opened.size
        isTorn = opened.isTorn
        file = opened.release()
    }

    private struct Opened: ~Copyable {
        let file: FileDescriptor
        let size: Int
        let isTorn: Bool

        consuming func release() -> FileDescriptor { file }
    }

    private static func open(_ path: String) throws(SystemError) -> Opened {
        let file = try File.open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o644)
        let size = Int(try valueOrErrno("lseek") { lseek(file.rawValue, 0, SEEK_END) })
        guard size > 0 else { return Opened(file: file, size: 0, isTorn: false) }
        var last: [UInt8] = []
        _ = try valueOrErrno("lseek") { lseek(file.rawValue, off_t(size - 1), SEEK_SET) }
        _ = try file.read(appendingTo: &last, limit: 1)
        return Opened(file: file, size: size, isTorn: last != [UInt8(ascii: "\n")])
    }
}
