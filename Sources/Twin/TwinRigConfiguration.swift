import Base
import Buses

/// What a simulated rig is made of, and what is connected to what.
public struct TwinRigConfiguration: Equatable, Sendable {
    /// A line of the control board's GPIO chips.
    public struct Line: Equatable, Sendable {
        /// What the line does.
        public enum Role: Equatable, Sendable {
            /// Active: the board's switch is closed.
            case boardEnable(Int)
            /// Active: the board's chips are held in reset.
            case boardReset(Int)
            /// Input, active while the board is in its slot.
            case boardPlug(Int)
            /// Active: the supply's output is on.
            case supplyEnable
            /// Input: the tachometer wire of a fan.
            case tachometer(Int)
        }

        public var chip: UInt16
        public var offset: UInt32
        public var role: Role

        public init(chip: UInt16, offset: UInt32, role: Role) {
            self.chip = chip
            self.offset = offset
            self.role = role
        }
    }

    /// A PWM output and the fans on it.
    public struct PWM: Equatable, Sendable {
        public var chip: UInt16
        public var channel: UInt32
        public var fans: [Int]

        public init(chip: UInt16, channel: UInt32, fans: [Int]) {
            self.chip = chip
            self.channel = channel
            self.fans = fans
        }
    }

    /// A part on an I2C bus.
    public struct Part: Equatable, Sendable {
        public var bus: UInt16
        public var address: I2CAddress
        public var kind: TwinPart

        public init(bus: UInt16, address: I2CAddress, kind: TwinPart) {
            self.bus = bus
            self.address = address
            self.kind = kind
        }
    }

    public var boards: [TwinBoardConfiguration]
    public var fans: [TwinFanCurve]
    public var supply: TwinSupplyConfiguration
    public var cooling: TwinCooling
    public var ambient: Celsius
    /// Part of the outgoing air that comes in again, in thousandths.
    public var recirculationPermille: Int32
    /// Volts of the mains.
    public var mains: Int32
    /// Power of the control board.
    public var controlBoard: Milliwatts
    public var parts: [Part]
    public var lines: [Line]
    public var pwms: [PWM]

    public init(
        boards: [TwinBoardConfiguration], fans: [TwinFanCurve], supply: TwinSupplyConfiguration, cooling: TwinCooling,
        ambient: Celsius = .degrees(25), recirculationPermille: Int32 = 0, mains: Int32 = 230,
        controlBoard: Milliwatts = Milliwatts(6000), parts: [Part] = [], lines: [Line] = [], pwms: [PWM] = []
    ) {
        self.boards = boards
        self.fans = fans
        self.supply = supply
        self.cooling = cooling
        self.ambient = ambient
        self.recirculationPermille = recirculationPermille
        self.mains = mains
        self.controlBoard = controlBoard
        self.parts = parts
        self.lines = lines
        self.pwms = pwms
    }
}

/// The parts that the simulated rig has models of, and what each of them sees or drives. Boards and fans count from 0.
public enum TwinPart: Equatable, Sendable {
    case lm75(TwinSite)
    case tmp75(TwinSite)
    case tmp1075(TwinSite)
    /// With one to three remote diodes: TMP421, TMP422, TMP423.
    case tmp421(own: TwinSite, remotes: [TwinSite])
    case tmp451(own: TwinSite, remote: TwinSite)
    case adt7461(own: TwinSite, remote: TwinSite)
    case nct218(TwinSite)
    case emc2101(own: TwinSite, remote: TwinSite, fan: Int)
    /// With two remote diodes.
    case emc2103(TwinSite, TwinSite, fan: Int)
    /// One, two, three or five fans: EMC2301, EMC2302, EMC2303, EMC2305.
    case emc230x(fans: [Int])
    /// Measures what a board takes from the supply; the resistor in millionths of an ohm.
    case ina226(board: Int, shuntMicroohms: Int32)
    /// Measures what a board takes from the supply.
    case ina260(board: Int)
    /// Trims a board's regulator, in the circuit of Bitaxe boards.
    case ds4432u(board: Int)
    case tps546d24a(board: Int)
    case at24c02([UInt8])
    /// Switches and sets a board's regulator, while it hears a heartbeat at least every `lease`.
    case pic16f1704(board: Int, lease: Duration)
    case apw(type: UInt8, firmware: UInt8)
    /// Chain n, counted from 1, is board n − 1.
    case t1Supply
}
