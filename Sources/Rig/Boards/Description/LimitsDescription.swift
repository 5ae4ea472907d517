import Base
import Thermal

/// Temperature limits that several sensors may share.
public struct LimitsDescription: Equatable, Sendable {
    public var name: String
    public var limits: TemperatureLimits
    public var provenance = Provenance.measured

    private static let keys = ["target_celsius", "hot_celsius", "critical_celsius", "power_down_celsius"]

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> LimitsDescription {
        var degrees = [Celsius](repeating: .zero, count: keys.count)
        var provenance = Provenance.measured
        try reader.object(keys: keys + ["source"], required: keys + ["source"]) { (reader, key) throws(DocumentError) in
            if let index = keys.firstIndex(where: { $0 == key }) {
                degrees[index] = try reader.celsius(in: 20...130)
            } else {
                provenance = try Provenance.read(from: &reader)
            }
        }
        guard
            let limits = TemperatureLimits(
                target: degrees[0], hot: degrees[1], critical: degrees[2], powerDown: degrees[3])
        else {
            throw reader.problemHere(
                "expected target_celsius below hot_celsius below critical_celsius below power_down_celsius")
        }
        return LimitsDescription(name: name, limits: limits, provenance: provenance)
    }
}
