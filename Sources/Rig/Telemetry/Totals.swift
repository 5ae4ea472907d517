import JSON

/// Counts that survive the daemon: kept in the state directory as `totals.json`.
public struct Totals: Equatable, Sendable {
    /// Version of the file's format.
    static let schema = 1

    /// Times the daemon was started.
    public var starts: UInt64 = 0
    /// Seconds that the daemon has run.
    public var runSeconds: UInt64 = 0
    public var accepted: UInt64 = 0
    public var rejected: UInt64 = 0
    public var lost: UInt64 = 0
    public var hardwareErrors: UInt64 = 0
    /// Highest difficulty of a share, rounded down.
    public var bestDifficulty: UInt64 = 0

    public init() {}

    /// The sum of what was before and what this run adds.
    public func adding(_ status: RigStatus) -> Totals {
        var sum = self
        sum.runSeconds += UInt64(max(0, status.uptime.components.seconds))
        sum.accepted += status.accepted
        sum.rejected += status.rejected
        sum.lost += status.lost
        sum.hardwareErrors += status.hardwareErrors
        sum.bestDifficulty = max(bestDifficulty, UInt64(max(0, min(status.bestDifficulty, 1e19))))
        return sum
    }

    /// The file's content, one line of JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for (key, value) in fields {
                writer.key(utf8: key.utf8)
                writer.integer(value)
            }
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote. Counts that are missing are zero; a file of another format is refused.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> Totals {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var totals = Totals()
            let keys = totals.fields.map { $0.0 }
            try reader.object(keys: keys, required: ["schema"]) { (reader, key) throws(DocumentError) in
                if key == "schema" {
                    _ = try reader.integer(in: schema...schema)
                    return
                }
                let count = try reader.number("a count") { $0.uint64 }
                switch key {
                case "starts": totals.starts = count
                case "run_seconds": totals.runSeconds = count
                case "accepted": totals.accepted = count
                case "rejected": totals.rejected = count
                case "lost": totals.lost = count
                case "hardware_errors": totals.hardwareErrors = count
                default: totals.bestDifficulty = count
                }
            }
            return totals
        }
    }

    private var fields: [(String, UInt64)] {
        [
            ("schema", UInt64(Self.schema)), ("starts", starts), ("run_seconds", runSeconds), ("accepted", accepted),
            ("rejected", rejected), ("lost", lost), ("hardware_errors", hardwareErrors),
            ("best_difficulty", bestDifficulty),
        ]
    }
}
