import Base

/// What a chain of T1 chips is made of and how it is to run: the board file's part, checked.
public struct T1Plan: Sendable {
    /// Chips that the board has, 1–68.
    public let chipCount: Int
    /// Chips without which the chain is not run, 1…`chipCount`.
    public let minimumChipCount: Int
    /// The clock to start with.
    public let frequency: ClockFrequency
    /// The clocks that the board may hash at.
    public let frequencies: ClosedRange<ClockFrequency>
    /// What each chip's supply is to be on average, in millivolts.
    public let chipMillivolts: UInt16
    /// The hardest target that chips are given.
    public let target: ReportingTarget
    /// Simulation only, 0 on real boards: the chips are simulated ones that hash 2^`simulatedShift` times slower than real
    /// ones; jobs are as many times shorter, and targets easier (Docs/twin.md).
    public let simulatedShift: Int
    public let timing: T1Timing

    public static let defaultFrequency = ClockFrequency.megahertz(1332)
    /// What vendor firmware hashes at. How much slower chips may run with the bus at 6.25 MHz is not known.
    public static let usualFrequencies = ClockFrequency.megahertz(1200)...ClockFrequency.megahertz(1392)
    /// The bus runs at 1.5625 MHz from here on, so a chain never hashes below.
    public static let lowestFrequency = ClockFrequency.megahertz(310)
    /// Averages at which chips may be run, in millivolts.
    public static let chipMillivoltLimits: ClosedRange<UInt16> = 380...445

    /// - Throws: the first figure that the chips or the bus cannot bear.
    public init(
        chipCount: Int = 68, minimumChipCount: Int? = nil, frequency: ClockFrequency = Self.defaultFrequency,
        frequencies: ClosedRange<ClockFrequency> = Self.usualFrequencies, chipMillivolts: UInt16 = 404,
        target: ReportingTarget = .difficulty128, simulatedShift: Int = 0, timing: T1Timing = T1Timing()
    ) throws(ChainPlanError) {
        guard (1...T1Request.maximumChipCount).contains(chipCount) else { throw .chipCount(chipCount) }
        let minimum = minimumChipCount ?? chipCount
        guard (1...chipCount).contains(minimum) else { throw .minimumChipCount(minimum) }
        guard Self.chipMillivoltLimits.contains(chipMillivolts) else { throw .chipMillivolts(chipMillivolts) }
        self.chipCount = chipCount
        self.minimumChipCount = minimum
        self.frequency = frequency
        self.frequencies = frequencies
        self.chipMillivolts = chipMillivolts
        self.target = target
        self.simulatedShift = min(max(0, simulatedShift), ReportingTarget.greatestShift)
        self.timing = timing
        _ = try level(for: frequency)
    }

    /// The highest level up to `frequency`; throws unless the chain may run at it.
    public func level(for frequency: ClockFrequency) throws(ChainPlanError) -> T1ClockLevel {
        guard frequencies.contains(frequency) else { throw .frequency(frequency, allowed: frequencies) }
        guard let level = T1ClockLevel(upTo: frequency), level.frequency >= Self.lowestFrequency else {
            throw .unreachable(frequency)
        }
        return level
    }
}

/// Times of a T1 chain (Docs/chips-spi.md, "T1 chain").
public struct T1Timing: Hashable, Sendable {
    /// After a change of the bus's clock and between the commands that begin the bring-up.
    public var settling: Duration = .milliseconds(10)
    /// What the self-test takes after the reset that allows it.
    public var selfTest: Duration = .seconds(1)
    /// After the commands that switch cores.
    public var coreSwitching: Duration = .microseconds(200)
    /// Between the writes that point the converter.
    public var sensorStep: Duration = .milliseconds(1)
    /// How long the supply is given after it was switched on, and after a step. No figure is on record; chosen here.
    public var supplyStep: Duration = .milliseconds(300)
    /// Between rounds of reading results and giving jobs.
    public var cycle: Duration = .milliseconds(10)
    /// Between readings of the chips' temperatures, and of their voltages.
    public var temperatureInterval: Duration = .seconds(2)
    public var voltageInterval: Duration = .seconds(60)
    /// From cutting the power to taking the start line back.
    public var powerDown: Duration = .seconds(1)
    /// How often a command of the bring-up is sent before the chain is restarted.
    public var attempts = 3
    /// Unanswered commands, each followed by a flush of the bus, after which the chain is restarted.
    public var flushLimit = 50

    public init() {}
}

/// How a T1 chip is doing.
public struct T1Chip: Hashable, Sendable {
    /// Whether a chip takes work.
    public enum State: Hashable, Sendable {
        /// Not found.
        case absent
        case working
        /// Given no work.
        case disabled
    }

    /// What a chip's converter said, and when.
    public enum Reading: Hashable, Sendable {
        case none
        /// In thousandths of a degree Celsius, or of a volt.
        case value(Int32, at: Instant)
        /// A value that a working sensor cannot give.
        case implausible(Int32, at: Instant)
        case unanswered(at: Instant)
    }

    public internal(set) var state = State.absent
    /// Cores that passed the self-test, of 32.
    public internal(set) var cores = 0
    public internal(set) var millicelsius = Reading.none
    public internal(set) var millivolts = Reading.none
    /// Readings, one after the other, at which the chip was too hot.
    var hotReadings = 0

    /// With fewer cores than this a chip is given no work.
    static let fewestCores = 5
    /// What a working sensor can say, in thousandths of a degree.
    static let plausibleMillicelsius: ClosedRange<Int32> = -40_000...125_000
    /// Where a chain is switched off whatever else is decided, and how many readings it takes to believe it.
    static let powerDownMillicelsius: Int32 = 115_000
    static let hotReadingLimit = 2
}
