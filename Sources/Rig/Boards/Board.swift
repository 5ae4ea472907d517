/// A board file: which control board this is and what hangs on it (Docs/boards.md).
public struct Board: Equatable, Sendable {
    /// Version of the board-file format that this build reads.
    public static let schema = 1
    /// Most chains on one control board.
    public static let maximumChains = 16
    /// Most entries in a section.
    static let maximumEntries = 64

    /// Short name, for example `cpu` or `sim-s19`.
    public var name = ""
    /// One line for people.
    public var description = ""
    /// How the rig is simulated; nil for real hardware.
    public var simulation: SimulationDescription?
    public var i2c: [I2CDescription] = []
    public var uarts: [UARTDescription] = []
    public var spi: [SPIDescription] = []
    public var gpio: [GPIODescription] = []
    public var pwm: [PWMDescription] = []
    public var lines: [LineDescription] = []
    public var supplies: [SupplyDescription] = []
    public var meters: [MeterDescription] = []
    public var chains: [ChainDescription] = []
    public var cooling = CoolingDescription()
    public var fans: [FanDescription] = []
    public var limits: [LimitsDescription] = []
    public var sensors: [SensorDescription] = []
    public var eeproms: [EEPROMDescription] = []
    public var watchdog: WatchdogDescription?
    public var mains: MainsDescription?

    private static let keys = [
        "schema", "name", "description", "simulated", "i2c", "uart", "spi", "gpio", "pwm", "lines", "supplies",
        "meters", "chains", "cooling", "fans", "limits", "sensors", "eeproms", "watchdog", "mains",
    ]

    /// Reads a board file; nothing is driven by reading it.
    /// - Parameter file: the file's name for messages.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> Board {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var board = Board()
            try reader.object(keys: keys, required: ["schema", "name", "chains"]) {
                (reader, key) throws(DocumentError) in
                try board.read(key, from: &reader)
            }
            if let (path, problem) = BoardCheck(board).firstComplaint { throw reader.problem(problem, path: path) }
            return board
        }
    }

    private mutating func read(_ key: String, from reader: inout DocumentReader) throws(DocumentError) {
        let limit = Self.maximumEntries
        switch key {
        case "schema": _ = try reader.integer(in: Self.schema...Self.schema)
        case "name":
            name = try reader.string("a name of 1 to 32 letters, digits and hyphens") { Self.isName($0) ? $0 : nil }
        case "description": description = try reader.string("one line of at most 200 bytes", limit: 200) { $0 }
        case "simulated": simulation = try SimulationDescription.read(from: &reader)
        case "i2c": i2c = try reader.entries(limit: limit, I2CDescription.read)
        case "uart": uarts = try reader.entries(limit: limit, UARTDescription.read)
        case "spi": spi = try reader.entries(limit: limit, SPIDescription.read)
        case "gpio": gpio = try reader.entries(limit: limit, GPIODescription.read)
        case "pwm": pwm = try reader.entries(limit: limit, PWMDescription.read)
        case "lines": lines = try reader.entries(limit: limit, LineDescription.read)
        case "supplies": supplies = try reader.entries(limit: limit, SupplyDescription.read)
        case "meters": meters = try reader.entries(limit: limit, MeterDescription.read)
        case "cooling": cooling = try CoolingDescription.read(from: &reader)
        case "fans": fans = try reader.entries(limit: limit, FanDescription.read)
        case "limits": limits = try reader.entries(limit: limit, LimitsDescription.read)
        case "sensors": sensors = try reader.entries(limit: limit, SensorDescription.read)
        case "eeproms": eeproms = try reader.entries(limit: limit, EEPROMDescription.read)
        case "watchdog": watchdog = try WatchdogDescription.read(from: &reader)
        case "mains": mains = try MainsDescription.read(from: &reader)
        default:
            chains = try reader.array(limit: Self.maximumChains, ChainDescription.read)
            if chains.isEmpty { throw reader.problem("an empty list; expected at least one chain") }
        }
    }

    static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D }
    }

    /// The chains of mining chips, in the file's order.
    public var chipChains: [ChipChainDescription] {
        chains.compactMap { if case .chips(let chain) = $0 { chain } else { nil } }
    }
}
