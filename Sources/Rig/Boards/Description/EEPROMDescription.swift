import Buses

/// A hash board's EEPROM: it is read, never written.
public struct EEPROMDescription: Equatable, Sendable {
    public var name: String
    /// The I2C bus, by its name in this file.
    public var bus = ""
    public var address: I2CAddress = 0
    /// The chain whose board it sits on.
    public var chain: String?
    public var provenance = Provenance.measured

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> EEPROMDescription {
        var memory = EEPROMDescription(name: name)
        try reader.object(keys: ["bus", "address", "chain", "source"], required: ["bus", "address", "source"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "bus": memory.bus = try reader.name()
            case "address": memory.address = try reader.address(for: "EEPROMs", within: [0x50...0x57])
            case "chain": memory.chain = try reader.name()
            default: memory.provenance = try Provenance.read(from: &reader)
            }
        }
        return memory
    }
}
