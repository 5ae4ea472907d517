import Buses
import CGpiod
import CLinux

/// Which digital line of the board is meant.
public struct GPIOPlace: Sendable {
    /// The chip that the line belongs to.
    public enum Chip: Sendable {
        /// `/dev/gpiochip<number>`; numbers depend on the order in which drivers start.
        case number(UInt16)
        /// The chip whose driver gives it this label.
        case label(String)
        /// Whichever has the line's name.
        case any
    }

    /// The line of the chip.
    public enum Line: Sendable {
        case offset(UInt16)
        case named(String)
    }

    public var chip: Chip
    public var line: Line

    public init(chip: Chip, line: Line) {
        self.chip = chip
        self.line = line
    }

    /// A place that was looked up.
    struct Found {
        var bus: BusName
        var offset: UInt16
    }

    private static let chipsMax = 64

    /// Finds the chip and the line.
    /// - Throws: `noBus` when there is no such chip or line.
    func find() throws(BusFault) -> Found {
        switch chip {
        case .number(let number):
            let bus = BusName(.gpio, number)
            return Found(bus: bus, offset: try offset(on: bus))
        case .label(let label):
            for bus in try GPIOPlace.chips() where GPIOPlace.label(of: bus) == label {
                return Found(bus: bus, offset: try offset(on: bus))
            }
        case .any:
            for bus in try GPIOPlace.chips() {
                do throws(BusFault) {
                    return Found(bus: bus, offset: try offset(on: bus))
                } catch {
                    if error.kind != .noBus { throw error }
                }
            }
        }
        throw BusFault(.noBus, bus: BusName(.gpio, 0), operation: "find")
    }

    private func offset(on bus: BusName) throws(BusFault) -> UInt16 {
        switch line {
        case .offset(let offset): return offset
        case .named(let name):
            let offset = try BusFault.opening(bus) { () throws(SystemError) in
                try valueOrErrno("gpiod_chip_find_line") { cgpiod_line_offset(GPIOPlace.path(of: bus), name) }
            }
            return UInt16(clamping: offset)
        }
    }

    static func path(of bus: BusName) -> String { "/dev/gpiochip\(bus.number)" }

    private static func chips() throws(BusFault) -> [BusName] {
        do throws(FileError) {
            let prefix = "gpiochip".utf8
            let numbers = try File.names(in: "/dev", limit: 4096).compactMap { name -> UInt16? in
                name.utf8.starts(with: prefix) ? UInt16(name.dropFirst(prefix.count)) : nil
            }
            return numbers.sorted().prefix(chipsMax).map { BusName(.gpio, $0) }
        } catch {
            throw BusFault(.init(opening: error.cause.errno), bus: BusName(.gpio, 0), operation: "find")
        }
    }

    private static func label(of bus: BusName) -> String? {
        var label = [CChar](repeating: 0, count: 64)
        guard cgpiod_chip_label(path(of: bus), &label, label.count) == 0 else { return nil }
        return String(decoding: label.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
