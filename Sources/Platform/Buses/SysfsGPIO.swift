import Base
import Buses
import CLinux

/// A line of the kernel's old interface below /sys/class/gpio (kernel documentation, `admin-guide/gpio/sysfs`), for vendor
/// kernels before 4.8, which have no other. Lines have one number for the whole board: that of the chip's first line, and
/// the offset.
///
/// The line stays exported, and keeps its level, when the agent ends.
final class SysfsGPIOLine {
    let bus = BusName(.gpio, 0)
    let number: UInt16
    private let isActiveLow: Bool
    let value: Attribute

    /// The directions that the interface knows; the last two set the level in the same step.
    enum Direction {
        case input, low, high
    }

    static let root = "/sys/class/gpio"

    init(
        _ number: UInt16, isActiveLow: Bool, _ direction: Direction, edge: StaticString?, root: String
    ) throws(BusFault) {
        self.number = number
        self.isActiveLow = isActiveLow
        value = try BusFault.opening(bus, number) { () throws(SystemError) in
            let folder = "\(root)/gpio\(number)"
            if access(folder, F_OK) != 0 { try Attribute("\(root)/export", O_WRONLY).write(UInt32(number)) }
            // Polarity is settled here, whatever the file was left at.
            try Attribute("\(folder)/active_low", O_WRONLY).write("0")
            let way = try Attribute("\(folder)/direction", O_WRONLY)
            switch direction {
            case .input: try way.write("in")
            case .low: try way.write("low")
            case .high: try way.write("high")
            }
            if let edge { try Attribute("\(folder)/edge", O_WRONLY).write(edge) }
            return try Attribute("\(folder)/value", direction == .input ? O_RDONLY : O_RDWR)
        }
    }

    func isActive() throws(BusFault) -> Bool {
        try BusFault.naming("get", on: bus, number) { () throws(SystemError) in
            try value.number() != 0
        } != isActiveLow
    }

    func set(_ active: Bool) throws(BusFault) {
        try BusFault.naming("set", on: bus, number) { () throws(SystemError) in
            try value.write(active != isActiveLow ? "1" : "0")
        }
    }
}

/// A digital output of a kernel without GPIO character devices.
public final class SysfsGPIOOutput: OutputLine {
    private let line: SysfsGPIOLine

    /// Exports the line and drives it to `isActive` in the same step as it makes it an output.
    /// - Throws: `noBus`, `permission`; `busy` when a driver has it; `unsupported` when the number is not one of a line.
    public convenience init(_ number: UInt16, isActiveLow: Bool, initially isActive: Bool) throws(BusFault) {
        try self.init(number, isActiveLow: isActiveLow, initially: isActive, root: SysfsGPIOLine.root)
    }

    init(_ number: UInt16, isActiveLow: Bool, initially isActive: Bool, root: String) throws(BusFault) {
        let direction: SysfsGPIOLine.Direction = isActive != isActiveLow ? .high : .low
        line = try SysfsGPIOLine(number, isActiveLow: isActiveLow, direction, edge: nil, root: root)
    }

    /// Drives the line; one system call.
    public func set(_ active: Bool) throws(BusFault) { try line.set(active) }

    /// The level at the pin, as its meaning.
    public func isActive() throws(BusFault) -> Bool { try line.isActive() }
}

/// A digital input of a kernel without GPIO character devices.
public final class SysfsGPIOInput: InputLine {
    private let line: SysfsGPIOLine

    /// - Throws: as `SysfsGPIOOutput`.
    public convenience init(_ number: UInt16, isActiveLow: Bool) throws(BusFault) {
        try self.init(number, isActiveLow: isActiveLow, root: SysfsGPIOLine.root)
    }

    init(_ number: UInt16, isActiveLow: Bool, root: String) throws(BusFault) {
        line = try SysfsGPIOLine(number, isActiveLow: isActiveLow, .input, edge: nil, root: root)
    }

    /// The level at the pin, as its meaning.
    public func isActive() throws(BusFault) -> Bool { try line.isActive() }
}

/// The edges of a digital input of a kernel without GPIO character devices.
///
/// The kernel only says that something happened: the time is that of `read`, and edges that came in between are known, when
/// at all, by the level being the old one again. Good for plugs and buttons, and for tachometers that are read often; not
/// for the frequency of the mains.
public final class SysfsGPIOEdges: EdgeSource {
    private let line: SysfsGPIOLine
    private var wasActive: Bool
    private var sequence: UInt32 = 0
    public private(set) var lost: UInt64 = 0

    /// - Throws: as `SysfsGPIOOutput`; `unsupported` for a line without interrupt.
    public convenience init(_ number: UInt16, isActiveLow: Bool) throws(BusFault) {
        try self.init(number, isActiveLow: isActiveLow, root: SysfsGPIOLine.root)
    }

    init(_ number: UInt16, isActiveLow: Bool, root: String) throws(BusFault) {
        line = try SysfsGPIOLine(number, isActiveLow: isActiveLow, .input, edge: "both", root: root)
        wasActive = try line.isActive()
    }

    /// Has POLLPRI while an edge waits.
    public var descriptor: CInt { line.value.descriptor }

    /// At most one edge, with the time of this call.
    public func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
        guard edges.count > 0 else { return 0 }
        let ready = try BusFault.naming("read edges", on: line.bus, line.number) { () throws(SystemError) in
            try valueOrErrno("ppoll") { clinux_ppoll(line.value.descriptor, CShort(POLLPRI), 0) }
        }
        guard ready > 0 else { return 0 }
        let isActive = try line.isActive()
        guard isActive != wasActive else {
            lost += 2
            sequence &+= 2
            return 0
        }
        wasActive = isActive
        sequence &+= 1
        edges[0] = Edge(isActive ? .toActive : .toInactive, at: Clock.now, sequence: sequence)
        return 1
    }
}
