import Base

/// What carries the rig's heat away.
public struct CoolingDescription: Equatable, Sendable {
    /// The ways of cooling.
    public enum Profile: Equatable, Sendable {
        /// Fans of the rig's own.
        case air
        /// A bath or a water circuit that the rig does not control.
        case immersion, hydro
    }

    public var profile = Profile.air
    /// With fewer working fans than this no board is run.
    public var minimumFans = 1
    /// The fans' duty when everything is off and cold.
    public var idle = DutyCycle(percent: 20)

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> CoolingDescription {
        var cooling = CoolingDescription()
        try reader.object(keys: ["profile", "minimum_fans", "idle_duty_percent"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "profile":
                cooling.profile = try reader.choice([("air", .air), ("immersion", .immersion), ("hydro", .hydro)])
            case "minimum_fans": cooling.minimumFans = try reader.integer(in: 1...16)
            default: cooling.idle = DutyCycle(percent: Int32(try reader.integer(in: 0...100, unit: "%")))
            }
        }
        return cooling
    }
}
