/// How a pool is set up; it stays as it is while the pool lives.
public struct PoolConfiguration: Sendable {
    /// How the difficulty of a client is chosen.
    public enum DifficultyPolicy: Sendable {
        case fixed(ShareDifficulty)
        case variable(VariableDifficulty.Settings)
    }

    public var jobs: JobSource
    /// TCP port on 127.0.0.1; 0 lets the system choose one.
    public var port: UInt16 = 0
    public var difficulty: DifficultyPolicy
    /// Whether `mining.suggest_difficulty` is followed.
    public var followsSuggestedDifficulty = true
    /// Time between jobs.
    public var notifyInterval: Duration = .seconds(30)
    /// Time between made-up blocks, each of which makes the jobs before it stale; nil for never.
    public var cleanInterval: Duration? = .seconds(600)
    /// Version bits that miners may roll; 0 refuses version rolling. The default is that of BIP 320.
    public var versionMask: UInt32 = 0x1FFF_E000
    /// Sizes of the extranonces in bytes, 1–16.
    public var extranonce1Size = 4
    public var extranonce2Size = 4
    /// Workers, or users (the part before the first dot), that may mine; nil for anyone.
    public var authorizedUsers: [String]?
    /// The latest accepted shares that are kept for inspection.
    public var rememberedShares = 4096
    public var misbehaviour: MisbehaviourOrder?

    /// A pool with fixed difficulty; nil takes the one that suits the jobs.
    public init(jobs: JobSource, difficulty: ShareDifficulty? = nil) throws(PoolConfigurationError) {
        guard let difficulty = difficulty ?? ShareDifficulty(jobs.defaultDifficulty) else {
            throw .init(setting: "difficulty", found: jobs.defaultDifficulty, expected: "a positive number")
        }
        self.jobs = jobs
        self.difficulty = .fixed(difficulty)
    }

    /// Says which setting is wrong, if one is.
    public func validate() throws(PoolConfigurationError) {
        let sizes = 1...16
        try Self.check("extranonce1 size", extranonce1Size, in: sizes)
        try Self.check("extranonce2 size", extranonce2Size, in: sizes)
        try Self.check("remembered shares", rememberedShares, in: 0...1_000_000)
        guard notifyInterval >= .milliseconds(1) else {
            throw .init(setting: "notify interval", found: "\(notifyInterval)", expected: "at least 1 ms")
        }
        if let cleanInterval, cleanInterval < .milliseconds(1) {
            throw .init(setting: "clean interval", found: "\(cleanInterval)", expected: "at least 1 ms")
        }
        switch jobs {
        case .synthetic(let chain):
            try Self.check("merkle branches", chain.branchCount, in: 0...24)
            guard Number256(compact: chain.networkBits) != nil else {
                let found = Hexadecimal.text(chain.networkBits)
                throw .init(setting: "network bits", found: found, expected: "a compact target")
            }
        case .recorded, .block881423:
            // Their coinbases have room for exactly these.
            let size = RecordedSession.extranonce2Size
            try Self.check("extranonce1 size of a recorded session", extranonce1Size, in: size...size)
            try Self.check("extranonce2 size of a recorded session", extranonce2Size, in: size...size)
        }
        if case .variable(let settings) = difficulty {
            guard settings.sharesPerSecond > 0, settings.sharesPerSecond <= 10_000 else {
                throw .init(
                    setting: "share rate", found: "\(settings.sharesPerSecond)",
                    expected: "above 0, up to 10000 a second")
            }
            guard settings.interval >= .milliseconds(1), settings.minimum > 0, settings.minimum <= settings.maximum
            else {
                throw .init(
                    setting: "variable difficulty", found: "\(settings.minimum)–\(settings.maximum)",
                    expected: "limits above 0 in rising order and an interval of at least 1 ms")
            }
        }
    }

    private static func check(
        _ setting: String, _ value: Int, in range: ClosedRange<Int>
    ) throws(PoolConfigurationError) {
        guard range.contains(value) else {
            throw .init(setting: setting, found: "\(value)", expected: "\(range.lowerBound)–\(range.upperBound)")
        }
    }
}

/// A setting that makes no sense.
public struct PoolConfigurationError: Error, Equatable, CustomStringConvertible {
    public let setting: String
    public let found: String
    public let expected: String

    public var description: String { "\(setting) \(found): expected \(expected)" }
}
