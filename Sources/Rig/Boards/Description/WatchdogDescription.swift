/// The watchdog that resets the control board when the agent hangs.
public struct WatchdogDescription: Equatable, Sendable {
    public var device = ""
    /// Seconds; the hardware takes the nearest that it can.
    public var timeout = 15
    public var provenance = Provenance.measured

    /// The number at the device's end; 0 where there is none.
    public var number: UInt16 { DeviceNode.numbers(device).last ?? 0 }

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> WatchdogDescription {
        var watchdog = WatchdogDescription()
        try reader.object(keys: ["device", "timeout_seconds", "source"], required: ["device", "source"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "device": watchdog.device = try DeviceNode.read(.watchdog, from: &reader)
            case "timeout_seconds": watchdog.timeout = try reader.integer(in: 2...120, unit: "seconds")
            default: watchdog.provenance = try Provenance.read(from: &reader)
            }
        }
        return watchdog
    }
}
