import Base
import JSON

/// Counts starts that came to nothing, so that an agent that crashes again and again lets the rig rest. Kept as
/// `starts.json`; needs no clock that is right.
public struct StartLedger: Equatable, Sendable {
    static let schema = 1
    /// Running for so long, or a clean end, proves a start good.
    public static let proof = Duration.seconds(600)
    /// Starts in a row without proof after which boards stay off until somebody unlocks them.
    public static let limit = 6

    /// Starts since the last one that was proved good, this one included.
    public private(set) var unproven = 0

    public init() {}

    /// To be called, and persisted, before anything is switched on.
    public mutating func begin() {
        unproven = min(unproven + 1, 1_000_000)
    }

    /// The start is good, or a person has looked at the rig.
    public mutating func prove() {
        unproven = 0
    }

    /// How long boards stay off after this start; nil: until somebody unlocks them.
    public var rest: Duration? {
        switch unproven {
        case ...2: .zero
        case 3: .seconds(60)
        case 4: .seconds(300)
        case 5: .seconds(900)
        default: nil
        }
    }

    /// The file's content, one line of JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("schema")
            writer.integer(Self.schema)
            writer.key("unproven")
            writer.integer(unproven)
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> StartLedger {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var ledger = StartLedger()
            let keys = ["schema", "unproven"]
            try reader.object(keys: keys, required: keys) { (reader, key) throws(DocumentError) in
                if key == "schema" {
                    _ = try reader.integer(in: schema...schema)
                } else {
                    ledger.unproven = try reader.integer(in: 0...1_000_000)
                }
            }
            return ledger
        }
    }
}
