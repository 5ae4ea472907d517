import Base

/// A chain of chips that need no bus: they do what they are told, and how much they hash follows from clock, voltage and
/// temperature. For campaigns about heat and power, where real headers and nonces would only take time.
public final class IdealChain: TwinChain {
    public let chipCount: Int
    /// The supply below which chips do not run, and the one they need for their full clock at 85 °C and less.
    private let minimum: Millivolts
    private let referenceClock: UInt32
    private let hashesPerClock: Double
    /// What the chips are told.
    public private(set) var clock: UInt32 = 0
    private var wanted: UInt32 = 0
    private var busyPermille = 0
    private var supply = Millivolts(0)
    private var isReset = true
    private var temperatures: [Celsius]
    private var isChipDead: [Bool]
    private var isSilent = false
    private var last: Instant?
    /// Expected hashes since the start.
    public private(set) var hashes: Double = 0
    /// The part of them that came out wrong: too hot, or too fast for the voltage.
    public private(set) var wrongHashes: Double = 0

    /// Hertz per second that the clock moves by towards what was asked for; real chains step by a few megahertz each.
    private static let ramp: Double = 60_000_000

    /// - Parameters:
    ///   - hashesPerClock: hashes a chip makes per period of its clock: 514 in a BM1362 (its small cores).
    ///   - minimum: volts across the board below which the chips forget everything.
    public init(
        chipCount: Int, referenceClock: UInt32 = 525_000_000, minimum: Millivolts = Millivolts(9000),
        hashesPerClock: Double = 514
    ) {
        self.chipCount = max(chipCount, 0)
        self.referenceClock = max(referenceClock, 1)
        self.minimum = minimum
        self.hashesPerClock = hashesPerClock
        temperatures = [Celsius](repeating: .degrees(25), count: self.chipCount)
        isChipDead = [Bool](repeating: false, count: self.chipCount)
    }

    /// Asks for a clock, which is reached at 60 MHz per second; 0 stops at once.
    public func setClock(_ hertz: UInt32) {
        wanted = hertz
        if hertz == 0 { clock = 0 }
    }

    /// Gives work to so many thousandths of the engines.
    public func setBusy(permille: Int) {
        busyPermille = min(max(permille, 0), 1000)
    }

    /// Whether the chips run: supplied, and out of reset.
    public var isRunning: Bool { supply >= minimum && !isReset && !isSilent }

    /// Moves the clock towards what was asked for, and counts hashes.
    public func advance(to now: Instant) {
        guard let last else {
            self.last = now
            return
        }
        guard now > last else { return }
        self.last = now
        let seconds = Double((now - last).nanoseconds) / 1_000_000_000
        guard isRunning else { return }
        let step = IdealChain.ramp * seconds
        let distance = Double(wanted) - Double(clock)
        clock = UInt32(Double(clock) + min(max(distance, -step), step))
        let perChip = Double(clock) * hashesPerClock * Double(busyPermille) / 1000 * seconds
        var (all, wrong) = (hashes, wrongHashes)
        for chip in 0..<chipCount where !isChipDead[chip] {
            all += perChip
            wrong += perChip * errorShare(temperatures[chip])
        }
        (hashes, wrongHashes) = (all, wrong)
    }

    /// Below the minimum the chips forget their clock.
    public func setSupply(_ voltage: Millivolts) {
        supply = voltage
        if supply < minimum { forget() }
    }

    /// In reset the chips forget their clock.
    public func setReset(_ isAsserted: Bool) {
        isReset = isAsserted
        if isAsserted { forget() }
    }

    /// Remembers a chip's temperature, on which its errors depend.
    public func setTemperature(_ temperature: Celsius, ofChip chip: Int) {
        if temperatures.indices.contains(chip) { temperatures[chip] = temperature }
    }

    /// What a chip does: the same as all others, unless it is dead.
    public func activity(ofChip chip: Int) -> ChipActivity {
        guard isRunning, isChipDead.indices.contains(chip), !isChipDead[chip] else {
            return ChipActivity(clock: 0, busyPermille: 0)
        }
        return ChipActivity(clock: clock, busyPermille: busyPermille)
    }

    /// Dead chips take no power and make no hashes. A silent chain has lost its clock: none of its chips does anything.
    public func inject(_ fault: TwinChainFault) -> Bool {
        switch fault {
        case .silent(let isSilent):
            self.isSilent = isSilent
            if isSilent { forget() }
        case .deadChips(let count):
            for chip in isChipDead.indices { isChipDead[chip] = chip >= chipCount - count }
        }
        return true
    }

    private func forget() {
        clock = 0
    }

    /// One in a thousand is wrong anyway; above 85 °C and above the reference clock the share grows. Made up.
    private func errorShare(_ temperature: Celsius) -> Double {
        let heat = Double(max(temperature.millidegrees - 85_000, 0)) / 40_000
        let speed = max(Double(clock) / Double(referenceClock) - 1, 0) * 2
        return min(0.001 + heat * heat + speed * speed, 1)
    }
}
