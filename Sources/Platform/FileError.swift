/// What went wrong with which file.
public struct FileError: Error, Sendable {
    public let path: String
    public let cause: SystemError

    public init(path: String, cause: SystemError) {
        self.path = path
        self.cause = cause
    }

    /// For logs: `/etc/ballast.json: open: ENOENT (No such file or directory)`.
    public var description: String { "\(path): \(cause.description)" }

    /// Runs `body` and puts the path to its error.
    static func naming<Result: ~Copyable>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(FileError) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw FileError(path: path, cause: error)
        }
    }
}
