import Base
import Buses

/// Where in the rig a temperature is taken.
public enum TwinSite: Equatable, Sendable {
    /// The die of a chip, counted from the host.
    case chip(board: Int, chip: Int)
    /// The circuit board at the end where the air comes in, or leaves.
    case boardInlet(Int)
    case boardOutlet(Int)
    /// The board's voltage regulator.
    case regulator(Int)
    case inletAir
    case outletAir
    case supply
}

/// What is wrong with a sensor.
public enum TwinSensorFault: Equatable, Sendable {
    /// The part does not acknowledge.
    case dead
    /// The value stands still.
    case frozen
    /// Added to every value.
    case offset(Celsius)
    /// All registers of the value hold zero.
    case zero
    /// All registers of the value hold ones.
    case ones
    /// The diode is open: the part says so if it can, otherwise it shows its own kind of nonsense.
    case openCircuit
    /// The diode is shorted.
    case shortCircuit
    /// A fixed value, such as −64 or 127 °C.
    case fixed(Celsius)
    /// One conversion in ten gives this value.
    case spikes(Celsius)
    /// It has come off what it measures and follows the air around it.
    case detached
}

/// What a diode or a part's own sensor gives its converter.
enum SensorSignal: Equatable {
    case temperature(Celsius)
    case zero
    case ones
    case openCircuit
    case shortCircuit
}

/// One temperature that some part measures, with what is wrong with it.
final class SensorProbe {
    let name: String
    let site: TwinSite
    /// The part that measures it.
    let bus: UInt16
    let address: I2CAddress
    /// At the site, from the plant.
    var temperature: Celsius
    /// Of the air around it, which it measures when it has come off.
    var surroundings: Celsius
    private(set) var fault: TwinSensorFault?
    private var whenFrozen: Celsius
    private let seed: UInt64

    init(
        _ name: String, at site: TwinSite, bus: UInt16, address: I2CAddress, temperature: Celsius, seed: UInt64
    ) {
        self.name = name
        self.site = site
        self.bus = bus
        self.address = address
        self.temperature = temperature
        surroundings = temperature
        whenFrozen = temperature
        self.seed = seed
    }

    func set(_ fault: TwinSensorFault?) {
        if fault == .frozen, self.fault != .frozen { whenFrozen = temperature }
        self.fault = fault
    }

    /// The signal of the conversion that was finished last at `now`.
    ///
    /// Conversions come every 125 ms and scatter by up to ±0.06 °C, as a function of their number and the seed alone:
    /// reading the sensor changes nothing.
    func signal(at now: Instant) -> SensorSignal {
        let word = SeededDraws.mixed(seed ^ now.nanoseconds / SensorProbe.conversion)
        let scatter = Celsius(value: Int32(word % 125) - 62)
        switch fault {
        case nil, .dead: return .temperature(temperature + scatter)
        case .frozen: return .temperature(whenFrozen)
        case .offset(let offset): return .temperature(temperature + offset + scatter)
        case .zero: return .zero
        case .ones: return .ones
        case .openCircuit: return .openCircuit
        case .shortCircuit: return .shortCircuit
        case .fixed(let value): return .temperature(value)
        case .spikes(let value): return .temperature(word >> 32 % 10 == 0 ? value : temperature + scatter)
        case .detached: return .temperature(surroundings + scatter)
        }
    }

    /// Nanoseconds; eight conversions a second is the TMP421's reset rate, and near that of the others.
    static let conversion: UInt64 = 125_000_000
}
