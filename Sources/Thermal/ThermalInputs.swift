import Base
import Buses

/// What the controller is told at a tick. The owner keeps one and changes it in place.
public struct ThermalInputs: Sendable {
    /// What a fan tells.
    public struct Fan: Sendable {
        /// The duty that the fan's driver reads back.
        public var applied: Reading<DutyCycle>
        public var speed: Reading<RPM>

        public init(applied: Reading<DutyCycle>, speed: Reading<RPM>) {
            self.applied = applied
            self.speed = speed
        }
    }

    /// How a board's electrical power is known.
    public enum Power: Equatable, Sendable {
        case measured(Milliwatts)
        case estimated(Milliwatts)
        /// Taken for full power while the board is energised.
        case unknown
    }

    /// A board's supply.
    public struct Board: Sendable {
        /// Whether its supply is on.
        public var isEnergised: Bool
        public var power: Power

        public init(isEnergised: Bool, power: Power) {
            self.isEnergised = isEnergised
            self.power = power
        }
    }

    /// One per channel of the configuration, in its order; missing ones count as failed.
    public var channels: [Reading<Celsius>]
    public var fans: [Fan]
    public var boards: [Board]
    /// The least duty that the operator asks for. Protections go on above it.
    public var manualFloor: DutyCycle?
    /// A technician says that the cause of a lock-out has been dealt with.
    public var unlock = false
    /// The agent is about to end and asks when it may.
    public var isStopping = false
    /// The air around the rig where no inlet sensor tells.
    public var ambient: Celsius?
    /// Moves every target, for a noise profile or a cool night; at most to 1 °C below `hot`.
    public var targetShift = Celsius.zero

    /// Inputs in which nothing has been read yet.
    public init(for configuration: ThermalConfiguration) {
        channels = Array(repeating: .failed(.settling), count: configuration.channels.count)
        fans = Array(
            repeating: Fan(applied: .failed(.settling), speed: .failed(.settling)), count: configuration.fans.count)
        boards = Array(repeating: Board(isEnergised: false, power: .unknown), count: configuration.boards.count)
    }
}
