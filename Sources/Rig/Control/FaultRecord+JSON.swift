import JSON

/// How the record is kept in `faults.json`.
extension FaultRecord {
    static let schema = 1

    private static let subjects: [StaticString] = ["rig", "board", "fan", "supply", "channel"]

    /// The file's content, one line of JSON. Word and remedy are for people and are not read back.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("schema")
            writer.integer(Self.schema)
            writer.key("faults")
            writer.array { writer in
                for entry in entries { Self.write(entry, to: &writer) }
            }
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote. Faults are taken for over until they are seen again, but for those that lock out.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> FaultRecord {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var record = FaultRecord()
            try reader.object(keys: ["schema", "faults"], required: ["schema"]) { (reader, key) throws(DocumentError) in
                if key == "schema" {
                    _ = try reader.integer(in: schema...schema)
                } else {
                    record.entries = try reader.array(limit: limit, readEntry)
                }
            }
            for index in record.entries.indices where record.entries[index].code != .boardLockedOut {
                record.entries[index].isActive = false
            }
            return record
        }
    }

    private static func write(_ entry: Entry, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("code")
            writer.integer(entry.code.rawValue)
            writer.key("part")
            let part = entry.subject.number
            writer.string(subjects[part.kind])
            writer.key("index")
            writer.integer(part.index)
            writer.key("active")
            writer.bool(entry.isActive)
            writer.key("count")
            writer.integer(entry.count)
            optional("since", entry.since, &writer)
            optional("last_seen", entry.lastSeen, &writer)
            if let evidence = entry.evidence {
                writer.key("quantity")
                writer.string(evidence.quantity.name)
                optional("raw", evidence.raw, &writer)
                optional("estimated", evidence.estimated, &writer)
            }
            writer.key("text")
            writer.string(utf8: entry.text.utf8)
            writer.key("action")
            writer.string(entry.code.remedy)
        }
    }

    private static func optional(_ key: StaticString, _ value: Int64?, _ writer: inout JSONWriter) {
        guard let value else { return }
        writer.key(key)
        writer.integer(value)
    }

    private static func readEntry(_ reader: inout DocumentReader) throws(DocumentError) -> Entry {
        var code = FaultCode.crashLoop
        var (kind, index) = (0, 0)
        var entry = Draft()
        try reader.object(
            keys: [
                "code", "part", "index", "active", "count", "since", "last_seen", "quantity", "raw", "estimated",
                "text", "action",
            ], required: ["code", "part", "index", "active", "count"]
        ) { (reader, key) throws(DocumentError) in
            switch key {
            case "code":
                code = try reader.number("the number of a fault") {
                    $0.int.flatMap { UInt16(exactly: $0) }.flatMap { FaultCode(rawValue: $0) }
                }
            case "part":
                kind = try reader.string("rig, board, fan, supply or channel") { text in
                    subjects.firstIndex { $0.description.utf8.elementsEqual(text.utf8) }
                }
            case "index": index = try reader.integer(in: 0...1023)
            case "active": entry.isActive = try reader.bool()
            case "count": entry.count = UInt32(try reader.integer(in: 0...Int(UInt32.max)))
            case "since": entry.since = try number(&reader)
            case "last_seen": entry.lastSeen = try number(&reader)
            case "quantity":
                entry.quantity = try reader.string("a quantity") { text in
                    Evidence.Quantity.allCases.first { $0.name.description.utf8.elementsEqual(text.utf8) }
                }
            case "raw": entry.raw = try number(&reader)
            case "estimated": entry.estimated = try number(&reader)
            default: _ = try reader.string("text") { $0 }
            }
        }
        let evidence = entry.quantity.map { Evidence($0, raw: entry.raw, estimated: entry.estimated) }
        return Entry(
            code: code, subject: Subject(kind: kind, index: index), isActive: entry.isActive, since: entry.since,
            lastSeen: entry.lastSeen, count: entry.count, evidence: evidence)
    }

    private struct Draft {
        var isActive = false
        var count: UInt32 = 0
        var since: Int64?
        var lastSeen: Int64?
        var quantity: Evidence.Quantity?
        var raw: Int64?
        var estimated: Int64?
    }

    private static func number(_ reader: inout DocumentReader) throws(DocumentError) -> Int64 {
        try reader.number("a whole number") { $0.int.map { Int64($0) } }
    }
}

extension FaultRecord.Subject {
    fileprivate var number: (kind: Int, index: Int) {
        switch self {
        case .rig: (0, 0)
        case .board(let index): (1, index)
        case .fan(let index): (2, index)
        case .supply(let index): (3, index)
        case .channel(let index): (4, index)
        }
    }

    fileprivate init(kind: Int, index: Int) {
        switch kind {
        case 1: self = .board(index)
        case 2: self = .fan(index)
        case 3: self = .supply(index)
        case 4: self = .channel(index)
        default: self = .rig
        }
    }
}
