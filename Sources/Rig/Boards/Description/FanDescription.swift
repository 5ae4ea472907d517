import Buses
import JSON
import Peripherals

/// A fan, or several that one output drives.
public struct FanDescription: Equatable, Sendable {
    /// What drives a fan.
    public enum Kind: Equatable, Sendable {
        case pwm, emc2101, emc2103, emc2301, emc2302, emc2303, emc2305
        /// A kernel driver.
        case hwmon

        static let all: [(String, Kind)] = [
            ("pwm", .pwm), ("emc2101", .emc2101), ("emc2103", .emc2103), ("emc2301", .emc2301), ("emc2302", .emc2302),
            ("emc2303", .emc2303), ("emc2305", .emc2305), ("hwmon", .hwmon),
        ]

        /// As board files write it.
        public var name: String { Self.all.first { $0.1 == self }?.0 ?? "" }

        /// Fans that the part drives.
        var channels: ClosedRange<Int> {
            switch self {
            case .pwm, .emc2101, .emc2103, .emc2301: 0...0
            case .emc2302: 0...1
            case .emc2303: 0...2
            case .emc2305: 0...4
            case .hwmon: 1...16
            }
        }

        /// Addresses that the part can have (Docs/peripherals.md).
        var addresses: [ClosedRange<UInt8>] {
            switch self {
            case .pwm, .hwmon: []
            case .emc2101: [0x4C...0x4C]
            case .emc2103: [0x2E...0x2E]
            case .emc2301: [0x2F...0x2F]
            case .emc2302: [0x2E...0x2F]
            case .emc2303, .emc2305: [0x2C...0x2F, 0x4C...0x4D]
            }
        }

        fileprivate var keys: [String] {
            switch self {
            case .pwm: ["pwm"]
            case .hwmon: ["chip"]
            case .emc2101, .emc2103, .emc2301, .emc2302, .emc2303, .emc2305: ["bus", "address"]
            }
        }
    }

    public var name: String
    public var kind: Kind
    /// The PWM output, by its name in this file.
    public var pwm = ""
    /// Tachometer lines, by their names in this file; one for each fan that the output drives.
    public var tachometers: [String] = []
    public var pulsesPerRevolution = 2
    /// The I2C bus of a fan controller, by its name in this file.
    public var bus = ""
    public var address: I2CAddress = 0
    /// The kernel driver's name of the chip.
    public var chip = ""
    /// The controller's number of the fan: from 0; the kernel counts from 1.
    public var channel: Int
    /// The slowest speed that counts as turning (EMC230x).
    public var speedRange = EMC2305.SpeedRange.from1000
    /// Below this the fan is not run, in percent.
    public var minimumDuty = 20
    /// The speed at full duty, for judging what the tachometer says; nil where it is not known.
    public var fullSpeed: Int?
    public var provenance = Provenance.measured

    init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
        channel = kind.channels.lowerBound
    }

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> FanDescription {
        let kind = try reader.lookAhead("kind", Kind.all)
        var fan = FanDescription(name: name, kind: kind)
        var keys = ["kind", "channel", "minimum_duty_percent", "full_speed_rpm", "source"] + kind.keys
        if kind == .pwm { keys += ["tachometers", "pulses_per_revolution"] }
        if kind.name.utf8.starts(with: "emc230".utf8) { keys.append("slowest_rpm") }
        try reader.object(keys: keys, required: ["kind", "source"] + kind.keys) {
            (reader, key) throws(DocumentError) in
            try fan.read(key, from: &reader)
        }
        return fan
    }

    private mutating func read(_ key: String, from reader: inout DocumentReader) throws(DocumentError) {
        switch key {
        case "kind": try reader.choice([(kind.name, ())])
        case "pwm": pwm = try reader.name()
        case "tachometers":
            tachometers = try reader.array(limit: 8) { (reader) throws(DocumentError) in try reader.name() }
        case "pulses_per_revolution": pulsesPerRevolution = try reader.integer(in: 1...8)
        case "bus": bus = try reader.name()
        case "address": address = try reader.address(for: kind.name, within: kind.addresses)
        case "chip":
            chip = try reader.string("a hwmon name of 1 to 31 bytes", limit: 31) { $0.utf8.isEmpty ? nil : $0 }
        case "channel": channel = try reader.integer(in: kind.channels)
        case "slowest_rpm":
            speedRange = try reader.number("500, 1000, 2000 or 4000") { number -> EMC2305.SpeedRange? in
                switch number.int {
                case 500: .from500
                case 1000: .from1000
                case 2000: .from2000
                case 4000: .from4000
                default: nil
                }
            }
        case "minimum_duty_percent": minimumDuty = try reader.integer(in: 5...100, unit: "%")
        case "full_speed_rpm": fullSpeed = try reader.integer(in: 500...30_000, unit: "min⁻¹")
        default: provenance = try Provenance.read(from: &reader)
        }
    }
}
