/// The watchdog that resets the control board when the agent hangs.
public struct WatchdogDescription: Equatable, Sendable {
    public var device = ""
    /// Seconds; the hardware takes the nearest that it can.
    public var timeout = 15
    public var provenance = Provenance.measured

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> WatchdogDescription {
        var watchdog = WatchdogDescription()
        try reader.object(keys: ["device", "timeout_seconds", "source"], required: ["device", "source"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "device": watchdog.device = try DeviceNode.read(from: &reader)
            case "timeout_seconds": watchdog.timeout = try reader.integer(in: 5...120, unit: "seconds")
            default: watchdog.provenance = try Provenance.read(from: &reader)
            }
        }
        return watchdog
    }
}
