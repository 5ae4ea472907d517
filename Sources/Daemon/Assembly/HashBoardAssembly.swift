import ASIC
import Base
import Buses
import Peripherals
import Platform
import Rig

/// Turns the description of a chain into the maker of its hash board.
struct HashBoardAssembly {
    let board: Board
    let chain: ChipChainDescription
    let index: Int
    let lines: RigLines
    let hardware: @Sendable () -> any BoardHardware

    /// Nil when the description is no plan, which the board file's check has ruled out.
    var made: BoardMaker? {
        guard let reset = lines.chains[index].reset else { return nil }
        do throws(ChainPlanError) {
            switch chain.kind {
            case .bm1362, .bm1366, .bm1368, .bm1370, .bm1397: return try uart(reset)
            case .a1: return try a1(reset)
            case .t1: return try t1(reset)
            }
        } catch {
            return nil
        }
    }

    private var shift: Int { board.simulation?.shift ?? 0 }

    private func maker(
        versions: UInt64, _ make: @escaping @Sendable () -> any HashBoard
    ) -> BoardMaker {
        BoardMaker(
            profile: BoardProfile(
                name: "board \(chain.name)", versionsPerPiece: versions, isSimulated: board.simulation != nil),
            chain: index, lines: BoardLines(lines.chains[index]), make: make)
    }

    /// Chips that do not switch their board's power themselves want it on always: it is the controller's alone.
    private static func want(_ enable: GatedLine?) {
        do throws(BusFault) {
            try enable?.set(true)
        } catch {
            // The controller sets the line again and again, and hears of it.
        }
    }

    private func uart(_ reset: GatedLine) throws(ChainPlanError) -> BoardMaker? {
        guard let port = board.uarts.first(where: { $0.name == chain.bus }),
            let plan = try chain.uartPlan(maximumBaud: port.maximumBaud, simulatedShift: shift)
        else { return nil }
        let hardware = hardware
        let enable = lines.chains[index].enable
        return maker(versions: plan.family.rollsVersions ? 65_536 : 4) {
            let opened = hardware()
            let lazy = LazyUARTPort(BusName(.uart, port.number)) { () throws(BusFault) in try opened.uart(port) }
            Self.want(enable)
            return UARTHashBoard(plan: plan, port: lazy, resetLine: reset, now: Clock.now)
        }
    }

    private func a1(_ reset: GatedLine) throws(ChainPlanError) -> BoardMaker? {
        guard let plan = try chain.a1Plan(simulatedShift: shift), let make = spiMaker() else { return nil }
        let enable = lines.chains[index].enable
        let chips = try A1Chain(plan: plan, now: Clock.now)
        return maker(versions: 1) {
            Self.want(enable)
            return SPIHashBoard(chain: chips, bus: make(), lines: SPIBoardLines(reset: reset))
        }
    }

    private func t1(_ reset: GatedLine) throws(ChainPlanError) -> BoardMaker? {
        guard let plan = try chain.t1Plan(simulatedShift: shift), let make = spiMaker() else { return nil }
        let (enable, start) = (lines.chains[index].enable, lines.chains[index].start)
        let supply = board.supplies.first { supply in
            supply.kind == .t1 && chain.supplies.contains { $0 == supply.name }
        }
        let bus = supply.flatMap { supply in board.i2c.first { $0.name == supply.bus } }
        let hardware = hardware
        let chips = try T1Chain(plan: plan, now: Clock.now)
        return maker(versions: 4) {
            var chainSupply: ChainSupply?
            if let supply, let bus {
                let opened = hardware()
                chainSupply = ChainSupply(supply) { () throws(BusFault) in GuardedI2CBus(try opened.i2c(bus)) }
            }
            return SPIHashBoard(
                chain: chips, bus: make(),
                lines: SPIBoardLines(reset: reset, power: enable, startEnable: start, supply: chainSupply))
        }
    }

    private func spiMaker() -> (@Sendable () -> any SPIBus)? {
        guard let device = board.spi.first(where: { $0.name == chain.bus }) else { return nil }
        let hardware = hardware
        return {
            let opened = hardware()
            return LazySPIBus(BusName(.spi, device.number)) { () throws(BusFault) in try opened.spi(device) }
        }
    }
}
