import Buses

/// An I2C bus of the control board.
public struct I2CDescription: Equatable, Sendable {
    public var name: String
    /// The device node, for example `/dev/i2c-0`.
    public var device: String
    public var provenance: Provenance

    /// The number at the device's end.
    public var number: UInt16 { DeviceNode.numbers(device).last ?? 0 }

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> I2CDescription {
        var bus = I2CDescription(name: name, device: "", provenance: .measured)
        try reader.object(keys: ["device", "source"], required: ["device", "source"]) {
            (reader, key) throws(DocumentError) in
            if key == "device" {
                bus.device = try DeviceNode.read(.i2c, from: &reader)
            } else {
                bus.provenance = try Provenance.read(from: &reader)
            }
        }
        return bus
    }
}

/// A serial port to a chain of chips.
public struct UARTDescription: Equatable, Sendable {
    public var name: String
    /// The device node, for example `/dev/ttyS1`.
    public var device: String
    /// The fastest line rate that port and wiring are good for, in baud.
    public var maximumBaud: UInt32
    public var provenance: Provenance

    /// The number at the device's end; 0 where there is none.
    public var number: UInt16 { DeviceNode.numbers(device).last ?? 0 }

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> UARTDescription {
        var port = UARTDescription(name: name, device: "", maximumBaud: 115_200, provenance: .measured)
        try reader.object(keys: ["device", "max_baud", "source"], required: ["device", "max_baud", "source"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "device": port.device = try DeviceNode.read(.uart, from: &reader)
            case "max_baud": port.maximumBaud = UInt32(try reader.integer(in: 115_200...6_250_000, unit: "baud"))
            default: port.provenance = try Provenance.read(from: &reader)
            }
        }
        return port
    }
}

/// A device on an SPI bus: a controller and a chip select.
public struct SPIDescription: Equatable, Sendable {
    public var name: String
    /// The device node, for example `/dev/spidev0.0`.
    public var device: String
    public var provenance: Provenance

    /// The controller, and the chip select; a simulated device has only the first.
    public var number: UInt16 { DeviceNode.numbers(device).first ?? 0 }
    public var chipSelect: UInt16 { DeviceNode.numbers(device).dropFirst().first ?? 0 }

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> SPIDescription {
        var bus = SPIDescription(name: name, device: "", provenance: .measured)
        try reader.object(keys: ["device", "source"], required: ["device", "source"]) {
            (reader, key) throws(DocumentError) in
            if key == "device" {
                bus.device = try DeviceNode.read(.spi, from: &reader)
            } else {
                bus.provenance = try Provenance.read(from: &reader)
            }
        }
        return bus
    }
}

/// A GPIO controller.
public struct GPIODescription: Equatable, Sendable {
    public var name: String
    /// The controller's label, as `gpioinfo` prints it in brackets: survives renumbering. Nil when the device is given.
    public var label: String?
    /// The device node, for example `/dev/gpiochip0`; nil when the label is given.
    public var device: String?
    /// The number of the first line in the numbering of `/sys/class/gpio`, for kernels without the character device.
    public var base: Int?
    public var provenance: Provenance

    /// The number at the device's end; nil when the label is given.
    public var number: UInt16? { device.flatMap { DeviceNode.numbers($0).last } }

    /// Numbers that `/sys/class/gpio` uses.
    static let numbers = 0...4095

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> GPIODescription {
        var chip = GPIODescription(name: name, provenance: .measured)
        try reader.object(keys: ["label", "device", "base", "source"], required: ["source"]) {
            (reader, key) throws(DocumentError) in
            switch key {
            case "label":
                chip.label = try reader.string("a label of 1 to 31 bytes", limit: 31) { $0.utf8.isEmpty ? nil : $0 }
            case "device": chip.device = try DeviceNode.read(.gpio, from: &reader)
            case "base": chip.base = try reader.integer(in: numbers)
            default: chip.provenance = try Provenance.read(from: &reader)
            }
        }
        return chip
    }
}

/// A PWM output.
public struct PWMDescription: Equatable, Sendable {
    public var name: String
    /// The controller's directory, for example `/sys/class/pwm/pwmchip0`.
    public var device: String
    public var channel: Int
    /// Nanoseconds.
    public var period: UInt32
    public var polarity: PWMSetting.Polarity
    public var provenance: Provenance

    /// The number at the device's end.
    public var number: UInt16 { DeviceNode.numbers(device).last ?? 0 }

    /// From 1 MHz to 10 Hz.
    static let periods = 1000...100_000_000

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> PWMDescription {
        var output = PWMDescription(
            name: name, device: "", channel: 0, period: 40_000, polarity: .normal, provenance: .measured)
        try reader.object(
            keys: ["device", "channel", "period_ns", "inverted", "source"],
            required: ["device", "channel", "period_ns", "source"]
        ) { (reader, key) throws(DocumentError) in
            switch key {
            case "device": output.device = try DeviceNode.read(.pwm, from: &reader)
            case "channel": output.channel = try reader.integer(in: 0...31)
            case "period_ns": output.period = UInt32(try reader.integer(in: periods, unit: "nanoseconds"))
            case "inverted": output.polarity = try reader.bool() ? .inverted : .normal
            default: output.provenance = try Provenance.read(from: &reader)
            }
        }
        return output
    }
}
