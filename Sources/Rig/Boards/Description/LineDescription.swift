/// A digital line of the control board.
public struct LineDescription: Equatable, Sendable {
    /// Who drives the line.
    public enum Direction: Equatable, Sendable {
        case input, output
    }

    /// The resistor inside the controller.
    public enum Bias: Equatable, Sendable {
        case asIs, none, pullUp, pullDown
    }

    public var name: String
    public var direction: Direction
    /// The controller, by its name in this file, and the line's number on it.
    public var chip: String?
    public var offset: Int?
    /// The line's name in the device tree.
    public var lineName: String?
    /// The line's number in `/sys/class/gpio`, for kernels without the character device.
    public var sysfs: Int?
    /// Whether the low level is the active one.
    public var isActiveLow = false
    public var bias = Bias.asIs
    /// Where the pin comes from.
    public var pinProvenance: Provenance
    /// Where the polarity comes from.
    public var polarityProvenance: Provenance

    /// Pin and polarity: the weaker of the two.
    public var provenance: Provenance { pinProvenance.isVerified ? polarityProvenance : pinProvenance }

    static func read(_ reader: inout DocumentReader, _ name: String) throws(DocumentError) -> LineDescription {
        var line = LineDescription(
            name: name, direction: .input, pinProvenance: .measured, polarityProvenance: .measured)
        var polarity: Provenance?
        try reader.object(
            keys: [
                "direction", "gpio", "offset", "line", "sysfs", "active_low", "bias", "source", "polarity_source",
            ], required: ["direction", "active_low", "source"]
        ) { (reader, key) throws(DocumentError) in
            switch key {
            case "direction":
                line.direction = try reader.choice([("in", Direction.input), ("out", .output)])
            case "gpio": line.chip = try reader.string(EntryName.form) { EntryName.isName($0) ? $0 : nil }
            case "offset": line.offset = try reader.integer(in: 0...1023)
            case "line":
                line.lineName = try reader.string("a line's name of 1 to 31 bytes", limit: 31) {
                    $0.utf8.isEmpty ? nil : $0
                }
            case "sysfs": line.sysfs = try reader.integer(in: GPIODescription.numbers)
            case "active_low": line.isActiveLow = try reader.bool()
            case "bias":
                line.bias = try reader.choice([("none", Bias.none), ("pull-up", .pullUp), ("pull-down", .pullDown)])
            case "source": line.pinProvenance = try Provenance.read(from: &reader)
            default: polarity = try Provenance.read(from: &reader)
            }
        }
        line.polarityProvenance = polarity ?? line.pinProvenance
        return line
    }
}
