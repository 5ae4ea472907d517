import ASIC
import Base
import JSON

/// What a search for a board's setting found.
public struct TuningResult: Equatable, Sendable {
    public var target: Tuner.Target
    public var setting: Tuner.Setting
    public var power: Milliwatts
    /// False: the power is the model's.
    public var isPowerMeasured: Bool
    public var hashesPerSecond: UInt64
    public var errorPermille: UInt64
}

/// The results of all boards, kept as `tuning.json`. Another target or another board file makes a result worthless, not
/// wrong: it is searched anew.
public struct TuningRecord: Equatable, Sendable {
    static let schema = 1

    /// By position in the board file; nil where nothing was found yet.
    public internal(set) var boards: [TuningResult?]

    public init(boardCount: Int) {
        boards = Array(repeating: nil, count: boardCount)
    }

    /// The file's content, one line of JSON.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("schema")
            writer.integer(Self.schema)
            writer.key("boards")
            writer.array { writer in
                for result in boards {
                    if let result { Self.write(result, to: &writer) } else { writer.object { _ in } }
                }
            }
        }
        return writer.bytes + [0x0A]
    }

    /// Reads what `json` wrote.
    public static func read(file: String, bytes: [UInt8], boardCount: Int) throws(DocumentError) -> TuningRecord {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var record = TuningRecord(boardCount: boardCount)
            try reader.object(keys: ["schema", "boards"], required: ["schema"]) { (reader, key) throws(DocumentError) in
                if key == "schema" {
                    _ = try reader.integer(in: schema...schema)
                    return
                }
                let results = try reader.array(limit: PowerPlan.maximumBoards, readResult)
                for (index, result) in results.enumerated() where index < boardCount { record.boards[index] = result }
            }
            return record
        }
    }

    private static func write(_ result: TuningResult, to writer: inout JSONWriter) {
        writer.object { writer in
            switch result.target {
            case .power(let power):
                writer.key("target_milliwatts")
                writer.integer(power.value)
            case .hashRate(let rate):
                writer.key("target_hashes_per_second")
                writer.integer(rate)
            }
            writer.key("hertz")
            writer.integer(result.setting.clock.hertz)
            writer.key("millivolts")
            writer.integer(result.setting.voltage.value)
            writer.key("milliwatts")
            writer.integer(result.power.value)
            writer.key("measured")
            writer.bool(result.isPowerMeasured)
            writer.key("hashes_per_second")
            writer.integer(result.hashesPerSecond)
            writer.key("error_permille")
            writer.integer(result.errorPermille)
        }
    }

    private static func readResult(_ reader: inout DocumentReader) throws(DocumentError) -> TuningResult? {
        var target: Tuner.Target?
        var result = TuningResult(
            target: .hashRate(0), setting: Tuner.Setting(clock: .megahertz(0), voltage: .zero), power: .zero,
            isPowerMeasured: false, hashesPerSecond: 0, errorPermille: 0)
        let milli = 0...Int(Int32.max)
        try reader.object(keys: [
            "target_milliwatts", "target_hashes_per_second", "hertz", "millivolts", "milliwatts", "measured",
            "hashes_per_second", "error_permille",
        ]) { (reader, key) throws(DocumentError) in
            switch key {
            case "target_milliwatts": target = .power(Milliwatts(clamping: try reader.integer(in: milli)))
            case "target_hashes_per_second": target = .hashRate(try reader.count(upTo: UInt64(Int64.max)))
            case "hertz":
                result.setting.clock = ClockFrequency(hertz: UInt32(clamping: try reader.count(upTo: 4_294_000_000)))
            case "millivolts": result.setting.voltage = Millivolts(clamping: try reader.integer(in: milli))
            case "milliwatts": result.power = Milliwatts(clamping: try reader.integer(in: milli))
            case "measured": result.isPowerMeasured = try reader.bool()
            case "hashes_per_second": result.hashesPerSecond = try reader.count(upTo: UInt64(Int64.max))
            default: result.errorPermille = UInt64(try reader.integer(in: 0...1000))
            }
        }
        guard let target else { return nil }
        result.target = target
        return result
    }
}
