import Base

/// What the rig is doing right now, for the live line and for telemetry.
public struct RigStatus: Equatable, Sendable {
    /// Where a temperature comes from, and what it says.
    public enum Temperature: Equatable, Sendable {
        /// This machine offers no temperature sensor.
        case none
        /// `source` is the sensor's name in the kernel; tenths of a degree Celsius.
        case measured(source: String, decicelsius: Int)
        case failed(source: String)
    }

    /// Which pool the rig works for, by its address.
    public enum Pool: Equatable, Sendable {
        case none
        case connecting(String)
        case mining(String)
    }

    /// True when any part of the hardware is a simulation; every view of the status must say so.
    public var isSimulated = false
    public var pool = Pool.none
    /// Hashes per second over the last 5 s, the last minute and the last quarter of an hour.
    public var hashRate5s = 0.0
    public var hashRate1m = 0.0
    public var hashRate15m = 0.0
    public var accepted: UInt64 = 0
    /// The difficulties that the accepted shares count for, together: what a pool pays by.
    public var acceptedWork = 0.0
    /// Shares that the pool refused, whatever for.
    public var rejected: UInt64 = 0
    /// Finds that came too late for their job, whether the pool had to say so or it was known here.
    public var stale: UInt64 = 0
    /// Shares that could not be delivered while they were worth something.
    public var lost: UInt64 = 0
    /// Results that did not meet what the hardware promised.
    public var hardwareErrors: UInt64 = 0
    /// Share difficulty now in force; nil before the pool has set one.
    public var difficulty: Double?
    /// Highest difficulty of a share in this run.
    public var bestDifficulty = 0.0
    public var temperature = Temperature.none
    /// The hash boards, in the order of the board file.
    public var boards: [BoardStatus] = []
    /// How the rig is cooled and fed; nil for one whose power nobody controls.
    public var plant: PlantStatus?
    /// What is known of the mains; nil for a rig that does not look at it.
    public var grid: GridStatus?
    public var uptime = Duration.zero

    public init() {}

    /// Hashes per second of everything that hashes: counted on the processor, estimated from valid nonces on hash boards.
    public var hashRate: Double {
        boards.reduce(hashRate5s) { $0 + Double($1.hashesPerSecond) }
    }

    /// One line of at most about 160 columns, without a newline, for a terminal.
    public var line: String {
        var parts: [String] = []
        if isSimulated { parts.append("SIMULATED") }
        parts.append(Decimal.quantity(hashRate, unit: "H/s"))
        if !boards.isEmpty {
            parts.append("boards \(boards.count { $0.stage == .hashing })/\(boards.count)")
            parts.append(
                "chips \(boards.reduce(0) { $0 + $1.chipsPresent })/\(boards.reduce(0) { $0 + $1.chipsExpected })")
        }
        if let plant { parts += plant.parts }
        if let grid { parts += grid.parts }
        parts.append("accepted \(accepted)")
        parts.append("rejected \(rejected)")
        if stale > 0 { parts.append("stale \(stale)") }
        if lost > 0 { parts.append("lost \(lost)") }
        parts.append("diff " + (difficulty.map(Self.short) ?? "-"))
        if plant == nil {
            switch temperature {
            case .none: parts.append("temp: no sensor")
            case .measured(let source, let value):
                parts.append("\(source) \(Decimal.fixed(Double(value) / 10, places: 1)) C")
            case .failed(let source): parts.append("\(source) FAILED")
            }
        }
        switch pool {
        case .none: parts.append("no pool")
        case .connecting(let name): parts.append("connecting \(name)")
        case .mining: break
        }
        parts.append("up " + Decimal.span(uptime))
        return parts.joined(separator: " | ")
    }

    /// Up to four significant digits: pools use anything from 0.001 to 10^15.
    static func short(_ difficulty: Double) -> String {
        if difficulty >= 10_000 { return Decimal.quantity(difficulty, unit: "").trimmed }
        if difficulty >= 100 { return Decimal.fixed(difficulty, places: 0) }
        return Decimal.fixed(difficulty, places: difficulty < 0.0001 ? 9 : difficulty < 0.1 ? 6 : 3)
            .withoutTrailingZeros
    }
}

extension String {
    /// Without spaces at the end.
    fileprivate var trimmed: String {
        var bytes = Array(utf8)
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A decimal fraction without the zeros, or the point, at its end.
    fileprivate var withoutTrailingZeros: String {
        var bytes = Array(utf8)
        guard bytes.contains(0x2E) else { return self }
        while bytes.last == 0x30 { bytes.removeLast() }
        if bytes.last == 0x2E { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
