import JSON

/// One chain of hashing hardware, as a board file describes it.
public enum ChainDescription: Equatable, Sendable {
    /// Hashing on this machine's own processor.
    case cpu(CPUChainDescription)

    static func read(_ reader: inout DocumentReader) throws(DocumentError) -> ChainDescription {
        var description = CPUChainDescription()
        try reader.object(
            keys: ["kind"] + CPUChainDescription.keys, required: ["kind"]
        ) { (reader, key) throws(DocumentError) in
            if key == "kind" {
                try reader.choice([("cpu", ())])
            } else {
                try description.read(key, from: &reader)
            }
        }
        return .cpu(description)
    }
}

/// How the processor hashes when there is no better hardware.
public struct CPUChainDescription: Equatable, Sendable {
    public var workers = CPUWorkers.all
    /// Part of the time that each worker hashes, in percent, 1–100.
    public var dutyPercent = 100
    /// Scheduling niceness of the workers, 0–19: everything else on the board comes first.
    public var nice = 19
    /// Whether each worker stays on one processor.
    public var isPinned = true

    public init() {}

    static let keys = ["workers", "duty_percent", "nice", "pinned"]

    mutating func read(_ key: String, from reader: inout DocumentReader) throws(DocumentError) {
        switch key {
        case "workers": workers = try CPUWorkers.read(from: &reader)
        case "duty_percent": dutyPercent = try reader.integer(in: 1...100, unit: "%")
        case "nice": nice = try reader.integer(in: 0...19)
        default: isPinned = try reader.bool()
        }
    }
}

/// How many worker threads hash on the processor.
public enum CPUWorkers: Equatable, Sendable {
    /// One for each processor that this process may use.
    case all
    /// 1–256 threads.
    case count(Int)

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> CPUWorkers {
        if try reader.kind() == .string { return try reader.choice([("all", .all)]) }
        return .count(try reader.integer(in: 1...256, unit: "threads, or \"all\""))
    }
}
