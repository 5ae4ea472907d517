import Base
import Mining

/// What a UART chain is made of and how it is to run: the board file's part, checked.
public struct ChainPlan: Sendable {
    public let family: ChipFamily
    /// Chips that the board has, 1–256.
    public let chipCount: Int
    /// Chips without which the chain is not run, 1…`chipCount`.
    public let minimumChipCount: Int
    /// Chips in a voltage domain, where the board wants relays set at the domains' edges; nil where it does not.
    public let chipsPerDomain: Int?
    /// The fastest line rate that the board is good for, in baud.
    public let maximumBaud: UInt32
    /// The clock to start with.
    public let frequency: ClockFrequency
    /// The highest clock that the board may run.
    public let maximumFrequency: ClockFrequency
    /// The difficulty from which chips report.
    public let ticket: TicketMask
    /// Simulation only, 0 on real boards: the chips are simulated ones that hash 2^`simulatedShift` times slower than real
    /// ones, and report hashes with as many zero bits less than the ticket asks for (Docs/twin.md).
    public let simulatedShift: Int
    public let timing: ChainTiming
    /// Addresses of the chips: laid out for the whole board, so that a chip keeps its address when others fail.
    public let addresses: ChainAddresses

    /// Checks and completes what a board file says; see the properties of the same names.
    ///
    /// - Parameters:
    ///   - minimumChipCount: all of them when nil.
    ///   - frequency: the family's usual clock, or the maximum if that is lower, when nil.
    ///   - ticketDifficulty: rounded down to a power of two.
    ///   - simulatedShift: 0 for real chips; brought into 0…40.
    /// - Throws: the first value that cannot be.
    public init(
        family: ChipFamily, chipCount: Int, minimumChipCount: Int? = nil, chipsPerDomain: Int? = nil,
        maximumBaud: UInt32, frequency: ClockFrequency? = nil, maximumFrequency: ClockFrequency,
        ticketDifficulty: UInt64 = 256, simulatedShift: Int = 0, timing: ChainTiming = ChainTiming()
    ) throws(ChainPlanError) {
        guard (1...ChainAddresses.maximumChipCount).contains(chipCount) else { throw .chipCount(chipCount) }
        let minimum = minimumChipCount ?? chipCount
        guard (1...chipCount).contains(minimum) else { throw .minimumChipCount(minimum) }
        if let size = chipsPerDomain, size < 1 || chipCount % size != 0 { throw .chipsPerDomain(size) }
        self.family = family
        self.chipCount = chipCount
        self.minimumChipCount = minimum
        self.chipsPerDomain = chipsPerDomain
        self.maximumBaud = maximumBaud
        self.frequency = frequency ?? min(family.defaultFrequency, maximumFrequency)
        self.maximumFrequency = maximumFrequency
        ticket = TicketMask(difficulty: ticketDifficulty)
        self.simulatedShift = min(max(0, simulatedShift), 40)
        self.timing = timing
        addresses = ChainAddresses(chipCount: chipCount)
        try check(self.frequency)
        try check(maximumFrequency)
    }

    /// Throws unless the chain may run at `frequency`, and can be brought there.
    public func check(_ frequency: ClockFrequency) throws(ChainPlanError) {
        guard family.rampStart <= frequency, frequency <= maximumFrequency else {
            throw .frequency(frequency, allowed: family.rampStart...max(family.rampStart, maximumFrequency))
        }
        guard family.pll.setting(for: frequency) != nil else { throw .unreachable(frequency) }
    }

    /// The largest hash that chips report.
    public var largestReportedHash: UInt256 {
        .largest(withLeadingZeroBits: 32 + Int(ticket.exponent) - simulatedShift)
    }

    /// Hashes that it takes to find one that is reported, on average.
    public var hashesPerReport: Double {
        Double(ticket.difficulty) * 0x1p32 / Double(1 << UInt64(simulatedShift))
    }

    /// Hashes per second of one chip at `frequency`.
    public func hashesPerSecond(at frequency: ClockFrequency) -> UInt64 {
        family.hashesPerSecond(at: frequency) >> UInt64(simulatedShift)
    }

    /// The sweep deadline for chips at `frequency`, in ticks of 25 MHz.
    func sweepTicks(at frequency: ClockFrequency) -> UInt32 {
        guard let setting = family.pll.setting(for: frequency) else { return 1 }
        return HashCounting.ticks(cores: family.cores, chips: chipCount, pll: setting)
    }

    /// The fastest of the family's line rates that the board is good for; an index into `ChipFamily.bauds`.
    var fastestBaud: Int {
        family.bauds.lastIndex { $0.rate <= maximumBaud } ?? 0
    }
}

/// Times of the UART chains. The defaults are those of vendor firmware, where those are known (Docs/chips-uart.md).
public struct ChainTiming: Hashable, Sendable {
    /// How long reset is held, and how long chips are left alone after it.
    public var reset: Duration = .milliseconds(100)
    /// Between one register write and the next.
    public var commandGap: Duration = .milliseconds(10)
    /// From the last command at one line rate to the first at another.
    public var baudDrain: Duration = .milliseconds(60)
    /// Enumeration ends when no chip has answered for this long.
    public var enumerationSilence: Duration = .seconds(1)
    /// How long chips may take to answer to their addresses, beside the time on the wire.
    public var answer: Duration = .milliseconds(200)
    /// How long an id rests after its job was replaced.
    public var resultHold: Duration = .milliseconds(250)
    /// Between checks of the chips' health.
    public var healthInterval: Duration = .seconds(10)
    /// Attempts to count or address the chips before the chain is restarted.
    public var attempts = 3
    /// Restarts after faults before the chain is given up; the count begins anew after ten minutes of hashing.
    public var restarts = 5
    /// Expected times between nonces after which a chain or chip without any is silent. By chance that happens once in
    /// e³⁰, 10¹³, such times.
    public var silenceIntervals: Int64 = 30
    /// Damaged responses a minute that the line may have before it is slowed down.
    public var lineErrorsPerMinute: UInt32 = 60

    public init() {}

    /// The wait before restart number `attempt`, from 1: one second, doubled each time up to a minute.
    func backoff(attempt: Int) -> Duration {
        .seconds(min(60, 1 << Int64(min(6, max(0, attempt - 1)))))
    }
}

/// What makes a plan unfit.
public enum ChainPlanError: Error, Hashable, Sendable {
    /// Not within 1–256.
    case chipCount(Int)
    /// Not within one and the board's chips.
    case minimumChipCount(Int)
    /// Not a divisor of the board's chips.
    case chipsPerDomain(Int)
    case frequency(ClockFrequency, allowed: ClosedRange<ClockFrequency>)
    /// The chip's clock cannot be set to within half a ramp step of this.
    case unreachable(ClockFrequency)
    /// Not a voltage that the chips work at, in millivolts.
    case chipMillivolts(UInt16)
}
