/// A board file: which control board this is and what hangs on it (Docs/boards.md).
public struct Board: Equatable, Sendable {
    /// Version of the board-file format that this build reads.
    public static let schema = 1
    /// Most chains on one control board.
    public static let maximumChains = 16

    /// Short name, for example `cpu` or `sim-s19`.
    public var name: String
    /// One line for people.
    public var description: String
    public var chains: [ChainDescription]

    /// Reads a board file; nothing is driven by reading it.
    /// - Parameter file: the file's name for messages.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> Board {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var board = Board(name: "", description: "", chains: [])
            try reader.object(
                keys: ["schema", "name", "description", "chains"], required: ["schema", "name", "chains"]
            ) { (reader, key) throws(DocumentError) in
                switch key {
                case "schema": _ = try reader.integer(in: schema...schema)
                case "name":
                    board.name = try reader.string("a name of 1 to 32 letters, digits and hyphens") {
                        isName($0) ? $0 : nil
                    }
                case "description":
                    board.description = try reader.string("one line of at most 200 bytes", limit: 200) { $0 }
                default:
                    board.chains = try reader.array(limit: maximumChains, ChainDescription.read)
                    if board.chains.isEmpty { throw reader.problem("an empty list; expected at least one chain") }
                }
            }
            return board
        }
    }

    static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D }
    }
}
