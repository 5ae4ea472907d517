import Base
import Buses
import Peripherals
import Platform
import Rig

/// The buses and lines of a real control board, through the kernel.
final class LinuxHardware: BoardHardware {
    private let board: Board
    private let lines: RigLines?

    /// - Parameter lines: nil while they are being opened.
    init(_ board: Board, lines: RigLines?) {
        self.board = board
        self.lines = lines
    }

    // MARK: Buses

    func uart(_ port: UARTDescription) throws(BusFault) -> any UARTPort {
        try TermiosPort(port.device, name: BusName(.uart, port.number), baud: 115_200)
    }

    /// The chains' slowest clock; they ask for what they want themselves.
    func spi(_ bus: SPIDescription) throws(BusFault) -> any SPIBus {
        try SpidevBus(bus: bus.number, chipSelect: bus.chipSelect, mode: .mode1, clock: Hertz(390_625))
    }

    func i2c(_ bus: I2CDescription) throws(BusFault) -> any I2CBus { try I2CDevBus(number: bus.number) }

    func pwm(_ output: PWMDescription) throws(BusFault) -> any PWMChannel {
        try SysfsPWM(chip: output.number, channel: UInt16(clamping: output.channel))
    }

    func watchdog(_ watchdog: WatchdogDescription) throws(BusFault) -> any HardwareWatchdog {
        KernelWatchdog(number: watchdog.number)
    }

    // MARK: Lines

    /// Lines that load depends on were opened once, for all threads.
    func output(_ line: LineDescription) throws(BusFault) -> any OutputLine {
        if let shared = lines?.line(line.name) { return shared }
        return try open(line, initially: false)
    }

    /// Opens an output line in a state.
    func open(_ line: LineDescription, initially isActive: Bool) throws(BusFault) -> any OutputLine {
        try Self.open(line, of: board) { (place) throws(BusFault) -> any OutputLine in
            try GPIOOutput(place, isActiveLow: line.isActiveLow, initially: isActive)
        } bySysfs: { (number) throws(BusFault) -> any OutputLine in
            try SysfsGPIOOutput(number, isActiveLow: line.isActiveLow, initially: isActive)
        }
    }

    func input(_ line: LineDescription) throws(BusFault) -> any InputLine {
        try Self.open(line, of: board) { (place) throws(BusFault) -> any InputLine in
            try GPIOInput(place, isActiveLow: line.isActiveLow, bias: line.gpioBias)
        } bySysfs: { (number) throws(BusFault) -> any InputLine in
            try SysfsGPIOInput(number, isActiveLow: line.isActiveLow)
        }
    }

    func tachometer(_ line: LineDescription, pulsesPerRevolution: Int) throws(BusFault) -> any Tachometer {
        let edges = try Self.open(line, of: board) { (place) throws(BusFault) -> any EdgeSource in
            try GPIOEdges(place, isActiveLow: line.isActiveLow, bias: line.gpioBias, detecting: .toActive)
        } bySysfs: { (number) throws(BusFault) -> any EdgeSource in
            try SysfsGPIOEdges(number, isActiveLow: line.isActiveLow)
        }
        return LineTachometer(edges, pulsesPerRevolution: pulsesPerRevolution)
    }

    /// Edges with the kernel's time: those of the character device only.
    func mains(_ mains: MainsDescription) throws(BusFault) -> any RelayFeed {
        guard let line = board.lines.first(where: { $0.name == mains.line }) else {
            throw BusFault(.noBus, bus: BusName(.gpio, 0), operation: "open")
        }
        return try Self.open(line, of: board) { (place) throws(BusFault) -> any RelayFeed in
            GPIOFeed(
                try GPIOEdges(
                    place, isActiveLow: line.isActiveLow, bias: line.gpioBias,
                    detecting: mains.edgesPerPeriod == 2 ? .toActive : .both))
        } bySysfs: { (_) throws(BusFault) -> any RelayFeed in
            throw BusFault(.unsupported, bus: BusName(.gpio, 0), operation: "record edges with the kernel's time")
        }
    }

    /// The character device where the board file gives a place there; `/sys/class/gpio` where it gives a number only, or where
    /// the kernel has no character device.
    private static func open<Line>(
        _ line: LineDescription, of board: Board, _ byPlace: (GPIOPlace) throws(BusFault) -> Line,
        bySysfs: (UInt16) throws(BusFault) -> Line
    ) throws(BusFault) -> Line {
        let chip = line.chip.flatMap { name in board.gpio.first { $0.name == name } }
        var number = line.sysfs
        if number == nil, let base = chip?.base, let offset = line.offset { number = base + offset }
        guard let place = place(of: line, chip) else { return try bySysfs(UInt16(clamping: number ?? 0)) }
        do throws(BusFault) {
            return try byPlace(place)
        } catch {
            guard error.kind == .noBus, let number else { throw error }
            return try bySysfs(UInt16(clamping: number))
        }
    }

    private static func place(of line: LineDescription, _ chip: GPIODescription?) -> GPIOPlace? {
        if let chip, let offset = line.offset {
            let offset = GPIOPlace.Line.offset(UInt16(clamping: offset))
            if let label = chip.label { return GPIOPlace(chip: .label(label), line: offset) }
            if let number = chip.number { return GPIOPlace(chip: .number(number), line: offset) }
        }
        return line.lineName.map { GPIOPlace(chip: .any, line: .named($0)) }
    }

    // MARK: Kernel drivers

    func temperature(chip: String, channel: Int) throws(BusFault) -> any TemperatureSource {
        KernelTemperature(try HwmonTemperature(try HwmonChip(chip), channel: UInt16(clamping: channel)))
    }

    func fan(chip: String, channel: Int) throws(BusFault) -> (pwm: any PWMChannel, speed: any Tachometer) {
        let chip = try HwmonChip(chip)
        let channel = UInt16(clamping: channel)
        return (pwm: try HwmonPWM(chip, channel: channel), speed: try HwmonFan(chip, channel: channel))
    }
}

/// A temperature of the kernel's, as the parts crew takes it.
private final class KernelTemperature: TemperatureSource {
    private let sensor: HwmonTemperature

    init(_ sensor: HwmonTemperature) {
        self.sensor = sensor
    }

    func temperature(now: Instant) -> Reading<Celsius> { sensor.temperature(now: now) }
}

extension LineDescription {
    fileprivate var gpioBias: GPIOBias {
        switch bias {
        case .asIs: .asIs
        case .none: .disabled
        case .pullUp: .pullUp
        case .pullDown: .pullDown
        }
    }
}
