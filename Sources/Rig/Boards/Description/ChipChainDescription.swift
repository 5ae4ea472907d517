import ASIC

/// A hash board: a chain of mining chips, and the lines and supplies that it depends on.
public struct ChipChainDescription: Equatable, Sendable {
    public var name: String
    public var kind: ChipKind
    /// The UART or SPI device, by its name in this file.
    public var bus = ""
    /// Active while the chips are held in reset.
    public var reset = ""
    /// Active while the board is supplied.
    public var enable: String?
    /// Active while the chips may start (T1).
    public var start: String?
    /// Active while a board is plugged in.
    public var plug: String?
    /// What feeds the board, in the order of switching on.
    public var supplies: [String] = []
    public var chipCount = 1
    /// Chips without which the chain is not run.
    public var minimumChipCount: Int?
    /// Voltage domains in series.
    public var domains = 1
    /// Whether relays and clock drivers are to be set at the edges of the domains.
    public var setsDomainEdges = false
    /// Megahertz; nil: the chip's usual clock.
    public var frequency: Int?
    public var maximumFrequency = 0
    /// The lowest clock, in megahertz (T1).
    public var minimumFrequency: Int?
    /// What each chip's supply is to be on average (T1), in millivolts.
    public var chipMillivolts: Int?
    /// Chips report results from this difficulty on.
    public var reportingDifficulty: Int?
    /// Electrical power of the board at its highest clock, in watts.
    public var maximumWatts = 0
    /// Fewer good temperature sensors than this are too few to run the board by.
    public var minimumSensors = 1
    public var provenance = Provenance.measured

    init(name: String, kind: ChipKind) {
        self.name = name
        self.kind = kind
    }

    private static let sharedKeys = [
        "kind", "name", "reset", "enable", "plug", "supplies", "chips", "minimum_chips", "frequency_mhz",
        "max_frequency_mhz", "reporting_difficulty", "max_power_watts", "minimum_sensors", "source",
    ]

    private static func keys(of kind: ChipKind) -> [String] {
        switch kind {
        case .a1: sharedKeys + ["spi"]
        case .t1: sharedKeys + ["spi", "start", "min_frequency_mhz", "chip_mv"]
        case .bm1362, .bm1366, .bm1368, .bm1370, .bm1397: sharedKeys + ["uart", "domains", "domain_edges"]
        }
    }

    /// The key under which the chain's bus stands.
    public var busKey: String { kind.uartFamily == nil ? "spi" : "uart" }

    static func read(
        _ kind: ChipKind, _ reader: inout DocumentReader
    ) throws(DocumentError) -> ChipChainDescription {
        var chain = ChipChainDescription(name: "", kind: kind)
        try reader.object(
            keys: keys(of: kind),
            required: [
                "kind", "name", chain.busKey, "reset", "chips", "max_frequency_mhz", "max_power_watts", "source",
            ]
        ) { (reader, key) throws(DocumentError) in
            try chain.read(key, from: &reader)
        }
        return chain
    }

    private mutating func read(_ key: String, from reader: inout DocumentReader) throws(DocumentError) {
        switch key {
        case "kind": try reader.choice([(kind.name, ())])
        case "name": name = try reader.name()
        case "uart", "spi": bus = try reader.name()
        case "reset": reset = try reader.name()
        case "enable": enable = try reader.name()
        case "start": start = try reader.name()
        case "plug": plug = try reader.name()
        case "supplies": supplies = try reader.array(limit: 4) { (reader) throws(DocumentError) in try reader.name() }
        case "chips": chipCount = try reader.integer(in: 1...kind.maximumChipCount)
        case "minimum_chips": minimumChipCount = try reader.integer(in: 1...kind.maximumChipCount)
        case "domains": domains = try reader.integer(in: 1...ChainAddresses.maximumChipCount)
        case "domain_edges": setsDomainEdges = try reader.bool()
        case "frequency_mhz": frequency = try reader.integer(in: Self.megahertz, unit: "MHz")
        case "max_frequency_mhz": maximumFrequency = try reader.integer(in: Self.megahertz, unit: "MHz")
        case "min_frequency_mhz": minimumFrequency = try reader.integer(in: Self.megahertz, unit: "MHz")
        case "chip_mv": chipMillivolts = try reader.integer(in: Self.chipMillivoltLimits, unit: "mV")
        case "reporting_difficulty": reportingDifficulty = try reader.integer(in: 1...65_536)
        case "max_power_watts": maximumWatts = try reader.integer(in: 1...20_000, unit: "W")
        case "minimum_sensors": minimumSensors = try reader.integer(in: 1...16)
        default: provenance = try Provenance.read(from: &reader)
        }
    }

    /// Clocks that any chip could have.
    private static let megahertz = 50...2000
    private static let chipMillivoltLimits =
        Int(T1Plan.chipMillivoltLimits.lowerBound)...Int(T1Plan.chipMillivoltLimits.upperBound)
}
