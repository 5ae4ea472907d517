import Base
import JSON

/// Prices of electricity by civil time, as published a day ahead.
public struct PriceTable: Equatable, Sendable {
    /// A price and when it holds.
    public struct Entry: Equatable, Sendable {
        /// Unix seconds; `until` is the first second that is not covered.
        public var from: Int64
        public var until: Int64
        /// Millionths of the currency per kilowatt-hour; may be negative.
        public var price: Int64
    }

    /// Two days in quarters of an hour.
    public static let limit = 192

    /// In ascending order, without overlap.
    public private(set) var entries: [Entry] = []

    public init() {}

    /// The entry that covers a civil time; nil where there is none: a price that is not known is no price.
    public func entry(at unixSeconds: Int64) -> Entry? {
        entries.first { $0.from <= unixSeconds && unixSeconds < $0.until }
    }

    /// Reads `{"prices": [{"from": UNIX_SECONDS, "until": UNIX_SECONDS, "per_kwh": 0.085}, …]}`; all of it or nothing.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> PriceTable {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var table = PriceTable()
            try reader.object(keys: ["prices"], required: ["prices"]) { (reader, _) throws(DocumentError) in
                var last: Int64 = .min
                table.entries = try reader.array(limit: limit) { (reader) throws(DocumentError) in
                    let entry = try Entry.read(from: &reader)
                    guard entry.from >= last else {
                        throw reader.problem("begins before the one before it ends; expected ascending entries")
                    }
                    last = entry.until
                    return entry
                }
            }
            return table
        }
    }
}

extension PriceTable.Entry {
    fileprivate static func read(from reader: inout DocumentReader) throws(DocumentError) -> PriceTable.Entry {
        var entry = PriceTable.Entry(from: 0, until: 0, price: 0)
        let keys = ["from", "until", "per_kwh"]
        try reader.object(keys: keys, required: keys) { (reader, key) throws(DocumentError) in
            switch key {
            case "from": entry.from = Int64(clamping: try reader.count(upTo: latest, unit: "Unix seconds"))
            case "until": entry.until = Int64(clamping: try reader.count(upTo: latest, unit: "Unix seconds"))
            default: entry.price = try reader.price()
            }
        }
        guard entry.from < entry.until else {
            throw reader.problem("ends at or before its begin; expected \"from\" before \"until\"")
        }
        return entry
    }

    /// The year 2100 is far enough.
    private static let latest: UInt64 = 4_102_444_800
}

extension DocumentReader {
    /// A price per kilowatt-hour with up to six decimals, in millionths of the currency.
    mutating func price() throws(DocumentError) -> Int64 {
        try number("a price per kWh from -1000 to 1000 with at most 6 decimals") { number in
            number.scaled(decimals: 6).flatMap { $0.magnitude <= 1_000_000_000 ? Int64($0) : nil }
        }
    }
}
