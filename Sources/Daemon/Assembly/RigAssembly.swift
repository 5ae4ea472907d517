import ASIC
import Base
import Buses
import Peripherals
import Platform
import Rig
import SHA256
import Twin

/// What a validated board file amounts to: the lines that are shared, and makers for everything that belongs to one thread.
struct RigAssembly: Sendable {
    let board: Board
    let clearance: Clearance
    let lines: RigLines
    /// The hash boards that may be run.
    let boards: [BoardMaker]
    /// Makes the parts crew, on the thread that it then belongs to; nil when there is nothing for it to do.
    let makeParts: (@Sendable () -> PartsCrew)?
    /// Opens the hardware watchdog, on the thread that feeds it; nil where there is none to be touched.
    let makeWatchdog: (@Sendable () throws(BusFault) -> any HardwareWatchdog)?
    /// Opens the line that shows the mains; nil where there is none to be touched.
    let makeMains: (@Sendable () throws(BusFault) -> any RelayFeed)?
    /// Carries out what is said to the simulated rig; nil for real hardware.
    let tellTwin: TwinDesk.Handler?
    /// What the log should say at the start.
    let remarks: [Event]

    /// Opens the shared lines, resets active and everything else inactive, and nothing else.
    /// - Parameter twinPath: the socket of the process that the simulated rig runs in; nil: in this one.
    /// - Throws: a complaint about a confirmation of something that the board does not have.
    init(
        _ board: Board, _ configuration: Configuration, kernel: ScanKernel, twinPath: String? = nil
    ) throws(DocumentError) {
        let clearance = try Clearance(board, confirmed: configuration.confirmations)
        let hardware: @Sendable (RigLines?) -> any BoardHardware
        // Models behind the kernel's buses are found as real hardware is.
        let models = board.simulation.flatMap { $0.isBehindKernel ? nil : $0 }
        if let simulation = models, let twinPath {
            hardware = { RemoteHardware(board, simulation, at: twinPath, lines: $0) }
            tellTwin = { Self.tell($0, at: twinPath) }
        } else if let simulation = models {
            let rig = SimulatedRig(board, simulation, kernel: kernel)
            hardware = { TwinHardware(board, rig: rig, lines: $0) }
            tellTwin = rig.handler
        } else {
            hardware = { LinuxHardware(board, lines: $0) }
            tellTwin = nil
        }
        let opener = hardware(nil)
        let lines = RigLines(board, clearance: clearance) { (line, isActive) throws(BusFault) in
            try opener.open(line, initially: isActive)
        }
        var remarks = Self.remarks(board, clearance, lines)
        var boards: [BoardMaker] = []
        for (index, chain) in board.chipChains.enumerated() {
            var obstacles = clearance.obstacles(to: chain)
            if obstacles.isEmpty {
                let needed: [String?] = [chain.reset, chain.enable, chain.start]
                for case .some(let name) in needed where lines.line(name) == nil {
                    obstacles.append("lines.\(name) cannot be opened")
                }
            }
            guard obstacles.isEmpty else {
                remarks.append(
                    Event(.warning, "rig", "board \(chain.name) is not run: \(obstacles.joined(separator: ", "))"))
                continue
            }
            let maker = HashBoardAssembly(
                board: board, chain: chain, index: index, lines: lines, hardware: { hardware(lines) })
            if let made = maker.made { boards.append(made) }
        }
        let hasParts = !board.fans.isEmpty || !board.supplies.isEmpty || !board.sensors.isEmpty || !board.meters.isEmpty
        if hasParts {
            makeParts = { PartsCrew(board, clearance: clearance, hardware: hardware(lines)) }
        } else {
            makeParts = nil
        }
        if let watchdog = board.watchdog, clearance.allows("watchdog") {
            makeWatchdog = { () throws(BusFault) in try hardware(lines).watchdog(watchdog) }
        } else {
            makeWatchdog = nil
        }
        if let mains = board.mains, clearance.allows("mains"), clearance.allowsLine(mains.line) {
            makeMains = { () throws(BusFault) in try hardware(lines).mains(mains) }
        } else {
            makeMains = nil
        }
        self.board = board
        self.clearance = clearance
        self.lines = lines
        self.boards = boards
        self.remarks = remarks
    }

    /// Says something to a simulated rig in another process, and what came of it.
    static func tell(_ command: String, at path: String) -> TwinAnswer {
        do throws(SystemError) {
            let link = try SocketLink(to: path)
            do throws(BusFault) {
                return try RemoteConsole(over: link).command(Array(command.utf8))
            } catch {
                return TwinAnswer(isAccepted: false, text: error.description)
            }
        } catch {
            return TwinAnswer(isAccepted: false, text: "\(path): \(error.description)")
        }
    }

    private static func remarks(_ board: Board, _ clearance: Clearance, _ lines: RigLines) -> [Event] {
        var remarks: [Event] = []
        if board.simulation != nil {
            remarks.append(Event(.warning, "rig", "SIMULATED: buses, chips, heat and power are models"))
        }
        let untouched = clearance.untouched.map { $0.path }
        if !untouched.isEmpty {
            remarks.append(
                Event(
                    .notice, "rig",
                    "untouched, since unverified and not confirmed: \(untouched.joined(separator: ", "))"))
        }
        for (line, fault) in lines.failures {
            remarks.append(Event(.error, "rig", "lines.\(line) cannot be opened: \(fault.description)"))
        }
        return remarks
    }
}
