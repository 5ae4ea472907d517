import LoopbackPool

/// What the command line asks for.
struct Options {
    var configuration: PoolConfiguration
    var endpointFile: String?
    var statisticsFile: String?
    /// Whether commands are read from standard input.
    var takesCommands = false
    var isQuiet = false

    static let help = """
        ballast-pool: a Stratum V1 pool on 127.0.0.1 for demonstrations and tests.
        It checks every share with code of its own, and misbehaves on request.

        usage: ballast-pool [flags]

          --port N               TCP port; 0 lets the system choose (0)
          --jobs KIND            synthetic, recorded or block-881423 (synthetic)
          --difficulty D         fixed share difficulty, such as 8192 or 0.001 (suits the jobs)
          --vardiff RATE         vary each client's difficulty to get RATE shares a second
          --notify-interval S    seconds between jobs (30)
          --clean-interval S     seconds between new blocks, 0 for none (600)
          --branches N           merkle branches of synthetic jobs, 0 to 24 (12)
          --network-bits HEX     network target of synthetic jobs (17023a04; 207fffff is easy)
          --mask HEX             version bits that miners may roll, 0 to refuse (1fffe000)
          --extranonce1-size N   1 to 16 bytes (4)
          --extranonce2-size N   1 to 16 bytes (4)
          --user NAME            let only these users mine; may be repeated
          --misbehave NAME       one of the list below, from the first message on
          --endpoint-file PATH   write 127.0.0.1:PORT to PATH once listening
          --stats-json PATH      write the counters to PATH every second and at the end
          --control              take commands from standard input, answer on standard output
          --quiet                no event lines on standard error
          --help                 this text

        Commands: misbehave NAME [CLIENT], behave [CLIENT], difficulty D, job, block, stats,
        shares, stop. Clients are numbered from 1 as they connect.

        Misbehaviours, NAME[=VALUE][@MESSAGES], the latter to start after so many messages:

        """ + MisbehaviourOrder.help.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")

    /// Nil when only the help text is wanted.
    init?(arguments: [String]) throws(OptionError) {
        if arguments.contains("--help") { return nil }
        var source = JobSource.synthetic(SyntheticChain())
        var chain = SyntheticChain()
        var values: [(flag: String, value: String)] = []
        var remaining = arguments[...]
        while let flag = remaining.popFirst() {
            switch flag {
            case "--control": takesCommands = true
            case "--quiet": isQuiet = true
            case _ where Self.valueFlags.contains(flag):
                guard let value = remaining.popFirst() else {
                    throw OptionError(flag: flag, found: "nothing", expected: "a value")
                }
                values.append((flag, value))
            default: throw OptionError(flag: flag, found: "it", expected: "a flag that --help lists")
            }
        }
        for (flag, value) in values {
            switch flag {
            case "--jobs":
                guard let found = Self.sources[value] else {
                    throw OptionError(flag: flag, found: value, expected: "synthetic, recorded or block-881423")
                }
                source = found
            case "--branches": chain.branchCount = try Self.integer(flag, value, in: 0...24)
            case "--network-bits": chain.networkBits = try Self.word(flag, value)
            default: break
            }
        }
        if case .synthetic = source { source = .synthetic(chain) }
        do throws(PoolConfigurationError) {
            configuration = try PoolConfiguration(jobs: source)
        } catch {
            throw OptionError(error)
        }
        for (flag, value) in values { try apply(flag, value) }
        do throws(PoolConfigurationError) {
            try configuration.validate()
        } catch {
            throw OptionError(error)
        }
    }

    private static let sources: [String: JobSource] = [
        "synthetic": .synthetic(SyntheticChain()), "recorded": .recorded, "block-881423": .block881423,
    ]

    private static let valueFlags = [
        "--port", "--jobs", "--difficulty", "--vardiff", "--notify-interval", "--clean-interval", "--branches",
        "--network-bits", "--mask", "--extranonce1-size", "--extranonce2-size", "--user", "--misbehave",
        "--endpoint-file", "--stats-json",
    ]

    private mutating func apply(_ flag: String, _ value: String) throws(OptionError) {
        switch flag {
        case "--port": configuration.port = UInt16(try Self.integer(flag, value, in: 0...65535))
        case "--difficulty": configuration.difficulty = .fixed(try Self.difficulty(flag, value))
        case "--vardiff":
            let rate = try Self.seconds(flag, value, expected: "shares a second, 0.001 to 10000", in: 0.001...10_000)
            guard let start = ShareDifficulty(configuration.jobs.defaultDifficulty) else { return }
            configuration.difficulty = .variable(.init(sharesPerSecond: rate, start: start))
        case "--notify-interval":
            let expected = "seconds, 0.001 to 86400"
            configuration.notifyInterval = .seconds(
                try Self.seconds(flag, value, expected: expected, in: 0.001...86400))
        case "--clean-interval":
            let seconds = try Self.seconds(flag, value, expected: "seconds, 0.001 to 86400, or 0", in: 0...86400)
            configuration.cleanInterval = seconds == 0 ? nil : .seconds(max(seconds, 0.001))
        case "--mask": configuration.versionMask = try Self.word(flag, value)
        case "--extranonce1-size": configuration.extranonce1Size = try Self.integer(flag, value, in: 1...16)
        case "--extranonce2-size": configuration.extranonce2Size = try Self.integer(flag, value, in: 1...16)
        case "--user": configuration.authorizedUsers = (configuration.authorizedUsers ?? []) + [value]
        case "--misbehave":
            do throws(MisbehaviourTextError) {
                configuration.misbehaviour = try MisbehaviourOrder(text: value)
            } catch {
                throw OptionError(flag: flag, found: error.found, expected: error.expected)
            }
        case "--endpoint-file": endpointFile = value
        case "--stats-json": statisticsFile = value
        default: break
        }
    }

    private static func integer(_ flag: String, _ text: String, in range: ClosedRange<Int>) throws(OptionError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw OptionError(flag: flag, found: text, expected: "a number \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func seconds(
        _ flag: String, _ text: String, expected: String, in range: ClosedRange<Double>
    ) throws(OptionError) -> Double {
        guard let number = Double(text), range.contains(number) else {
            throw OptionError(flag: flag, found: text, expected: expected)
        }
        return number
    }

    private static func word(_ flag: String, _ text: String) throws(OptionError) -> UInt32 {
        guard let word = UInt32(text, radix: 16), !text.hasPrefix("+") else {
            throw OptionError(flag: flag, found: text, expected: "up to eight hexadecimal digits")
        }
        return word
    }

    private static func difficulty(_ flag: String, _ text: String) throws(OptionError) -> ShareDifficulty {
        guard let difficulty = ShareDifficulty(text) else {
            throw OptionError(flag: flag, found: text, expected: "a number above 0, such as 8192 or 0.001")
        }
        return difficulty
    }
}

/// A command line that makes no sense.
struct OptionError: Error, Equatable, CustomStringConvertible {
    let flag: String
    let found: String
    let expected: String

    init(flag: String, found: String, expected: String) {
        self.flag = flag
        self.found = found
        self.expected = expected
    }

    init(_ error: PoolConfigurationError) {
        self.init(flag: error.setting, found: error.found, expected: error.expected)
    }

    var description: String { "\(flag): found \(found), expected \(expected)" }
}
