/// Which bus, port or chip of the board a fault or trace speaks of.
public struct BusName: Equatable, Sendable {
    /// What kind of wire it is, which decides what an address on it means.
    public enum Medium: Equatable, Sendable {
        case i2c, spi, uart, gpio, pwm, hwmon, watchdog
    }

    public var medium: Medium
    /// The operating system's number of it: 0 for `i2c-0`, `spidev0`, `gpiochip0` …
    public var number: UInt16

    public init(_ medium: Medium, _ number: UInt16) {
        self.medium = medium
        self.number = number
    }
}

extension BusName: CustomStringConvertible {
    public var description: String {
        switch medium {
        case .i2c: "i2c-\(number)"
        case .spi: "spi\(number)"
        case .uart: "uart\(number)"
        case .gpio: "gpiochip\(number)"
        case .pwm: "pwmchip\(number)"
        case .hwmon: "hwmon\(number)"
        case .watchdog: "watchdog\(number)"
        }
    }
}
