import Base
import Buses
import CLinux

/// A sensor or fan controller that a driver of the kernel serves (kernel documentation, `hwmon/sysfs-interface`).
///
/// Numbers of hwmon devices depend on the order in which drivers start, so a chip is found by its driver's name and, where
/// several are alike, by its place.
public struct HwmonChip: Sendable {
    public let name: BusName
    private let folder: String

    private static let devicesMax = 64

    /// - Parameters:
    ///   - chip: what the driver calls it: `lm75`, `emc2305`, `pwmfan`.
    ///   - device: the end of its path below /sys/devices, from a slash on: `1-0048` for address 0x48 on `i2c-1`.
    /// - Throws: `noBus` when there is none, `unsupported` when there are several, `permission`.
    public init(_ chip: String, device: String? = nil) throws(BusFault) {
        try self.init(chip, device: device, root: "/sys/class/hwmon")
    }

    init(_ chip: String, device: String?, root: String) throws(BusFault) {
        var found: [BusName] = []
        for bus in try Self.devices(root) where try Self.text("\(root)/\(bus)/name", bus) == chip {
            if let device {
                guard let path = Self.devicePath("\(root)/\(bus)/device"),
                    ("/" + path).hasSuffix("/" + device)
                else { continue }
            }
            found.append(bus)
        }
        guard let first = found.first else {
            throw BusFault(.noBus, bus: BusName(.hwmon, 0), operation: "find")
        }
        guard found.count == 1 else { throw BusFault(.unsupported, bus: first, operation: "find one of several") }
        name = first
        folder = "\(root)/\(first)"
    }

    private static func devices(_ root: String) throws(BusFault) -> [BusName] {
        do throws(FileError) {
            let prefix = "hwmon".utf8
            return try File.names(in: root, limit: devicesMax).compactMap { name in
                guard name.utf8.starts(with: prefix) else { return nil }
                return UInt16(name.dropFirst(prefix.count)).map { BusName(.hwmon, $0) }
            }
        } catch {
            throw BusFault(.init(opening: error.cause.errno), bus: BusName(.hwmon, 0), operation: "find")
        }
    }

    private static func text(_ path: String, _ bus: BusName) throws(BusFault) -> String {
        do throws(FileError) {
            return String(decoding: try File.read(path, limit: 64).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        } catch {
            throw BusFault(.init(opening: error.cause.errno), bus: bus, operation: "find")
        }
    }

    /// Where the link to the device leads; nil for a chip without device.
    private static func devicePath(_ link: String) -> String? {
        var path = [UInt8](repeating: 0, count: 1024)
        let count = path.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return readlink(link, base.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        return count > 0 ? String(decoding: path.prefix(count), as: UTF8.self) : nil
    }

    /// An attribute that must be there.
    func attribute(_ file: String, _ flags: CInt, channel: UInt16) throws(BusFault) -> Attribute {
        try BusFault.opening(name, channel) { () throws(SystemError) in try Attribute("\(folder)/\(file)", flags) }
    }

    /// An attribute that not every driver has.
    func optionalAttribute(_ file: String, _ flags: CInt, channel: UInt16) throws(BusFault) -> Attribute? {
        do throws(BusFault) {
            return try attribute(file, flags, channel: channel)
        } catch {
            guard error.kind == .noBus else { throw error }
            return nil
        }
    }
}

/// One measured quantity of such a chip: the value, and the flag by which many drivers say that it means nothing.
struct HwmonSensor {
    let chip: HwmonChip
    let channel: UInt16
    private let input: Attribute
    private let fault: Attribute?

    init(_ chip: HwmonChip, _ kind: String, _ channel: UInt16) throws(BusFault) {
        self.chip = chip
        self.channel = channel
        input = try chip.attribute("\(kind)\(channel)_input", O_RDONLY, channel: channel)
        fault = try chip.optionalAttribute("\(kind)\(channel)_fault", O_RDONLY, channel: channel)
    }

    func read() throws(ReadingFailure) -> Int {
        if let fault, try number(of: fault) != 0 { throw .markedInvalid }
        return try number(of: input)
    }

    private func number(of attribute: Attribute) throws(ReadingFailure) -> Int {
        do throws(SystemError) {
            return try attribute.number()
        } catch {
            // Drivers say so when a measurement is not there yet, or never will be (open diode).
            if error.errno == .noData { throw .markedInvalid }
            let kind = BusFault.Kind(error.errno, on: .hwmon)
            throw .bus(BusFault(kind, bus: chip.name, address: channel, operation: "read"))
        }
    }
}
