import Base
import Buses

/// Something that goes wrong in a simulated rig, and where. Boards and fans count from 0 here, from 1 in text.
public enum TwinFault: Equatable, Sendable {
    /// Of the sensor with this name.
    case sensor(String, TwinSensorFault)
    /// Of all sensors at once.
    case allSensors(TwinSensorFault)
    case fan(Int, TwinFanFault)
    case board(Int, TwinBoardFault)
    case supply(TwinSupplyFault)
    case bus(UInt16, TwinBusFault)
    case part(UInt16, I2CAddress, TwinPartFault)
    case air(TwinAirFault)
    /// The mains have this many volts: 0 is an outage.
    case mains(volts: Int32)
    case agent(TwinAgentFault)
}

/// What is wrong with a fan, a pump, or the wires to it.
public enum TwinFanFault: Equatable, Sendable {
    /// The rotor is blocked.
    case stalled
    /// It does not turn and takes no power.
    case dead
    /// Its speeds are so many thousandths of a new one's.
    case worn(permille: Int32)
    /// It turns, and its pulses do not arrive.
    case tachometerLost
    /// The counter of the chip that measures it reads zero.
    case tachometerZero
    /// The next so many settings of its PWM output are accepted and not carried out.
    case lostWrites(Int)
}

/// What is wrong with a hash board.
public enum TwinBoardFault: Equatable, Sendable {
    /// Its switch stays closed or open, whatever its line says.
    case enableStuck(Bool)
    case resetStuck(Bool)
    /// Its regulator makes nothing and reports no fault.
    case regulatorDead
    /// Its regulator has latched off.
    case regulatorTripped
    /// It is not in its slot.
    case absent
    /// No chip answers or works.
    case chainSilent
    /// So many chips, those furthest from the host, are dead.
    case deadChips(Int)
}

/// What is wrong with a part on an I2C bus.
public enum TwinPartFault: Equatable, Sendable {
    /// It does not acknowledge.
    case dead
    /// It loses its settings, once.
    case reset
    /// The next so many writes to its registers are acknowledged and not carried out.
    case lostWrites(Int)
}

/// What is wrong with the air around the rig.
public enum TwinAirFault: Equatable, Sendable {
    /// The inlet is so much hotter than the room.
    case hotInlet(Celsius)
    /// So many thousandths of what leaves come in again.
    case recirculation(permille: Int32)
    /// Dust leaves so many thousandths of the flow.
    case dust(permille: Int32)
}

/// What has become of the agent. The rig only remembers it: whoever runs the agent has to stop calling it.
public enum TwinAgentFault: Equatable, Sendable {
    /// It is gone, and something may start it again.
    case killed
    /// It hangs: alive, and silent.
    case stopped
}

/// Why a fault cannot be had in this rig.
public enum TwinFaultRefusal: Error, Equatable, Sendable {
    case noSensor(String)
    /// Counted as in text, from 1.
    case noFan(Int)
    case noBoard(Int)
    case noRegulator(board: Int)
    case noBus(UInt16)
    case noPart(UInt16, I2CAddress)
    /// The fan hangs on no PWM output of the control board.
    case noPWM(fan: Int)
    /// The board's model of chips does not have it.
    case unsupportedByChain(board: Int)
    /// The agenda is full.
    case tooMany(limit: Int)
}

extension TwinFaultRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSensor(let name): "no sensor '\(name)'"
        case .noFan(let fan): "no fan\(fan)"
        case .noBoard(let board): "no board\(board)"
        case .noRegulator(let board): "board\(board) has no regulator of its own"
        case .noBus(let bus): "no i2c-\(bus)"
        case .noPart(let bus, let address): "nothing on i2c-\(bus) at 0x\(Hex.text(address.value))"
        case .noPWM(let fan): "fan\(fan) is on no PWM output"
        case .unsupportedByChain(let board): "the chips of board\(board) cannot do that"
        case .tooMany(let limit): "more than \(limit) events wait already"
        }
    }
}
