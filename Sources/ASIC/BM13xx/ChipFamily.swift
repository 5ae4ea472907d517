/// What sets one BM13xx family apart from the others: data only. Another family is another file beside BM1397.swift.
///
/// The values and their sources are in Docs/chips-uart.md.
public struct ChipFamily: Sendable {
    /// The model as digits, as register 00 gives it: 0x1370 is a BM1370.
    public var model: UInt16
    /// Cores that the nonce space is split among.
    public var cores: Int
    /// Hash engines; the chip makes so many hashes per clock cycle.
    public var smallCores: Int
    /// Engines per core; each works on a version of its own.
    public var subCores: Int
    public var pll: PLLRules
    /// Written before each clock change, with a pause, and then the clock itself twice; nil where one write does.
    public var pllPrelude: RegisterWrite?
    /// Where the clock is brought up from.
    public var rampStart: ClockFrequency
    /// A usual clock, to start with when the board file names none.
    public var defaultFrequency: ClockFrequency
    public var jobFormat: JobFormat
    public var jobIDs: JobIDRule
    public var nonceLayout: NonceLayout
    /// The most that a job is kept for, however long it would last.
    public var maximumJobInterval: Duration
    /// Line rates, slowest first; the first is the one after reset.
    public var bauds: [BaudSetting]
    /// How to bring a chain up from reset, in order.
    public var bringUp: [BringUpStep]
    /// What to ask the chips from time to time, in order.
    public var healthCheck: [HealthOperation]

    /// The length of responses once the chain has been enumerated.
    public var responseLength: Response.Length { jobFormat == .fullHeader ? .eleven : .nine }

    /// Whether the chip rolls versions by itself, and has a sweep deadline (register 10).
    public var rollsVersions: Bool { jobFormat == .fullHeader }

    /// Hashes per second of one chip at `frequency`.
    public func hashesPerSecond(at frequency: ClockFrequency) -> UInt64 {
        UInt64(smallCores) * UInt64(frequency.hertz)
    }

    /// Every family there is.
    public static let all: [ChipFamily] = [.bm1362, .bm1366, .bm1368, .bm1370, .bm1397]
}

/// A line rate and how to switch a chip to it.
public struct BaudSetting: Hashable, Sendable {
    /// What the host sets its side to, in baud. Chips divide 25 MHz, so most of their rates are no standard ones.
    public var rate: UInt32
    public var write: RegisterWrite

    public init(rate: UInt32, write: RegisterWrite) {
        self.rate = rate
        self.write = write
    }
}

/// A step on the way from reset to hashing.
public enum BringUpStep: Hashable, Sendable {
    /// Write a register of all chips.
    case write(RegisterWrite)
    /// Write a register of the chip nearest the host.
    case writeFirst(RegisterWrite)
    /// Write registers of every chip in turn.
    case writeEach([RegisterWrite])
    /// Count the chips that answer.
    case enumerate
    /// Give every chip its address, and check which ones answer to it.
    case address
    /// Switch version rolling on, and with it the longer responses.
    case versionMask
    case ticketMask
    /// Set the relays and clock drivers at the edges of voltage domains, where the board has them.
    case domainEdges
    /// Bring the clock to its target.
    case ramp
    /// Set the sweep deadline that belongs to the clock.
    case sweepDeadline
    /// Spread the chips over the nonce space.
    case nonceOffsets
    /// Switch to the fastest line rate that the board allows.
    case raiseBaud
}

/// A question to the chips about their health.
public enum HealthOperation: Hashable, Sendable {
    /// Read a register of all chips.
    case read(Register)
    /// Write a register of all chips, to prepare a reading.
    case write(RegisterWrite)
}
