import Base
import Buses

/// Everything that is known of the hardware at a tick. Its owner keeps one and changes it in place, so that a tick
/// allocates nothing.
public struct RigObservation: Sendable {
    /// What a fan says of itself.
    public struct Fan: Equatable, Sendable {
        /// The duty that its driver reads back.
        public var duty: Reading<DutyCycle>
        public var speed: Reading<RPM>

        public init(
            duty: Reading<DutyCycle> = .failed(.settling), speed: Reading<RPM> = .failed(.settling)
        ) {
            self.duty = duty
            self.speed = speed
        }
    }

    /// What a supply says of itself; `failed(.unverifiedScale)` where it cannot be measured here.
    public struct Supply: Equatable, Sendable {
        public var voltage: Reading<Millivolts>
        /// Power at the supply's output.
        public var power: Reading<Milliwatts>

        public init(
            voltage: Reading<Millivolts> = .failed(.settling), power: Reading<Milliwatts> = .failed(.settling)
        ) {
            self.voltage = voltage
            self.power = power
        }
    }

    /// What is known of a hash board.
    public struct Board: Equatable, Sendable {
        public var status: BoardStatus
        /// When its thread last told its status; nil before it did.
        public var statusAt: Instant?
        /// The plug detect line; true where the board has none.
        public var isPlugged: Bool
        /// Power at the board's input; `failed(.unverifiedScale)` where nothing measures it.
        public var power: Reading<Milliwatts>

        public init(
            status: BoardStatus = BoardStatus(), statusAt: Instant? = nil, isPlugged: Bool = true,
            power: Reading<Milliwatts> = .failed(.settling)
        ) {
            self.status = status
            self.statusAt = statusAt
            self.isPlugged = isPlugged
            self.power = power
        }
    }

    /// By channel of the thermal configuration.
    public var temperatures: [Reading<Celsius>]
    public var fans: [Fan]
    public var supplies: [Supply]
    public var boards: [Board]
    /// Power at the mains; `failed(.unverifiedScale)` where nothing measures it.
    public var mainsPower: Reading<Milliwatts> = .failed(.settling)
    /// Counts by which each party of the progress gate proves that it is alive, in the gate's order.
    public var progress: [UInt64]
    /// Seconds since 1970; nil while the clock has not been set.
    public var unixSeconds: Int64?

    /// An observation in which nothing has been read yet.
    public init(temperatureCount: Int, fanCount: Int, supplyCount: Int, boardCount: Int, partyCount: Int) {
        temperatures = Array(repeating: .failed(.settling), count: temperatureCount)
        fans = Array(repeating: Fan(), count: fanCount)
        supplies = Array(repeating: Supply(), count: supplyCount)
        boards = Array(repeating: Board(), count: boardCount)
        progress = Array(repeating: 0, count: partyCount)
    }
}

/// What a person at the rig or an authenticated operator may ask of the controller, besides claims on power.
public enum OperatorCommand: Equatable, Sendable {
    /// Keep a board off until it is started again.
    case stopBoard(Int)
    case startBoard(Int)
    /// The least duty of the fans; nil lifts it. Protections go on above it.
    case fanFloor(DutyCycle?)
    /// Let a board that was given up, or all of them, try again: somebody has dealt with the cause.
    case unlock(board: Int?)
    /// Look for the best clock and voltage of a board anew.
    case tune(board: Int)
    /// Forget faults that are over.
    case clearFaults
}
