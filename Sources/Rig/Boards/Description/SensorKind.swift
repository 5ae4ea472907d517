import Peripherals

/// The temperature sensors that a board file can name.
public enum SensorKind: Equatable, Sendable {
    case lm75, tmp75, tmp1075
    case tmp421, tmp422, tmp423
    case tmp451, adt7461, nct218
    case emc2101, emc2103
    /// The regulator's own sensor.
    case tps546
    /// A sensor that a kernel driver reads.
    case hwmon
    /// What the chain's own chips measure; the hottest counts.
    case chips

    static let all: [SensorKind] = [
        .lm75, .tmp75, .tmp1075, .tmp421, .tmp422, .tmp423, .tmp451, .adt7461, .nct218, .emc2101, .emc2103, .tps546,
        .hwmon, .chips,
    ]

    /// As board files write it.
    public var name: String {
        switch self {
        case .lm75: "lm75"
        case .tmp75: "tmp75"
        case .tmp1075: "tmp1075"
        case .tmp421: "tmp421"
        case .tmp422: "tmp422"
        case .tmp423: "tmp423"
        case .tmp451: "tmp451"
        case .adt7461: "adt7461"
        case .nct218: "nct218"
        case .emc2101: "emc2101"
        case .emc2103: "emc2103"
        case .tps546: "tps546"
        case .hwmon: "hwmon"
        case .chips: "chips"
        }
    }

    /// What can be asked: 0 is the part itself, 1–3 are remote diodes.
    var channels: ClosedRange<Int> {
        switch self {
        case .lm75, .tmp75, .tmp1075, .nct218, .tps546, .chips: 0...0
        case .tmp421, .tmp451, .adt7461, .emc2101: 0...1
        case .tmp422: 0...2
        case .tmp423: 0...3
        case .emc2103: 1...2
        case .hwmon: 1...32
        }
    }

    /// Addresses that the part can have (Docs/peripherals.md).
    var addresses: [ClosedRange<UInt8>] {
        switch self {
        case .lm75, .tmp75, .tmp1075: [0x48...0x4F]
        case .tmp421, .tmp422, .tmp423: [0x4C...0x4F]
        case .tmp451: [0x4C...0x4F]
        case .adt7461: [0x4C...0x4E]
        case .nct218, .emc2101: [0x4C...0x4C]
        case .emc2103: [0x2E...0x2E]
        case .tps546: [0x24...0x24]
        case .hwmon, .chips: []
        }
    }
}
