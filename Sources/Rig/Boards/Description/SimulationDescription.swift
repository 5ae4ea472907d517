import Base

/// That the rig is simulated, and how.
public struct SimulationDescription: Equatable, Sendable {
    /// What chance starts from: the same seed gives the same rig.
    public var seed: UInt64 = 1
    public var ambient = Celsius.degrees(25)
    /// Chips hash 2 to this power slower than real ones, and their results are as much easier (Docs/twin.md).
    public var shift = 28
    /// Whether the models are in another process, on the other side of the kernel's own buses, as test benches have it
    /// (Docs/kernel-bench.md); else they are the agent's own.
    public var isBehindKernel = false

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> SimulationDescription {
        var simulation = SimulationDescription()
        try reader.object(keys: ["seed", "ambient_celsius", "shift", "behind_kernel"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "seed": simulation.seed = try reader.count(upTo: 0xFFFF_FFFF)
            case "ambient_celsius": simulation.ambient = try reader.celsius(in: -40...60)
            case "behind_kernel": simulation.isBehindKernel = try reader.bool()
            default: simulation.shift = try reader.integer(in: 0...31)
            }
        }
        return simulation
    }
}
