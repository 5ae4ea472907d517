import JSON
import Mining

/// The operator's settings (Docs/configuration.md).
public struct Configuration: Equatable, Sendable {
    /// The rig's name in logs and telemetry.
    public var name = "rig"
    /// The pools, the most wanted first.
    public var pools: [PoolConfiguration] = []
    public var mining = MiningConfiguration()
    public var cpu = CPUConfiguration()
    public var power = PowerConfiguration()
    public var grid = GridConfiguration()
    public var log = LogConfiguration()
    /// What the operator vouches for of what the board file calls unverified.
    public var confirmations: [Confirmation] = []

    /// Most pools that a configuration may name.
    public static let maximumPools = 8

    public init() {}

    /// Reads a configuration; either all of it is taken or none.
    /// - Parameter file: the file's name for messages.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> Configuration {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var configuration = Configuration()
            try reader.object(keys: ["name", "pools", "mining", "cpu", "power", "grid", "log", "confirm"]) {
                (reader, key) throws(DocumentError) in
                switch key {
                case "name":
                    configuration.name = try reader.string("a name of 1 to 32 letters, digits and hyphens") {
                        Board.isName($0) ? $0 : nil
                    }
                case "pools": configuration.pools = try reader.array(limit: maximumPools, PoolConfiguration.read)
                case "mining": try configuration.mining.read(from: &reader)
                case "cpu": try configuration.cpu.read(from: &reader)
                case "confirm":
                    configuration.confirmations = try reader.array(limit: Confirmation.limit, Confirmation.read)
                case "power": try configuration.power.read(from: &reader)
                case "grid": try configuration.grid.read(from: &reader)
                default: try configuration.log.read(from: &reader)
                }
            }
            return configuration
        }
    }
}

/// How this rig mines, whatever the pool.
public struct MiningConfiguration: Equatable, Sendable {
    /// Share difficulty to ask each pool for; nil: take what the pool gives.
    public var suggestedDifficulty: Difficulty?
    /// A pool that sends no job for so long counts as dead, in seconds.
    public var silenceSeconds = 120

    mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        try reader.object(keys: ["suggest_difficulty", "silence_seconds"]) { (reader, key) throws(DocumentError) in
            if key == "silence_seconds" {
                silenceSeconds = try reader.integer(in: 10...3600, unit: "seconds")
            } else {
                suggestedDifficulty = try reader.number("a positive difficulty, for example 0.001") {
                    Difficulty(significand: $0.isNegative || !$0.isExact ? 0 : $0.significand, exponent: $0.exponent)
                }
            }
        }
    }
}

/// What overrides the board file's chains of kind `cpu`.
public struct CPUConfiguration: Equatable, Sendable {
    /// nil: as the board file says.
    public var workers: CPUWorkers?
    /// nil: as the board file says.
    public var dutyPercent: Int?

    mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        try reader.object(keys: ["workers", "duty_percent"]) { (reader, key) throws(DocumentError) in
            if key == "workers" {
                workers = try CPUWorkers.read(from: &reader)
            } else {
                dutyPercent = try reader.integer(in: 1...100, unit: "%")
            }
        }
    }
}

/// How the event log is kept.
public struct LogConfiguration: Equatable, Sendable {
    /// The least urgent severity that is written.
    public var level = Event.Severity.info
    /// Size at which the log file is rotated.
    public var fileBytes = 1_000_000
    /// Rotated files that are kept.
    public var files = 4

    mutating func read(from reader: inout DocumentReader) throws(DocumentError) {
        try reader.object(keys: ["level", "file_bytes", "files"]) { (reader, key) throws(DocumentError) in
            switch key {
            case "level": level = try reader.choice(Event.Severity.allCases.map { ($0.name, $0) })
            case "file_bytes": fileBytes = try reader.integer(in: 4096...100_000_000, unit: "bytes")
            default: files = try reader.integer(in: 1...20)
            }
        }
    }
}
