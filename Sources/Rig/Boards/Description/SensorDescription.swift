import Base
import Buses

/// A temperature sensor.
public struct SensorDescription: Equatable, Sendable {
    /// What the sensor sits at.
    public enum Place: Equatable, Sendable {
        case chip, board, inlet, outlet, regulator, supply, processor
    }

    /// What it means when the sensor gives no value.
    public enum Policy: Equatable, Sendable {
        /// What it watches is not run without it.
        case required
        /// The board may do without it.
        case removable
        /// It is known to fail now and then: single failures are borne.
        case errorProne
    }

    public var name: String
    public var kind: SensorKind
    /// The I2C bus, by its name in this file; empty for a kernel's sensor.
    public var bus = ""
    public var address: I2CAddress = 0
    /// The kernel driver's name of the chip; empty for sensors on a bus.
    public var chip = ""
    /// 0 is the part itself, 1–3 are remote diodes; the kernel counts its sensors from 1.
    public var channel: Int
    /// Added to every value: how much hotter the chips are than the sensor's place.
    public var offset = Celsius.zero
    public var place = Place.board
    /// The chain whose board it sits on; nil for the control board's and the supply's.
    public var chain: String?
    public var policy = Policy.required
    /// The temperature limits that hold here, by their name in this file.
    public var limits = ""
    public var provenance = Provenance.measured

    init(name: String, kind: SensorKind) {
        self.name = name
        self.kind = kind
        channel = kind.channels.lowerBound
    }

    private static let sharedKeys = ["kind", "offset_celsius", "place", "chain", "policy", "limits", "source"]

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> SensorDescription {
        let kind = try reader.lookAhead("kind", SensorKind.all.map { ($0.name, $0) })
        var sensor = SensorDescription(name: name, kind: kind)
        let (keys, required) = keys(of: kind)
        try reader.object(keys: keys, required: ["kind", "place", "limits", "source"] + required) {
            (reader, key) throws(DocumentError) in
            try sensor.read(key, from: &reader)
        }
        return sensor
    }

    private static func keys(of kind: SensorKind) -> (all: [String], required: [String]) {
        switch kind {
        case .hwmon: (sharedKeys + ["chip", "channel"], ["chip"])
        case .chips: (sharedKeys, ["chain"])
        default: (sharedKeys + ["bus", "address", "channel"], ["bus", "address"])
        }
    }

    private mutating func read(_ key: String, from reader: inout DocumentReader) throws(DocumentError) {
        switch key {
        case "kind": try reader.choice([(kind.name, ())])
        case "bus": bus = try reader.name()
        case "address": address = try reader.address(for: kind.name, within: kind.addresses)
        case "chip":
            chip = try reader.string("a hwmon name of 1 to 31 bytes", limit: 31) { $0.utf8.isEmpty ? nil : $0 }
        case "channel": channel = try reader.integer(in: kind.channels)
        case "offset_celsius": offset = try reader.celsius(in: -50...50)
        case "place":
            place = try reader.choice([
                ("chip", .chip), ("board", .board), ("inlet", .inlet), ("outlet", .outlet), ("regulator", .regulator),
                ("supply", .supply), ("processor", .processor),
            ])
        case "chain": chain = try reader.name()
        case "policy":
            policy = try reader.choice([
                ("required", .required), ("removable", .removable), ("error-prone", .errorProne),
            ])
        case "limits": limits = try reader.name()
        default: provenance = try Provenance.read(from: &reader)
        }
    }
}
