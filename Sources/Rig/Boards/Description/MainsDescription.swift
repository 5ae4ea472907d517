import JSON

/// A line that shows the mains' zero crossings.
public struct MainsDescription: Equatable, Sendable {
    /// The input line, by its name in this file.
    public var line = ""
    /// Rising edges in a period of the mains: 1, or 2 behind a full-wave rectifier.
    public var edgesPerPeriod = 1
    public var nominalHertz = 50
    public var provenance = Provenance.measured

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> MainsDescription {
        var mains = MainsDescription()
        let keys = ["line", "edges_per_period", "nominal_hertz", "source"]
        try reader.object(keys: keys, required: ["line", "nominal_hertz", "source"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "line": mains.line = try reader.name()
            case "edges_per_period": mains.edgesPerPeriod = try reader.integer(in: 1...2)
            case "nominal_hertz":
                mains.nominalHertz = try reader.number("50 or 60") { [50, 60].contains($0.int) ? $0.int : nil }
            default: mains.provenance = try Provenance.read(from: &reader)
            }
        }
        return mains
    }
}
