import Base
import Buses
import Platform
import Rig
import SHA256
import Twin

/// A simulated rig for the far side of the kernel's buses: a test bench serves it to the kernel, and an agent on the same machine
/// finds a control board with hash boards behind its device nodes (Docs/kernel-bench.md).
public final class ServedRig {
    /// A line at the chip `/dev/gpiochip<chip>`.
    public struct Line<Wire> {
        public let chip: UInt16
        public let offset: UInt32
        public let isActiveLow: Bool
        public let wire: Wire
    }

    /// Why there is no rig.
    public struct Refusal: Error {
        public let message: String
    }

    /// By their device nodes.
    public private(set) var ports: [(device: String, port: any UARTPort)] = []
    /// By controller and chip select.
    public private(set) var spi: [(bus: UInt16, chipSelect: UInt16, device: any SPIBus)] = []
    public private(set) var i2c: [(number: UInt16, bus: any I2CBus)] = []
    public private(set) var pwm: [(chip: UInt16, channel: UInt16, output: any PWMChannel)] = []
    /// What the agent drives.
    public private(set) var outputs: [Line<any OutputLine>] = []
    /// What the agent reads.
    public private(set) var inputs: [Line<any InputLine>] = []
    public private(set) var tachometers: [Line<any EdgeSource>] = []
    private let rig: SimulatedRig

    /// The rig of a board file, whose `simulated` says `behind_kernel`.
    public init(boardFile path: String) throws(Refusal) {
        let board: Board
        do throws(RunPlan.Refusal) {
            board = try RunPlan.read(path) { (bytes) throws(DocumentError) in
                try Board.read(file: path, bytes: bytes)
            }
        } catch {
            throw Refusal(message: error.message)
        }
        guard let simulation = board.simulation, simulation.isBehindKernel else {
            throw Refusal(message: "\(path): expected a board whose \"simulated\" says \"behind_kernel\"")
        }
        guard let kernel = KernelSelection(processorTime: { Clock.threadProcessorTime }).fastest else {
            throw Refusal(message: "no SHA-256 kernel passes its self-test")
        }
        rig = SimulatedRig(board, simulation, kernel: kernel)
        do throws(BusFault) {
            try wire(board, TwinHardware(board, rig: rig, lines: nil))
        } catch {
            throw Refusal(message: "\(path): \(error.description)")
        }
    }

    private func wire(_ board: Board, _ hardware: TwinHardware) throws(BusFault) {
        for port in board.uarts { ports.append((device: port.device, port: try hardware.uart(port))) }
        for bus in board.spi {
            spi.append((bus: bus.number, chipSelect: bus.chipSelect, device: try hardware.spi(bus)))
        }
        for bus in board.i2c { i2c.append((number: bus.number, bus: try hardware.i2c(bus))) }
        for output in board.pwm {
            let channel = UInt16(clamping: output.channel)
            pwm.append((chip: output.number, channel: channel, output: try hardware.pwm(output)))
        }
        for line in board.lines {
            guard let place = board.twinPlace(ofLine: line.name) else { continue }
            func at<Wire>(_ wire: Wire) -> Line<Wire> {
                Line(chip: place.chip, offset: place.offset, isActiveLow: line.isActiveLow, wire: wire)
            }
            if line.direction == .output {
                outputs.append(at(try hardware.open(line, initially: false)))
            } else if let edges = rig.twin.edges(place.chip, place.offset) {
                tachometers.append(at(edges))
            } else {
                inputs.append(at(try hardware.input(line)))
            }
        }
    }

    /// Carries out what is said to the rig, as `ballastd twin` does (Docs/twin.md).
    public func command(_ line: [UInt8]) -> (isAccepted: Bool, text: String) {
        let answer = rig.twin.command(line)
        return (isAccepted: answer.isAccepted, text: answer.text)
    }
}
