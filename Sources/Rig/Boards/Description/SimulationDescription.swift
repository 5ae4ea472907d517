import Base

/// That the rig is simulated, and how.
public struct SimulationDescription: Equatable, Sendable {
    /// What chance starts from: the same seed gives the same rig.
    public var seed: UInt64 = 1
    public var ambient = Celsius.degrees(25)
    /// Hashes per second that all simulated chips together really compute on this machine's processor.
    public var hashesPerSecond = 1_000_000
    /// Results are easier than on real chips by this power of two, so that a processor finds as many as chips would.
    public var difficultyShift = 0

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> SimulationDescription {
        var simulation = SimulationDescription()
        try reader.object(keys: ["seed", "ambient_celsius", "hashes_per_second", "difficulty_shift"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "seed": simulation.seed = try reader.count(upTo: 0xFFFF_FFFF)
            case "ambient_celsius": simulation.ambient = try reader.celsius(in: -40...60)
            case "hashes_per_second":
                simulation.hashesPerSecond = try reader.integer(in: 1000...1_000_000_000, unit: "hashes per second")
            default: simulation.difficultyShift = try reader.integer(in: 0...32)
            }
        }
        return simulation
    }
}
