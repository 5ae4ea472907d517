import ASIC
import Base
import Thermal

/// What the controller must know of a rig: the board file's part, checked to be consistent.
public struct ControlConfiguration: Sendable {
    /// A hash board.
    public struct Board: Sendable {
        /// For logs: `board 1`.
        public var name: String
        /// The supply that it hangs on; nil where nothing that feeds it can be switched.
        public var supply: Int?
        public var model: BoardPowerModel
        /// Clocks that it may run at; the lowest is the one it is brought up at.
        public var clocks: ClosedRange<ClockFrequency>
        public var timing = BoardLifeCycle.Timing()
        /// A board of which this or more is measured is not off.
        public var offBelow: Milliwatts
        /// How its setting is searched; nil: the highest clock at the supply's starting voltage.
        public var tuning: Tuner.Profile?
        public var target: Tuner.Target?

        public init(
            name: String, supply: Int?, model: BoardPowerModel, clocks: ClosedRange<ClockFrequency>,
            offBelow: Milliwatts, tuning: Tuner.Profile? = nil, target: Tuner.Target? = nil
        ) {
            self.name = name
            self.supply = supply
            self.model = model
            self.clocks = clocks
            self.offBelow = offBelow
            self.tuning = tuning
            self.target = target
        }
    }

    public let boards: [Board]
    public let supplies: [SupplyProfile]
    public let thermal: ThermalConfiguration
    public let power: PowerPlan.Profile
    /// Whose progress the hardware watchdog depends on.
    public let parties: [ProgressGate.Party]
    /// Between two boards' being switched on.
    public var stagger = Duration.seconds(2)
    /// A board whose thread has told nothing for so long is cut off.
    public var statusLimit = Duration.seconds(10)
    /// A measured power older than this does not count.
    public var measurementLimit = Duration.seconds(5)

    /// - Throws: the first thing that does not fit.
    public init(
        boards: [Board], supplies: [SupplyProfile], thermal: ThermalConfiguration, power: PowerPlan.Profile,
        parties: [ProgressGate.Party]
    ) throws(ControlConfigurationFault) {
        guard boards.count == thermal.boards.count else {
            throw .boardCount(boards.count, thermal: thermal.boards.count)
        }
        for (index, board) in boards.enumerated() {
            if let supply = board.supply, !supplies.indices.contains(supply) {
                throw .noSuchSupply(board: index, supply: supply)
            }
        }
        for (index, supply) in supplies.enumerated() where !supply.limits.contains(supply.start) {
            throw .startOutOfLimits(supply: index)
        }
        self.boards = boards
        self.supplies = supplies
        self.thermal = thermal
        self.power = power
        self.parties = parties
    }

    /// Whether a board has its supply to itself, so that its voltage can be its own.
    func ownsSupply(_ board: Int) -> Bool {
        guard let supply = boards[board].supply else { return false }
        return boards.indices.allSatisfy { $0 == board || boards[$0].supply != supply }
    }
}

/// Why a configuration of the controller was refused.
public enum ControlConfigurationFault: Error, Equatable, Sendable {
    /// The controller and the thermal controller count different boards.
    case boardCount(Int, thermal: Int)
    case noSuchSupply(board: Int, supply: Int)
    /// A supply's starting voltage is outside its limits.
    case startOutOfLimits(supply: Int)
}
