import Base

/// What a chain of A1 chips is made of and how it is to run: the board file's part, checked.
public struct A1Plan: Sendable {
    /// Chips that the board has, 1–64.
    public let chipCount: Int
    /// Chips without which the chain is not run, 1…`chipCount`.
    public let minimumChipCount: Int
    /// The clock to start with.
    public let frequency: ClockFrequency
    /// The highest clock that the board may run.
    public let maximumFrequency: ClockFrequency
    /// The hardest target that chips are given.
    public let target: ReportingTarget
    /// Simulation only, 0 on real boards: the chips are simulated ones that hash 2^`simulatedShift` times slower than real
    /// ones; jobs are as many times shorter, and targets easier (Docs/twin.md).
    public let simulatedShift: Int
    public let timing: A1Timing

    /// The clock that chips are made for, and the lowest that is on record for them (Docs/chips-spi.md, "A1 clock").
    public static let defaultFrequency = ClockFrequency.megahertz(800)
    public static let minimumFrequency = ClockFrequency.megahertz(200)

    /// - Throws: the first figure that the chips or the bus cannot bear.
    public init(
        chipCount: Int, minimumChipCount: Int? = nil, frequency: ClockFrequency? = nil,
        maximumFrequency: ClockFrequency = Self.defaultFrequency, target: ReportingTarget = .difficulty16,
        simulatedShift: Int = 0, timing: A1Timing = A1Timing()
    ) throws(ChainPlanError) {
        guard (1...A1Request.maximumChipCount).contains(chipCount) else { throw .chipCount(chipCount) }
        let minimum = minimumChipCount ?? chipCount
        guard (1...chipCount).contains(minimum) else { throw .minimumChipCount(minimum) }
        self.chipCount = chipCount
        self.minimumChipCount = minimum
        self.frequency = frequency ?? min(Self.defaultFrequency, maximumFrequency)
        self.maximumFrequency = maximumFrequency
        self.target = target
        self.simulatedShift = min(max(0, simulatedShift), ReportingTarget.greatestShift)
        self.timing = timing
        _ = try clock(for: self.frequency)
    }

    /// The clock setting for `frequency`; throws unless the chain may run at it.
    public func clock(for frequency: ClockFrequency) throws(ChainPlanError) -> A1Clock {
        guard Self.minimumFrequency <= frequency, frequency <= maximumFrequency else {
            throw .frequency(
                frequency, allowed: Self.minimumFrequency...max(Self.minimumFrequency, maximumFrequency))
        }
        guard let clock = A1Clock(nearest: frequency) else { throw .unreachable(frequency) }
        return clock
    }
}

/// Times of an A1 chain (Docs/chips-spi.md, "A1 chain").
public struct A1Timing: Hashable, Sendable {
    /// How long reset is held, and how long chips are left alone after it.
    public var reset: Duration = .seconds(1)
    /// Between looks at a clock that is to lock, and how often it is looked at.
    public var lockInterval: Duration = .milliseconds(40)
    public var lockAttempts = 25
    /// Between rounds of reading results and giving jobs.
    public var cycle: Duration = .milliseconds(40)
    /// How long a chip that does not answer is left alone.
    public var cooldown: Duration = .seconds(30)
    /// Unanswered calls after cool-downs beyond which a chip is given up.
    public var cooldownLimit = 3
    /// How often a command of the bring-up is sent before the chain is restarted, and how long after one another.
    public var attempts = 3
    public var attemptInterval: Duration = .milliseconds(100)

    public init() {}
}

/// How an A1 chip is doing.
public struct A1Chip: Hashable, Sendable {
    /// Whether a chip takes work.
    public enum State: Hashable, Sendable {
        /// Not found, or not looked at yet.
        case absent
        case working
        /// Did not answer; left alone until then.
        case coolingDown(until: Instant)
        /// Given no more work.
        case disabled
    }

    public internal(set) var state = State.absent
    /// Cores that passed the self-test, of 32.
    public internal(set) var cores = 0
    /// The chip's own clock where it is weaker than the others.
    public internal(set) var ownClock: A1Clock?
    /// Unanswered calls after cool-downs, one after the other.
    var failedCalls = 0
    /// Looks, one after the other, at which the queue was in a state that it should not be in.
    var oddQueues = 0
    /// Since when the queue has been full with the same jobs, and which.
    var fullSince: Instant?
    var fullWith: UInt8 = 0

    /// With fewer cores than this a chip is slowed down, and with still fewer given up.
    static let weakCores = 30
    static let brokenCores = 26
    static let weakFrequency = ClockFrequency.megahertz(600)
    static let brokenFrequency = ClockFrequency.megahertz(400)

    /// The clock for a chip with this many cores on a chain that runs at `chain`.
    static func clock(forCores cores: Int, within chain: A1Clock) -> A1Clock {
        guard cores < weakCores else { return chain }
        let limit = cores < brokenCores ? brokenFrequency : weakFrequency
        guard limit < chain.frequency else { return chain }
        return A1Clock(nearest: limit) ?? chain
    }

    var isCoolingDown: Bool {
        if case .coolingDown = state { return true }
        return false
    }
}
