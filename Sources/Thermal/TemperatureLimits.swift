import Base

/// The temperatures at which a part's treatment changes, each hotter than the one before.
public struct TemperatureLimits: Equatable, Sendable {
    /// Where the control loop holds the part.
    public let target: Celsius
    /// From here on power is stepped down.
    public let hot: Celsius
    /// From here on fans run at full speed and power is at its least.
    public let critical: Celsius
    /// From here on the part is switched off.
    public let powerDown: Celsius

    /// Nil unless each limit lies above the one before.
    public init?(target: Celsius, hot: Celsius, critical: Celsius, powerDown: Celsius) {
        guard target < hot, hot < critical, critical < powerDown else { return nil }
        self.target = target
        self.hot = hot
        self.critical = critical
        self.powerDown = powerDown
    }

    /// The level of a part at the temperature.
    public func level(of temperature: Celsius) -> TemperatureLevel {
        if temperature >= powerDown { return .powerDown }
        if temperature >= critical { return .critical }
        return temperature >= hot ? .hot : .nominal
    }
}

/// How hot a part is, measured by its own limits.
public enum TemperatureLevel: UInt8, CaseIterable, Comparable, Sendable {
    case nominal, hot, critical, powerDown

    public static func < (a: TemperatureLevel, b: TemperatureLevel) -> Bool { a.rawValue < b.rawValue }
}
