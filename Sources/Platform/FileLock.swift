import CLinux

/// Holds a file so that no second process does (flock(2)). The kernel lets go when the process ends, however it ends.
public final class FileLock {
    private let file: FileDescriptor

    /// Takes the lock on the file at `path`, which is made where it is missing; nil when another process holds it.
    public init?(_ path: String) throws(FileError) {
        do throws(SystemError) {
            file = try File.open(path, O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            throw FileError(path: path, cause: error)
        }
        do throws(SystemError) {
            _ = try valueOrErrno("flock") { flock(file.rawValue, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.errno == .wouldBlock else { throw FileError(path: path, cause: error) }
            return nil
        }
    }
}
