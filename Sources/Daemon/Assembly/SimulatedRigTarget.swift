import Base
import Buses
import Platform
import Rig
import Twin

/// A simulated rig as agents in other processes reach it: by the numbers of its board file.
final class SimulatedRigTarget: RemoteTarget {
    private let board: Board
    private let rig: SimulatedRig

    init(_ board: Board, rig: SimulatedRig) {
        self.board = board
        self.rig = rig
        let hardware = TwinHardware(board, rig: rig, lines: nil)
        for chain in board.chipChains {
            do throws(BusFault) {
                if chain.busKey == "uart", let port = board.uarts.first(where: { $0.name == chain.bus }) {
                    rig.twin.attach(try hardware.uart(port))
                } else if let bus = board.spi.first(where: { $0.name == chain.bus }) {
                    rig.twin.attach(try hardware.spi(bus))
                }
            } catch {
                // A bus without chips, which the check of the board file refuses, answers as one that is not there.
            }
        }
    }

    func i2c(_ number: UInt16) -> (any I2CBus)? { rig.twin.i2c(number) }
    func spi(_ number: UInt16) -> (any SPIBus)? { rig.twin.spi(number) }
    func uart(_ number: UInt16) -> (any UARTPort)? { rig.twin.uart(number) }

    func output(_ chip: UInt16, _ offset: UInt32) -> (any OutputLine)? {
        for (index, chain) in board.chipChains.enumerated() {
            guard let start = chain.start, let place = board.twinPlace(ofLine: start),
                place.chip == chip, place.offset == offset
            else { continue }
            return ChipLine(
                .startEnable, of: rig.chains[index].model, clock: rig.clock, exclusion: rig.exclusion)
        }
        return rig.twin.output(chip, offset)
    }

    func input(_ chip: UInt16, _ offset: UInt32) -> (any InputLine)? { rig.twin.input(chip, offset) }
    func pwm(_ chip: UInt16, _ channel: UInt32) -> (any PWMChannel)? { rig.twin.pwm(chip, channel) }
    func fan(_ number: UInt16) -> (any Tachometer)? { rig.twin.fan(number) }
    var watchdog: (any HardwareWatchdog)? { rig.twin.watchdog }
    var now: Instant { rig.clock.now }
    func command(_ line: [UInt8]) -> TwinAnswer { rig.twin.command(line) }
}
