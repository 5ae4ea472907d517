import ASIC
import Base
import Buses
import Rig
import SHA256
import Twin

/// A DragonMint supply: chips have 445 mV each at its highest setting.
final class DragonMintSupply: VoltageSupply {
    private let chain: SPIChainModel
    private(set) var settings: [SupplyVID] = []

    init(_ chain: SPIChainModel) {
        self.chain = chain
    }

    func set(_ vid: SupplyVID) throws(BusFault) {
        settings.append(vid)
        let chip = 445 * Int32(vid.millivolts) / 1608
        chain.setSupply(Millivolts(chip * Int32(chain.chipCount)))
    }
}

/// A board of simulated A1 or T1 chips with everything around it.
struct SPIRig {
    let chain: SPIChainModel
    let bus: TwinSPIBus
    let bench: MiningBench

    /// An A1 board: 32 chips, as many as 819 GH/s, 2²² times slower.
    static func a1(
        chips: Int = 32, fitted: Int? = nil, minimum: Int? = nil, weakChips: [(chip: Int, cores: Int)] = [],
        logCapacity: Int = 0
    ) throws -> SPIRig {
        let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
        let shift = 22
        let chain = SPIChainModel(
            .a1, chipCount: fitted ?? chips, simulatedShift: shift, weakChips: weakChips,
            kernel: UARTRig.kernel, logCapacity: logCapacity, now: clock.now)
        let plan = try A1Plan(
            chipCount: chips, minimumChipCount: minimum, target: .difficulty16, simulatedShift: shift)
        return try SPIRig(chain, clock, try A1Chain(plan: plan, now: clock.now), versions: 1, zeroBits: 15)
    }

    /// A T1 board: 63 chips, 5.4 TH/s, 2²⁵ times slower.
    static func t1(
        chips: Int = 63, fitted: Int? = nil, minimum: Int? = nil, weakChips: [(chip: Int, cores: Int)] = [],
        logCapacity: Int = 0
    ) throws -> SPIRig {
        let clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
        let shift = 25
        let chain = SPIChainModel(
            .t1, chipCount: fitted ?? chips, simulatedShift: shift, weakChips: weakChips,
            kernel: UARTRig.kernel, logCapacity: logCapacity, now: clock.now)
        let plan = try T1Plan(
            chipCount: chips, minimumChipCount: minimum, target: .difficulty128, simulatedShift: shift)
        return try SPIRig(chain, clock, try T1Chain(plan: plan, now: clock.now), versions: 4, zeroBits: 15)
    }

    private init(
        _ chain: SPIChainModel, _ clock: ManualClock, _ driver: some SPIChain, versions: UInt64, zeroBits: Int
    ) throws {
        self.chain = chain
        bus = TwinSPIBus(name: BusName(.spi, 1), chain: chain, clock: clock)
        chain.setSupply(chain.usualSupply)
        func line(_ role: ChipLine.Role) -> ChipLine { ChipLine(role, of: chain, clock: clock) }
        let lines =
            versions == 1
            ? SPIBoardLines(reset: line(.reset))
            : SPIBoardLines(
                reset: line(.reset), power: line(.power), startEnable: line(.startEnable),
                supply: DragonMintSupply(chain))
        bench = try MiningBench(
            clock: clock, board: SPIHashBoard(chain: driver, bus: bus, lines: lines), versionsPerPiece: versions,
            poolZeroBits: zeroBits)
    }
}
