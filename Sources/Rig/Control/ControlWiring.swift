import Base

/// Which of the board file's entries each of the controller's parts is; numbers are places in the board file's sections.
public struct ControlWiring: Equatable, Sendable {
    /// What a power meter measures.
    public enum Metered: Equatable, Sendable {
        case board(Int)
        case supply(Int)
        case mains
    }

    /// A thermal channel that shows what the chips of a board measure themselves.
    public struct ChipSensor: Equatable, Sendable {
        /// The controller's board.
        public var board: Int
        public var channel: Int
        /// Added to every value.
        public var offset: Celsius
    }

    /// By sensor: its thermal channel; nil for one that is only shown.
    public var channels: [Int?]
    /// The channels whose values come with the status of a board.
    public var chipSensors: [ChipSensor] = []
    /// By fan: the controller's fans that hang on its output, one for each tachometer, and one where there is none.
    public var fans: [Range<Int>]
    /// By supply: the controller's supply; nil for one that is not driven.
    public var supplies: [Int?]
    /// By meter; nil for one that is only shown.
    public var meters: [Metered?]
    /// The chains of the controller's boards by name, in its order.
    public var chains: [String]

    public init(
        channels: [Int?] = [], fans: [Range<Int>] = [], supplies: [Int?] = [], meters: [Metered?] = [],
        chains: [String] = []
    ) {
        self.channels = channels
        self.fans = fans
        self.supplies = supplies
        self.meters = meters
        self.chains = chains
    }

    /// How many of the controller's fans there are.
    public var fanCount: Int { fans.map { $0.upperBound }.max() ?? 0 }

    /// The board-file supply that is the controller's supply of this index.
    func supplyInFile(_ supply: Int) -> Int? { supplies.firstIndex { $0 == supply } }

    /// The board-file fan that the controller's fan of this index hangs on.
    func fanInFile(_ fan: Int) -> Int? { fans.firstIndex { $0.contains(fan) } }
}
