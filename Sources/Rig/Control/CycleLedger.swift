import JSON

/// How often supplies and boards have been switched on, in all and today. Survives restarts as `cycles.json`, so that a
/// crash does not give back what is used up.
public struct CycleLedger: Equatable, Sendable {
    /// Version of the file's format.
    static let schema = 1
    /// Supplies or boards that a file may count.
    static let limit = 16

    /// The counts of one supply or board.
    public struct Count: Equatable, Sendable {
        public internal(set) var total: UInt64 = 0
        /// The day that `today` is about, in days since 1970; 0 while the clock has never been set.
        public internal(set) var day: Int64 = 0
        public internal(set) var today: UInt64 = 0

        /// Only a later day is a new one: a clock that was set back, or not set at all, gives nothing back.
        func count(on day: Int64?) -> UInt64 {
            if let day, day > self.day { 0 } else { today }
        }

        mutating func record(on day: Int64?) {
            if let day, day > self.day { (self.day, today) = (day, 0) }
            today += 1
            total += 1
        }
    }

    /// By position in the board file.
    public internal(set) var supplies: [Count]
    public internal(set) var boards: [Count]

    public init(supplyCount: Int, boardCount: Int) {
        supplies = Array(repeating: Count(), count: supplyCount)
        boards = Array(repeating: Count(), count: boardCount)
    }

    /// The day that a time falls on; nil while the clock has not been set.
    public static func day(unixSeconds: Int64?) -> Int64? {
        // Before 2020 no clock is right: boards without a battery start in 1970.
        unixSeconds.flatMap { $0 >= 1_577_836_800 ? $0 / 86_400 : nil }
    }

    /// The file's content, one line of JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("schema")
            writer.integer(Self.schema)
            writer.key("supplies")
            Self.write(supplies, to: &writer)
            writer.key("boards")
            Self.write(boards, to: &writer)
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote; what the file does not count starts at zero.
    public static func read(
        file: String, bytes: [UInt8], supplyCount: Int, boardCount: Int
    ) throws(DocumentError) -> CycleLedger {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var ledger = CycleLedger(supplyCount: supplyCount, boardCount: boardCount)
            try reader.object(
                keys: ["schema", "supplies", "boards"], required: ["schema"]
            ) { (reader, key) throws(DocumentError) in
                switch key {
                case "schema": _ = try reader.integer(in: schema...schema)
                case "supplies": fill(&ledger.supplies, try reader.array(limit: limit, readCount))
                default: fill(&ledger.boards, try reader.array(limit: limit, readCount))
                }
            }
            return ledger
        }
    }

    private static func fill(_ counts: inout [Count], _ read: [Count]) {
        for (index, count) in read.enumerated() where counts.indices.contains(index) { counts[index] = count }
    }

    private static func write(_ counts: [Count], to writer: inout JSONWriter) {
        writer.array { writer in
            for count in counts {
                writer.object { writer in
                    writer.key("total")
                    writer.integer(count.total)
                    writer.key("day")
                    writer.integer(count.day)
                    writer.key("today")
                    writer.integer(count.today)
                }
            }
        }
    }

    private static func readCount(_ reader: inout DocumentReader) throws(DocumentError) -> Count {
        var count = Count()
        let keys = ["total", "day", "today"]
        try reader.object(keys: keys, required: keys) { (reader, key) throws(DocumentError) in
            switch key {
            case "total": count.total = UInt64(try reader.integer(in: 0...Int.max / 2))
            case "day": count.day = Int64(try reader.integer(in: 0...1_000_000, unit: "days"))
            default: count.today = UInt64(try reader.integer(in: 0...1_000_000))
            }
        }
        return count
    }
}
