import Base

/// That the rig is simulated, and how.
public struct SimulationDescription: Equatable, Sendable {
    /// What chance starts from: the same seed gives the same rig.
    public var seed: UInt64 = 1
    public var ambient = Celsius.degrees(25)
    /// Chips hash 2 to this power slower than real ones, and their results are as much easier (Docs/twin.md).
    public var shift = 28
    static func read(from reader: inout DocumentReader) throws(DocumentError) -> SimulationDescription {
        var simulation = SimulationDescription()
        try reader.object(keys: ["seed", "ambient_celsius", "shift"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "seed": simulation.seed = try reader.count(upTo: 0xFFFF_FFFF)
            case "ambient_celsius": simulation.ambient = try reader.celsius(in: -40...60)
            default: simulation.shift = try reader.integer(in: 0...31)
            }
        }
        return simulation
    }
}
