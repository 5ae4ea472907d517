/// What is wrong with a configuration or board file, precisely enough to mend it with an editor.
public struct DocumentError: Error, Equatable, Sendable {
    /// The file as the user named it.
    public var file: String
    /// Place of the offending value or key, counted from 1; 0 when the whole file is meant.
    public var line: Int
    public var column: Int
    /// Where in the document, for example `pools[0].url`; empty for the document itself.
    public var path: String
    /// What is wrong: what was found, and what was expected.
    public var problem: String

    public init(file: String, line: Int, column: Int, path: String, problem: String) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.problem = problem
    }

    /// One line: `FILE:LINE:COLUMN: PATH: PROBLEM`.
    public var message: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        return path.isEmpty ? "\(place): \(problem)" : "\(place): \(path): \(problem)"
    }
}
