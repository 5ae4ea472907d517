import Buses

/// A power meter.
public struct MeterDescription: Equatable, Sendable {
    /// The parts that measure.
    public enum Kind: Equatable, Sendable {
        case ina226, ina260

        /// As board files write it.
        public var name: String {
            switch self {
            case .ina226: "ina226"
            case .ina260: "ina260"
            }
        }
    }

    public var name: String
    public var kind: Kind
    /// The I2C bus, by its name in this file.
    public var bus = ""
    public var address: I2CAddress = 0
    /// The shunt of an INA226, in millionths of an ohm.
    public var shuntMicroohms = 0
    /// The greatest current that is expected, in amperes (INA226).
    public var maximumAmperes = 0
    public var provenance = Provenance.measured

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> MeterDescription {
        let kind = try reader.lookAhead("kind", [("ina226", Kind.ina226), ("ina260", .ina260)])
        var meter = MeterDescription(name: name, kind: kind)
        let own = kind == .ina226 ? ["shunt_microohms", "max_amperes"] : []
        try reader.object(
            keys: ["kind", "bus", "address", "source"] + own, required: ["kind", "bus", "address", "source"] + own
        ) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "kind": try reader.choice([(kind.name, ())])
            case "bus": meter.bus = try reader.name()
            case "address": meter.address = try reader.address(for: kind.name, within: [0x40...0x4F])
            case "shunt_microohms": meter.shuntMicroohms = try reader.integer(in: 1...1_000_000, unit: "µΩ")
            case "max_amperes": meter.maximumAmperes = try reader.integer(in: 1...1000, unit: "A")
            default: meter.provenance = try Provenance.read(from: &reader)
            }
        }
        return meter
    }
}
