import Testing

@testable import LoopbackPool
@testable import ballast_pool

@Suite struct OptionsTests {
    private func options(_ arguments: String...) throws -> Options {
        try #require(try Options(arguments: arguments))
    }

    @Test func withoutFlagsAProcessorCanMineHere() throws {
        let options = try options()
        #expect(options.configuration.jobs == .synthetic(SyntheticChain()))
        #expect(options.configuration.port == 0)
        guard case .fixed(let difficulty) = options.configuration.difficulty else {
            Issue.record("expected a fixed difficulty")
            return
        }
        #expect(difficulty.description == "0.001")
    }

    @Test func everyFlagHasItsEffect() throws {
        let options = try options(
            "--port", "3333", "--difficulty", "0.25", "--notify-interval", "0.5", "--clean-interval", "0",
            "--branches", "3", "--network-bits", "207fffff", "--mask", "e000", "--extranonce1-size", "2",
            "--extranonce2-size", "8", "--user", "alice", "--user", "bob", "--misbehave", "silent@4",
            "--endpoint-file", "/tmp/e", "--stats-json", "/tmp/s", "--control", "--quiet")
        let configuration = options.configuration
        guard case .synthetic(let chain) = configuration.jobs, case .fixed(let difficulty) = configuration.difficulty
        else {
            Issue.record("expected synthetic jobs and a fixed difficulty")
            return
        }
        #expect(chain.branchCount == 3 && chain.networkBits == 0x207F_FFFF)
        #expect(difficulty.description == "0.25")
        #expect(configuration.port == 3333)
        #expect(configuration.notifyInterval == .milliseconds(500))
        #expect(configuration.cleanInterval == nil)
        #expect(configuration.versionMask == 0xE000)
        #expect(configuration.extranonce1Size == 2 && configuration.extranonce2Size == 8)
        #expect(configuration.authorizedUsers == ["alice", "bob"])
        #expect(configuration.misbehaviour == MisbehaviourOrder(.silent, afterMessages: 4))
        #expect(options.endpointFile == "/tmp/e" && options.statisticsFile == "/tmp/s")
        #expect(options.takesCommands && options.isQuiet)
    }

    @Test func variableDifficultyStartsWhereTheJobsSuit() throws {
        guard
            case .variable(let settings) = try options("--jobs", "recorded", "--vardiff", "0.5").configuration
                .difficulty
        else {
            Issue.record("expected a variable difficulty")
            return
        }
        #expect(settings.sharesPerSecond == 0.5 && settings.start.description == "8192")
    }

    @Test(arguments: [
        (["--port", "70000"], "--port: found 70000, expected a number 0 to 65535"),
        (["--port"], "--port: found nothing, expected a value"),
        (["--prot", "1"], "--prot: found it, expected a flag that --help lists"),
        (["--jobs", "real"], "--jobs: found real, expected synthetic, recorded or block-881423"),
        (["--difficulty", "0"], "--difficulty: found 0, expected a number above 0, such as 8192 or 0.001"),
        (["--vardiff", "-1"], "--vardiff: found -1, expected shares a second, 0.001 to 10000"),
        (["--notify-interval", "soon"], "--notify-interval: found soon, expected seconds, 0.001 to 86400"),
        (["--mask", "xyz"], "--mask: found xyz, expected up to eight hexadecimal digits"),
        (["--misbehave", "bad"], "--misbehave: found bad, expected a misbehaviour that the help text lists"),
        (
            ["--jobs", "recorded", "--extranonce2-size", "8"],
            "extranonce2 size of a recorded session: found 8, expected 4–4"
        ),
    ])
    func errorsNameFlagFindingAndExpectation(arguments: [String], message: String) {
        let error = #expect(throws: OptionError.self) { try Options(arguments: arguments) }
        #expect(error?.description == message)
    }

    @Test func helpListsEveryFlagAndMisbehaviour() throws {
        #expect(try Options(arguments: ["--port", "x", "--help"]) == nil)
        for word in ["--extranonce2-size N", "--control", "silent-after-notify", "reject-all[=FORM]"] {
            #expect(Options.help.contains(word))
        }
    }

    @Test func commandsAreRead() throws {
        #expect(
            try Command(line: "misbehave torn-lines=5@2 7")
                == .misbehave(.init(.tornLines(.milliseconds(5)), afterMessages: 2), client: 7))
        #expect(try Command(line: "behave") == .misbehave(nil, client: nil))
        #expect(try Command(line: "behave 2") == .misbehave(nil, client: 2))
        #expect(try Command(line: "difficulty 0.5") == .difficulty(try #require(ShareDifficulty("0.5"))))
        #expect(try Command(line: "job") == .job(newBlock: false))
        #expect(try Command(line: "block") == .job(newBlock: true))
        #expect(try Command(line: "stats") == .statistics)
        #expect(try Command(line: "shares") == .shares)
        #expect(try Command(line: "stop") == .stop)
    }

    @Test(arguments: [
        "", "misbehave", "misbehave x", "behave you", "behave 0", "difficulty", "difficulty -3", "stop now",
    ])
    func whatIsNoCommandIsRefused(line: String) {
        #expect(throws: CommandError.self) { try Command(line: line) }
    }
}
