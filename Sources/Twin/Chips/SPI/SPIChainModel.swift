import Base
import Buses
import Mining
import SHA256

/// Simulated A1 or T1 chips in a daisy chain on SPI that really hash (Docs/twin.md, "Chips on SPI").
///
/// Every chip is two 16-bit stages of one long shift register: a word from the host takes one clocked word to pass a chip,
/// and what is said to the host one word for each chip on the way back. The last chip sends back what nobody kept.
///
/// Chips hash 2^`simulatedShift` times slower than real ones; their targets are as many times easier and their jobs as
/// many times shorter. Nothing happens by itself: whoever moves the bus, or calls `advance`, brings the chips up to the time.
public final class SPIChainModel: ChipLineTarget {
    public let model: SPIChipModel
    public let chipCount: Int
    /// Headers per second of all chips together, at the model's usual clock.
    public let hashesPerSecond: UInt64
    /// By how many powers of two targets are easier than jobs say.
    public let simulatedShift: Int
    /// What the chips have hashed.
    public internal(set) var log: SearchLog
    /// Results that were found and left out, because nobody read the chip's in time.
    public internal(set) var lostResults: UInt64 = 0
    public internal(set) var reportedNonces: UInt64 = 0
    /// Jobs that came when the chip had no room for them, or were damaged.
    public internal(set) var refusedJobs: UInt64 = 0

    let kernel: ScanKernel
    let chips: [SPIChip]
    /// Chips that are in the middle of a frame or of an answer.
    var busy: UInt128 = 0
    var stages = ShiftStages()
    var jobNumber: UInt32 = 0
    var faults: ActiveFaults
    var busClock = Hertz(2_000_000)
    var now: Instant
    private var hashedUntil: Instant
    private var supply = Millivolts.zero
    private var isInReset = true
    private var isSwitchedOn: Bool
    private var isStartEnabled: Bool
    private let seriesCount: Int32

    private static let brownOutPermille: Int64 = 600
    private static let longestCatchUp = Duration.milliseconds(250)

    /// Chips in reset; T1 chips also with their supply switched off and not let start.
    ///
    /// - Parameters:
    ///   - chipCount: 1–80.
    ///   - hashesPerSecond: of the whole chain; nil for what real chips do, divided by 2^`simulatedShift`, which is what the
    ///     host will expect.
    ///   - simulatedShift: 0…31.
    ///   - seriesCount: voltage domains in series between the poles of the supply; nil for as many as chips.
    ///   - weakChips: chips with fewer than 32 cores, by position, and how many they have.
    ///   - seed: of the faults' randomness.
    ///   - logCapacity: how many runs of headers `log` remembers.
    public init(
        _ model: SPIChipModel, chipCount: Int, hashesPerSecond: UInt64? = nil, simulatedShift: Int,
        seriesCount: Int? = nil, weakChips: [(chip: Int, cores: Int)] = [], seed: UInt64 = 1,
        kernel: ScanKernel = .scalar, logCapacity: Int = 0, now: Instant
    ) {
        self.model = model
        self.chipCount = min(max(1, chipCount), 80)
        self.simulatedShift = min(max(0, simulatedShift), 31)
        self.hashesPerSecond =
            hashesPerSecond ?? model.realHashesPerSecond(chipCount: self.chipCount) >> UInt64(self.simulatedShift)
        self.seriesCount = Int32(min(max(1, seriesCount ?? self.chipCount), 80))
        self.kernel = kernel
        self.now = now
        hashedUntil = now
        log = SearchLog(capacity: logCapacity)
        chips = (0..<self.chipCount).map { _ in SPIChip() }
        faults = ActiveFaults(seed: seed)
        isSwitchedOn = model.family == .a1
        isStartEnabled = model.family == .a1
        for (chip, cores) in weakChips where chips.indices.contains(chip) {
            chips[chip].cores = UInt8(min(max(0, cores), SPIChipModel.cores))
        }
        // Chips begin one after the other, so that results do not come in volleys.
        for chip in chips.indices { chips[chip].credit = Double(Self.chunk * chip) / Double(self.chipCount) }
    }

    /// The voltage across the whole chain when every chip has what it is made for.
    public var usualSupply: Millivolts { Millivolts(clamping: Int64(model.chipMillivolts) * Int64(seriesCount)) }

    /// What a chip has of the supply, in millivolts; chips differ a little.
    func millivolts(ofChip chip: Int) -> Int32 { isPowered ? supply.value / seriesCount + Int32(chip % 5) - 2 : 0 }

    private var isPowered: Bool {
        isSwitchedOn && Int64(supply.value) * 1000 >= Int64(usualSupply.value) * Self.brownOutPermille
    }
    var isAwake: Bool { isPowered && isStartEnabled && !isInReset }

    // MARK: TwinChain

    /// Below six tenths of `usualSupply` the chips lose their state.
    public func setSupply(_ voltage: Millivolts) {
        changeState { supply = voltage }
    }

    /// Chips that are let go are as after power-on.
    public func setReset(_ isAsserted: Bool) {
        changeState { isInReset = isAsserted }
    }

    /// The switch in the supply: closed from the start on A1 boards, open on T1 boards.
    public func setPower(_ isOn: Bool) {
        changeState { isSwitchedOn = isOn }
    }

    /// T1 chips do nothing before they are let start.
    public func setStartEnable(_ isEnabled: Bool) {
        changeState { isStartEnabled = isEnabled }
    }

    private func changeState(_ change: () -> Void) {
        let wasAwake = isAwake
        change()
        guard wasAwake != isAwake else { return }
        for chip in chips.indices {
            chips[chip].reset()
        }
        busy = 0
        stages = ShiftStages()
    }

    /// What a T1 chip's converter measures.
    public func setTemperature(_ temperature: Celsius, ofChip chip: Int) {
        guard chips.indices.contains(chip) else { return }
        chips[chip].temperature = temperature
    }

    /// Clock 0 when the chip is behind a dead one.
    public func activity(ofChip chip: Int) -> ChipActivity {
        guard isAwake, chips.indices.contains(chip), chip < reach else {
            return ChipActivity(clock: 0, busyPermille: 0)
        }
        let busy = isHashing(chip) ? 1000 * Int(chips[chip].cores) / SPIChipModel.cores : 0
        return ChipActivity(clock: UInt32(clamping: clock(ofChip: chip)), busyPermille: busy)
    }

    /// Takes the chips to `now`; time in which they were not looked at counts up to a quarter of a second.
    public func advance(to target: Instant) {
        let start = max(hashedUntil, target + .nanoseconds(-Self.longestCatchUp.nanoseconds))
        now = max(now, target)
        if target > hashedUntil {
            hashedUntil = target
            search(for: target - start)
        }
        faults.expire(now: now)
    }

    /// Makes something go wrong, from now on.
    public func inject(_ fault: InjectedFault, now: Instant) {
        advance(to: now)
        faults.insert(fault, now: now)
        guard fault.kind == .brownOut else { return }
        for chip in chips.indices where fault.chip == nil || fault.chip == chip {
            chips[chip].reset()
            busy &= ~(1 << UInt128(chip))
        }
    }

    /// A silent chain is one without a first chip, and a dead chip hides all behind it: bytes pass from chip to chip.
    public func inject(_ fault: TwinChainFault) -> Bool {
        faults.remove(.dropChip)
        switch fault {
        case .silent(false), .deadChips(0): break
        case .silent(true): faults.insert(InjectedFault(.dropChip, chip: 0), now: now)
        case .deadChips(let count):
            faults.insert(InjectedFault(.dropChip, chip: max(chipCount - max(count, 0), 0)), now: now)
        }
        return true
    }

    /// Ends all faults.
    public func clearFaults() {
        faults.removeAll()
    }

    // MARK: State

    /// How many chips from the host on work: up to one that is dead or without supply.
    var reach: Int {
        min(chipCount, faults.firstChip(.dropChip) ?? chipCount, faults.firstChip(.brownOut) ?? chipCount)
    }

    func clock(ofChip chip: Int) -> UInt64 {
        let isLocked = chips[chip].lockedAt <= now && !chips[chip].hasLostLock
        return isLocked && !faults.strikes(.noLock, chip: chip) ? chips[chip].clock : 0
    }
}
