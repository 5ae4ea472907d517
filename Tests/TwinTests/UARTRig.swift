import ASIC
import Base
import Buses
import Rig
import SHA256
import Twin

/// A board of simulated BM13xx chips with everything around it.
struct UARTRig {
    let model: BM13xxModel
    let chain: BM13xxChainModel
    let port: TwinUART
    let bench: MiningBench

    /// - Parameters:
    ///   - zeroBits: of a hash that chips report; shares have one more.
    ///   - shift: how much slower than real the chips hash.
    init(
        _ model: BM13xxModel, chips: Int? = nil, fitted: Int? = nil, minimum: Int? = nil, zeroBits: Int = 11,
        shift: Int = 28, maximumBaud: UInt32 = 4_000_000, frequency: ClockFrequency? = nil, seed: UInt64 = 1,
        hashesPerSecond: UInt64? = nil, logCapacity: Int = 0
    ) throws {
        let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
        let count = chips ?? model.usualChipCount
        self.model = model
        chain = BM13xxChainModel(
            model, chipCount: fitted ?? count, hashesPerSecond: hashesPerSecond, simulatedShift: shift, seed: seed,
            kernel: Self.kernel,
            logCapacity: logCapacity, now: clock.now)
        port = TwinUART(name: BusName(.uart, 1), chain: chain, clock: clock)
        chain.setSupply(chain.usualSupply)
        let family = ChipFamily.all.first { $0.model == model.digits }!
        let plan = try ChainPlan(
            family: family, chipCount: count, minimumChipCount: minimum, maximumBaud: maximumBaud,
            frequency: frequency, maximumFrequency: .megahertz(600),
            ticketDifficulty: 1 << UInt64(max(0, zeroBits + shift - 32)), simulatedShift: shift)
        let board = UARTHashBoard(
            plan: plan, port: port, resetLine: ChipLine(.reset, of: chain, clock: clock), now: clock.now)
        bench = try MiningBench(
            clock: clock, board: board, versionsPerPiece: model.jobFormat == .midstates ? 4 : 1 << 16,
            poolZeroBits: zeroBits + 1)
    }

    static let kernel = ScanKernel.runnable[0]
}
