import CLinux

/// Whole files and directories, by path.
public enum File {
    /// The content of a file, or of one that the kernel makes up (/proc, /sys). Throws EFBIG when it has more than `limit` bytes.
    public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try FileError.naming(path) { () throws(SystemError) in
            let file = try open(path, O_RDONLY)
            var content: [UInt8] = []
            while true {
                // One more than the limit tells a file that is too long from one that just fits.
                let room = limit + 1 - content.count
                guard room > 0 else { throw SystemError(call: "read", errno: .fileTooLarge) }
                if try file.read(appendingTo: &content, limit: min(room, 4096)) == .end { return content }
            }
        }
    }

    /// Opens a file to be read piece by piece.
    public static func openForReading(_ path: String) throws(FileError) -> FileDescriptor {
        do throws(SystemError) { return try open(path, O_RDONLY) } catch { throw FileError(path: path, cause: error) }
    }

    /// Writes a file that must exist in one call, as attributes under /sys want it.
    public static func writeExisting(_ path: String, _ content: borrowing Span<UInt8>) throws(FileError) {
        do throws(SystemError) {
            let file = try open(path, O_WRONLY | O_TRUNC)
            try file.writeAll(content)
            try file.close()
        } catch {
            throw FileError(path: path, cause: error)
        }
    }

    /// Gives a file or directory another name in the same file system, in place of the file that may have had it (rename(2)).
    public static func rename(_ path: String, to newPath: String) throws(FileError) {
        try FileError.naming(path) { () throws(SystemError) in
            _ = try valueOrErrno("rename") { CLinux.rename(path, newPath) }
        }
    }

    /// Makes a directory and those above it that are missing. One that is there already is left as it is.
    public static func createDirectory(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
        let bytes = Array(path.utf8)
        for end in bytes.indices.dropFirst() where bytes[end] == UInt8(ascii: "/") {
            try createOneDirectory(String(decoding: bytes[..<end], as: UTF8.self), mode)
        }
        try createOneDirectory(path, mode)
    }

    private static func createOneDirectory(_ path: String, _ mode: UInt32) throws(FileError) {
        try FileError.naming(path) { () throws(SystemError) in
            do throws(SystemError) {
                _ = try valueOrErrno("mkdir") { mkdir(path, mode_t(mode)) }
            } catch {
                guard error.errno == .exists, try isDirectory(path) else { throw error }
            }
        }
    }

    private static func isDirectory(_ path: String) throws(SystemError) -> Bool {
        try valueOrErrno("stat") { clinux_is_directory(path) } == 1
    }

    /// Removes a file (unlink(2)).
    public static func remove(_ path: String) throws(FileError) {
        try FileError.naming(path) { () throws(SystemError) in _ = try valueOrErrno("unlink") { unlink(path) } }
    }

    /// The names in a directory, without `.` and `..`, sorted by their bytes; at most `limit`, in which case which ones is
    /// the file system's choice.
    public static func names(in path: String, limit: Int = 1024) throws(FileError) -> [String] {
        try FileError.naming(path) { () throws(SystemError) in
            guard let directory = opendir(path) else { throw SystemError(call: "opendir", errno: .current) }
            defer { closedir(directory) }
            var names: [[UInt8]] = []
            while names.count < limit {
                // The end and an error look the same but for this.
                clinux_set_errno(0)
                guard let entry = readdir(directory) else {
                    guard Errno.current.rawValue == 0 else { throw SystemError(call: "readdir", errno: .current) }
                    break
                }
                let name = Array(String(cString: clinux_entry_name(entry)).utf8)
                if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            }
            names.sort { $0.lexicographicallyPrecedes($1) }
            return names.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    static func open(_ path: String, _ flags: CInt, mode: UInt32 = 0) throws(SystemError) -> FileDescriptor {
        FileDescriptor(owning: try valueOrErrno("open") { clinux_open(path, flags | O_CLOEXEC, mode_t(mode)) })
    }
}
