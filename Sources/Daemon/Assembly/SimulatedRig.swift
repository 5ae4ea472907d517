import Base
import Buses
import Platform
import Rig
import SHA256
import Twin

/// The simulated rig in real time, shared by the threads of the agent as they share a real one.
final class SimulatedRig: @unchecked Sendable {
    /// The chips of a simulated hash board.
    enum Chain {
        case uart(BM13xxChainModel)
        case spi(SPIChainModel)

        var model: any ChipLineTarget {
            switch self {
            case .uart(let model): model
            case .spi(let model): model
            }
        }
    }

    let twin: TwinRig
    let chains: [Chain]
    let clock = MachineClock()
    /// For the chips' buses and lines: whoever speaks to chips finds them supplied as the rig is by then.
    var exclusion: any Exclusion { twin.exclusion }

    init(_ board: Board, _ simulation: SimulationDescription, kernel: ScanKernel) {
        let plan = SimulatedRigPlan(board, simulation)
        twin = TwinRig(
            configuration: plan.configuration, seed: simulation.seed, clock: clock, exclusion: MachineExclusion())
        var chains: [Chain] = []
        for (index, chain) in board.chipChains.enumerated() {
            let model = Self.chips(
                of: chain, series: plan.seriesCount(index), simulation, seed: simulation.seed + UInt64(index),
                kernel: kernel, now: clock.now)
            // The chips' own switch stays closed: the board's is the plant's.
            model.model.setPower(true)
            twin.boards[index].attach(model.model)
            chains.append(model)
        }
        self.chains = chains
        for place in plan.closedSwitches {
            do throws(BusFault) {
                try twin.output(place.chip, place.offset)?.set(true)
            } catch {
                // Simulated lines fail only when a fault was injected, which nobody has done yet.
            }
        }
    }

    /// Carries out what is said to the rig of a running agent.
    var handler: TwinDesk.Handler {
        { [self] command in twin.command(Array(command.utf8)) }
    }

    private static func chips(
        of chain: ChipChainDescription, series: Int, _ simulation: SimulationDescription, seed: UInt64,
        kernel: ScanKernel, now: Instant
    ) -> Chain {
        func uart(_ model: BM13xxModel) -> Chain {
            .uart(
                BM13xxChainModel(
                    model, chipCount: chain.chipCount, simulatedShift: simulation.shift, seriesCount: series,
                    seed: seed, kernel: kernel, now: now))
        }
        func spi(_ model: SPIChipModel) -> Chain {
            .spi(
                SPIChainModel(
                    model, chipCount: chain.chipCount, simulatedShift: simulation.shift, seriesCount: series,
                    seed: seed, kernel: kernel, now: now))
        }
        return switch chain.kind {
        case .bm1362: uart(.bm1362)
        case .bm1366: uart(.bm1366)
        case .bm1368: uart(.bm1368)
        case .bm1370: uart(.bm1370)
        case .bm1397: uart(.bm1397)
        case .a1: spi(.a1)
        case .t1: spi(.t1)
        }
    }
}

/// The machine's own time, as the simulated rig takes it.
final class MachineClock: TwinClock {
    var now: Instant { Clock.now }
}

/// One thread at a time in the simulated rig.
final class MachineExclusion: Exclusion {
    private let lock = Lock()

    func enter() { lock.acquire() }
    func leave() { lock.release() }
}
