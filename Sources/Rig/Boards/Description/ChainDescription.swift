import JSON

/// One chain of hashing hardware, as a board file describes it.
public enum ChainDescription: Equatable, Sendable {
    /// Hashing on this machine's own processor.
    case cpu(CPUChainDescription)
    /// A hash board with mining chips.
    case chips(ChipChainDescription)

    static func read(_ reader: inout DocumentReader) throws(DocumentError) -> ChainDescription {
        let kinds = [("cpu", ChipKind?.none)] + ChipKind.all.map { ($0.name, $0) }
        guard let kind = try reader.lookAhead("kind", kinds) else {
            return .cpu(try CPUChainDescription.read(&reader))
        }
        return .chips(try ChipChainDescription.read(kind, &reader))
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

    static func read(_ reader: inout DocumentReader) throws(DocumentError) -> CPUChainDescription {
        var chain = CPUChainDescription()
        try reader.object(keys: ["kind", "workers", "duty_percent", "nice", "pinned"], required: ["kind"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "kind": try reader.choice([("cpu", ())])
            case "workers": chain.workers = try CPUWorkers.read(from: &reader)
            case "duty_percent": chain.dutyPercent = try reader.integer(in: 1...100, unit: "%")
            case "nice": chain.nice = try reader.integer(in: 0...19)
            default: chain.isPinned = try reader.bool()
            }
        }
        return chain
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
