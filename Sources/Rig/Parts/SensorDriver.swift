import Base
import Buses
import Peripherals

/// The temperature sensors on I2C, as one type.
enum SensorDriver {
    case tmp75(TMP75)
    case tmp421(TMP421)
    case tmp451(TMP451)
    case nct218(NCT218)
    case emc2101(EMC2101)
    case emc2103(EMC2103)

    /// Nil for sensors that are not parts on a bus.
    init?(_ kind: SensorKind, on bus: any I2CBus, at address: I2CAddress) {
        switch kind {
        case .lm75: self = .tmp75(TMP75(.lm75, on: bus, at: address))
        case .tmp75: self = .tmp75(TMP75(.tmp75, on: bus, at: address))
        case .tmp1075: self = .tmp75(TMP75(.tmp1075, on: bus, at: address))
        case .tmp421: self = .tmp421(TMP421(.tmp421, on: bus, at: address))
        case .tmp422: self = .tmp421(TMP421(.tmp422, on: bus, at: address))
        case .tmp423: self = .tmp421(TMP421(.tmp423, on: bus, at: address))
        case .tmp451: self = .tmp451(TMP451(.tmp451, on: bus, at: address))
        case .adt7461: self = .tmp451(TMP451(.adt7461, on: bus, at: address))
        case .nct218: self = .nct218(NCT218(on: bus, at: address))
        case .emc2101: self = .emc2101(EMC2101(on: bus, at: address))
        case .emc2103: self = .emc2103(EMC2103(on: bus, at: address))
        case .tps546, .hwmon, .chips: return nil
        }
    }

    /// Checks what part it is, and sets it up.
    mutating func prepare() throws(ChipFault) {
        switch self {
        case .tmp75(let part):
            try part.validate()
            try part.configure()
        case .tmp421(var part):
            try part.validate()
            try part.configure()
            self = .tmp421(part)
        case .tmp451(let part):
            try part.validate()
            try part.configure()
        case .nct218(let part):
            try part.validate()
            try part.configure()
        case .emc2101(let part):
            try part.validate()
            try part.configure()
        case .emc2103(let part):
            try part.validate()
            try part.configure()
        }
    }

    /// The temperature of a channel: 0 the part itself, others remote.
    mutating func temperature(channel: Int, now: Instant) -> Reading<Celsius> {
        switch self {
        case .tmp75(let part): return part.temperature(now: now)
        case .tmp421(var part):
            let reading = part.temperature(channel: UInt8(clamping: channel), now: now)
            self = .tmp421(part)
            return reading
        case .tmp451(let part):
            return channel == 0 ? part.localTemperature(now: now) : part.remoteTemperature(now: now)
        case .nct218(let part): return part.temperature(now: now)
        case .emc2101(let part):
            return channel == 0 ? part.internalTemperature(now: now) : part.externalTemperature(now: now)
        case .emc2103(let part): return part.temperature(diode: UInt8(clamping: channel), now: now)
        }
    }
}
