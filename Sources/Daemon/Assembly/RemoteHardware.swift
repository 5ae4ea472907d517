import Base
import Buses
import Platform
import Rig
import Twin

/// The buses and lines of a simulated rig that runs in a process of its own (`ballastd twin serve`), over a link for each thread.
final class RemoteHardware: BoardHardware {
    private let board: Board
    private let path: String
    private let lines: RigLines?
    private let wiring: TwinRigConfiguration
    private var link: SocketLink?

    /// - Parameter lines: nil while they are being opened.
    init(_ board: Board, _ simulation: SimulationDescription, at path: String, lines: RigLines?) {
        self.board = board
        self.path = path
        self.lines = lines
        wiring = SimulatedRigPlan(board, simulation).configuration
    }

    /// The link of this thread: another one when the last broke, so that a rig that went away can come back.
    private func connected(_ bus: BusName) throws(BusFault) -> SocketLink {
        if let link, !link.isBroken { return link }
        do throws(SystemError) {
            let opened = try SocketLink(to: path)
            link = opened
            return opened
        } catch {
            throw BusFault(.unplugged, bus: bus, operation: "connect to the simulated rig")
        }
    }

    func uart(_ port: UARTDescription) throws(BusFault) -> any UARTPort {
        RemoteUART(port.number, over: try connected(BusName(.uart, port.number)))
    }

    func spi(_ bus: SPIDescription) throws(BusFault) -> any SPIBus {
        let remote = RemoteSPIBus(
            bus.number, clock: Hertz(390_625), over: try connected(BusName(.spi, bus.number)))
        try remote.setClock(remote.clock)
        return remote
    }

    func i2c(_ bus: I2CDescription) throws(BusFault) -> any I2CBus {
        RemoteI2CBus(bus.number, over: try connected(BusName(.i2c, bus.number)))
    }

    func pwm(_ output: PWMDescription) throws(BusFault) -> any PWMChannel {
        RemotePWM(
            chip: output.number, channel: UInt32(output.channel), over: try connected(BusName(.pwm, output.number)))
    }

    func watchdog(_ watchdog: WatchdogDescription) throws(BusFault) -> any HardwareWatchdog {
        RemoteWatchdog(over: try connected(BusName(.watchdog, watchdog.number)))
    }

    // MARK: Lines

    func output(_ line: LineDescription) throws(BusFault) -> any OutputLine {
        if let shared = lines?.line(line.name) { return shared }
        return try open(line, initially: false)
    }

    /// Opens a line of the rig.
    func open(_ line: LineDescription, initially isActive: Bool) throws(BusFault) -> any OutputLine {
        let opened = try remote(line)
        try opened.set(isActive)
        return opened
    }

    func input(_ line: LineDescription) throws(BusFault) -> any InputLine { try remote(line) }

    /// A simulated mains in another process would come too late: its edges carry no time.
    func mains(_ mains: MainsDescription) throws(BusFault) -> any RelayFeed {
        throw BusFault(
            .unsupported, bus: BusName(.gpio, 0), operation: "watch the mains of a simulated rig in another process")
    }

    private func remote(_ line: LineDescription) throws(BusFault) -> RemoteLine {
        guard let place = board.twinPlace(ofLine: line.name) else {
            throw BusFault(.noBus, bus: BusName(.gpio, 0), operation: "open")
        }
        return RemoteLine(chip: place.chip, offset: place.offset, over: try connected(BusName(.gpio, place.chip)))
    }

    func tachometer(_ line: LineDescription, pulsesPerRevolution: Int) throws(BusFault) -> any Tachometer {
        guard let place = board.twinPlace(ofLine: line.name),
            case .tachometer(let fan) = wiring.lines.first(where: {
                $0.chip == place.chip && $0.offset == place.offset
            })?.role
        else { throw BusFault(.noBus, bus: BusName(.gpio, 0), operation: "open") }
        return RemoteFan(UInt16(clamping: fan), over: try connected(BusName(.gpio, place.chip)))
    }

    // MARK: Kernel drivers

    func temperature(chip: String, channel: Int) throws(BusFault) -> any TemperatureSource {
        throw BusFault(.noBus, bus: BusName(.i2c, 0), operation: "open")
    }

    func fan(chip: String, channel: Int) throws(BusFault) -> (pwm: any PWMChannel, speed: any Tachometer) {
        throw BusFault(.noBus, bus: BusName(.pwm, 0), operation: "open")
    }
}
