import CLinux

/// Replaces files so that a crash or a power cut at any moment leaves either the old content or the new, and whole.
public enum AtomicFile {
    /// Writes `content` to the file at `path`, new or in place of what is there.
    ///
    /// The content goes to `path.new` first and to the disk (fsync(2)), takes the name with rename(2), and the name goes to
    /// the disk with the directory. A path must have one writer at a time. When this throws before the rename, the old file is untouched; an error of the last step
    /// means that the new file is in place, but may not survive a power cut.
    /// - Parameter mode: access rights of the new file, whatever the process's umask.
    public static func write(
        _ path: String, _ content: borrowing Span<UInt8>, mode: UInt32 = 0o644
    ) throws(FileError) {
        do throws(SystemError) {
            let draft = path + ".new"
            do throws(SystemError) {
                try writeDraft(draft, content, mode)
                _ = try valueOrErrno("rename") { rename(draft, path) }
            } catch {
                // What is left of it would be overwritten by the next attempt; the space is wanted back now.
                _ = unlink(draft)
                throw error
            }
            try synchronizeDirectory(of: path)
        } catch {
            throw FileError(path: path, cause: error)
        }
    }

    private static func writeDraft(
        _ path: String, _ content: borrowing Span<UInt8>, _ mode: UInt32
    ) throws(SystemError) {
        let file = try File.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
        _ = try valueOrErrno("fchmod") { fchmod(file.rawValue, mode_t(mode)) }
        try file.writeAll(content)
        _ = try valueOrErrno("fsync") { fsync(file.rawValue) }
        try file.close()
    }

    /// Brings the names in a file's directory to the disk.
    static func synchronizeDirectory(of path: String) throws(SystemError) {
        let bytes = Array(path.utf8)
        let directory: String
        switch bytes.lastIndex(of: UInt8(ascii: "/")) {
        case nil: directory = "."
        case 0: directory = "/"
        case let slash?: directory = String(decoding: bytes[..<slash], as: UTF8.self)
        }
        let file = try File.open(directory, O_RDONLY | O_DIRECTORY)
        _ = try valueOrErrno("fsync") { fsync(file.rawValue) }
    }
}
