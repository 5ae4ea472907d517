import Base
import Buses
import Mining
import SHA256

/// Simulated BM13xx chips on a UART that really hash: bytes of the command line in, bytes of the response line out, each
/// in the time that it takes on the line (Docs/twin.md, "Chips on a UART").
///
/// Chips hash 2^`simulatedShift` times slower than real ones, and report hashes with as many zero bits less than their
/// ticket mask asks for. Nothing happens by itself: whoever looks at the line, or calls `advance`, brings the chips up to
/// the time.
public final class BM13xxChainModel: ChipLineTarget {
    public let model: BM13xxModel
    public let chipCount: Int
    /// Headers per second of all chips together, at the model's usual clock.
    public let hashesPerSecond: UInt64
    /// Zero bits of the ticket that the chips leave out.
    public let simulatedShift: Int
    /// What the chips have hashed.
    public internal(set) var log: SearchLog
    /// Results that were found and left out, because too many answers waited.
    public internal(set) var lostAnswers: UInt64 = 0
    /// Results that were put on the line.
    public internal(set) var reportedNonces: UInt64 = 0

    let kernel: ScanKernel
    let chips: [BM13xxChip]
    var reader: BM13xxFrameReader
    var jobNumber: UInt32 = 0
    var blocks: [CachedBlock] = []
    var faults: ActiveFaults
    /// Whether not all chips have the same line rate.
    var ratesDiffer = false
    /// The host's line rate.
    var hostBaud: UInt32 = 115_200
    var toChips = SerialWire(capacity: 4096)
    var toHost = SerialWire(capacity: 16_384)
    /// Whether bytes were lost because nobody read them.
    var hasOverrun = false
    var now: Instant
    private var hashedUntil: Instant
    private var supply = Millivolts.zero
    private var isSwitchedOn = true
    var isInReset = true

    /// The supply below which the chips lose their state, in parts of a thousand of the usual one.
    static let brownOutPermille: Int64 = 600
    /// Time that chips make up for at most when they have not been looked at.
    static let longestCatchUp = Duration.milliseconds(250)
    /// From a change of the clock to the loop's lock; chosen here.
    static let lockTime = Duration.microseconds(500)

    /// Chips without supply, in reset.
    ///
    /// - Parameters:
    ///   - chipCount: 1–256.
    ///   - hashesPerSecond: of the whole chain. The host's expectations are right when this is what real chips do, divided
    ///     by 2^`simulatedShift`; nil for exactly that.
    ///   - simulatedShift: 0…40.
    ///   - seriesCount: voltage domains in series between the poles of the supply; nil for as many as chips.
    ///   - seed: of the faults' randomness.
    ///   - logCapacity: how many runs of headers `log` remembers.
    public init(
        _ model: BM13xxModel, chipCount: Int, hashesPerSecond: UInt64? = nil, simulatedShift: Int,
        seriesCount: Int? = nil, seed: UInt64 = 1, kernel: ScanKernel = .scalar,
        logCapacity: Int = 0, now: Instant
    ) {
        self.model = model
        self.chipCount = min(max(1, chipCount), 256)
        self.simulatedShift = min(max(0, simulatedShift), 40)
        self.hashesPerSecond =
            hashesPerSecond ?? model.realHashesPerSecond(chipCount: self.chipCount) >> UInt64(self.simulatedShift)
        let domains = Int64(max(1, seriesCount ?? self.chipCount))
        usualSupply = Millivolts(clamping: Int64(model.chipMillivolts) * domains)
        self.kernel = kernel
        self.now = now
        hashedUntil = now
        log = SearchLog(capacity: logCapacity)
        chips = (0..<self.chipCount).map { _ in BM13xxChip() }
        reader = BM13xxFrameReader(format: model.jobFormat)
        faults = ActiveFaults(seed: seed)
        // Chips begin one after the other, so that results do not come in volleys.
        for chip in chips.indices { chips[chip].credit = Double(model.cores * chip) / Double(self.chipCount) }
        resetChips()
    }

    /// The voltage across the whole chain when every chip has what it is made for.
    public let usualSupply: Millivolts

    var isPowered: Bool {
        isSwitchedOn && Int64(supply.value) * 1000 >= Int64(usualSupply.value) * Self.brownOutPermille
    }
    var isAwake: Bool { isPowered && !isInReset }

    // MARK: TwinChain

    /// Below six tenths of `usualSupply` the chips lose their state.
    public func setSupply(_ voltage: Millivolts) {
        let wasPowered = isPowered
        supply = voltage
        if wasPowered != isPowered { resetChips() }
    }

    /// Chips that are let go are as after power-on.
    public func setReset(_ isAsserted: Bool) {
        isInReset = isAsserted
        if isAsserted { resetChips() }
    }

    /// What register B4 of a BM1368 measures; other families have no thermometer that the line could read.
    public func setTemperature(_ temperature: Celsius, ofChip chip: Int) {
        guard chips.indices.contains(chip) else { return }
        chips[chip].temperature = temperature
    }

    /// Clock 0 when the chip is behind a dead one.
    public func activity(ofChip chip: Int) -> ChipActivity {
        guard isAwake, chips.indices.contains(chip), chip < reach else {
            return ChipActivity(clock: 0, busyPermille: 0)
        }
        let clock = clock(ofChip: chip)
        return ChipActivity(clock: UInt32(clamping: clock), busyPermille: isHashing(chip) ? 1000 : 0)
    }

    /// Takes the line and the chips to `now`; time in which the chips were not looked at counts up to a quarter of a second.
    public func advance(to target: Instant) {
        while let passing = toChips.take(by: target) { hear(passing) }
        hash(until: target)
        faults.expire(now: now)
        discardUnread()
    }

    /// Makes something go wrong, from now on.
    public func inject(_ fault: InjectedFault, now: Instant) {
        advance(to: now)
        faults.insert(fault, now: now)
        switch fault.kind {
        case .brownOut, .wrongBaud:
            for chip in chips.indices where fault.chip == nil || fault.chip == chip {
                if fault.kind == .brownOut {
                    chips[chip].reset(model, now: now)
                } else {
                    let register = Int(model.baudRegister)
                    chips[chip].registers[register] = model.resetValues.first { $0.register == register }?.value ?? 0
                }
            }
            compareRates()
        default: break
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

    /// Puts a switch into the supply, closed until it is used.
    public func setPower(_ isOn: Bool) {
        guard isOn != isSwitchedOn else { return }
        isSwitchedOn = isOn
        resetChips()
    }

    /// BM13xx boards have no such line.
    public func setStartEnable(_ isEnabled: Bool) {}

    // MARK: State

    func resetChips() {
        for chip in chips.indices { chips[chip].reset(model, now: now) }
        ratesDiffer = false
        reader.reset()
        toHost.removeAll()
    }

    /// How many chips from the host on hear what it says: up to one that is dead or without supply.
    var reach: Int {
        min(chipCount, faults.firstChip(.dropChip) ?? chipCount, faults.firstChip(.brownOut) ?? chipCount)
    }

    func clock(ofChip chip: Int) -> UInt64 {
        chips[chip].lockedAt <= now && !faults.strikes(.noLock, chip: chip) ? chips[chip].clock : 0
    }

    /// Notes whether all chips still have the same line rate.
    func compareRates() {
        let first = baud(ofChip: 0)
        ratesDiffer = chips.indices.contains { baud(ofChip: $0) != first }
    }

    /// The line rate of a chip, in baud.
    func baud(ofChip chip: Int) -> UInt32 {
        model.baud(word: chips[chip].registers[Int(model.baudRegister)])
    }

    /// Lets the chips hash up to `target`.
    func hash(until target: Instant) {
        let start = max(hashedUntil, target + .nanoseconds(-Self.longestCatchUp.nanoseconds))
        now = max(now, target)
        guard target > hashedUntil else { return }
        hashedUntil = target
        search(for: target - start)
    }

    private func discardUnread() {
        // What the kernel's buffer holds; the oldest are lost, and the port says so once.
        let limit = 4096
        while toHost.arrived(by: now) > limit {
            _ = toHost.take(by: now)
            hasOverrun = true
        }
    }
}
