import Base
import Buses
import Rig
import Twin

/// The buses and lines of the simulated rig.
final class TwinHardware: BoardHardware {
    private let board: Board
    private let rig: SimulatedRig
    private let lines: RigLines?

    /// - Parameter lines: nil while they are being opened.
    init(_ board: Board, rig: SimulatedRig, lines: RigLines?) {
        self.board = board
        self.rig = rig
        self.lines = lines
    }

    func uart(_ port: UARTDescription) throws(BusFault) -> any UARTPort {
        let name = BusName(.uart, port.number)
        for (index, chain) in board.chipChains.enumerated() where chain.busKey == "uart" && chain.bus == port.name {
            guard case .uart(let model) = rig.chains[index] else { break }
            return TwinUART(name: name, chain: model, clock: rig.clock, exclusion: rig.exclusion)
        }
        throw BusFault(.noBus, bus: name, operation: "open")
    }

    func spi(_ bus: SPIDescription) throws(BusFault) -> any SPIBus {
        let name = BusName(.spi, bus.number)
        for (index, chain) in board.chipChains.enumerated() where chain.busKey == "spi" && chain.bus == bus.name {
            guard case .spi(let model) = rig.chains[index] else { break }
            return TwinSPIBus(name: name, chain: model, clock: rig.clock, exclusion: rig.exclusion)
        }
        throw BusFault(.noBus, bus: name, operation: "open")
    }

    func i2c(_ bus: I2CDescription) throws(BusFault) -> any I2CBus {
        try require(rig.twin.i2c(bus.number), BusName(.i2c, bus.number))
    }

    func pwm(_ output: PWMDescription) throws(BusFault) -> any PWMChannel {
        try require(rig.twin.pwm(output.number, UInt32(output.channel)), BusName(.pwm, output.number))
    }

    func watchdog(_ watchdog: WatchdogDescription) throws(BusFault) -> any HardwareWatchdog {
        try require(rig.twin.watchdog, BusName(.watchdog, watchdog.number))
    }

    // MARK: Lines

    func output(_ line: LineDescription) throws(BusFault) -> any OutputLine {
        if let shared = lines?.line(line.name) { return shared }
        return try open(line, initially: false)
    }

    /// Opens a line of the rig; one that only lets chips start leads to the chips themselves.
    func open(_ line: LineDescription, initially isActive: Bool) throws(BusFault) -> any OutputLine {
        for (index, chain) in board.chipChains.enumerated() where chain.start == line.name {
            return ChipLine(
                .startEnable, of: rig.chains[index].model, clock: rig.clock, exclusion: rig.exclusion)
        }
        let place = try place(of: line)
        let opened = try require(rig.twin.output(place.chip, place.offset), BusName(.gpio, place.chip))
        try opened.set(isActive)
        return opened
    }

    func input(_ line: LineDescription) throws(BusFault) -> any InputLine {
        let place = try place(of: line)
        return try require(rig.twin.input(place.chip, place.offset), BusName(.gpio, place.chip))
    }

    func tachometer(_ line: LineDescription, pulsesPerRevolution: Int) throws(BusFault) -> any Tachometer {
        let place = try place(of: line)
        let role = rig.twin.configuration.lines.first { $0.chip == place.chip && $0.offset == place.offset }?.role
        guard case .tachometer(let fan) = role, let tachometer = rig.twin.tachometer(fan) else {
            throw BusFault(.noBus, bus: BusName(.gpio, place.chip), operation: "open")
        }
        return tachometer
    }

    func mains(_ mains: MainsDescription) throws(BusFault) -> any RelayFeed {
        let line = rig.twin.mains(nominal: Millihertz(clamping: mains.nominalHertz * 1000))
        return TwinFeed { (end, edges) in line.run(to: end, into: &edges) }
    }

    private func place(of line: LineDescription) throws(BusFault) -> (chip: UInt16, offset: UInt32) {
        try require(board.twinPlace(ofLine: line.name), BusName(.gpio, 0))
    }

    // MARK: Kernel drivers

    func temperature(chip: String, channel: Int) throws(BusFault) -> any TemperatureSource {
        throw BusFault(.noBus, bus: BusName(.i2c, 0), operation: "open")
    }

    func fan(chip: String, channel: Int) throws(BusFault) -> (pwm: any PWMChannel, speed: any Tachometer) {
        throw BusFault(.noBus, bus: BusName(.pwm, 0), operation: "open")
    }

    private func require<Opened>(_ opened: Opened?, _ bus: BusName) throws(BusFault) -> Opened {
        guard let opened else { throw BusFault(.noBus, bus: bus, operation: "open") }
        return opened
    }
}
