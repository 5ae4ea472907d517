import Daemon
import Testing

@Suite struct InvocationTests {
    func message(_ words: String...) -> String? {
        do {
            _ = try Invocation.parse(words)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func readsTheContractsCommandLines() throws {
        #expect(
            try Invocation.parse([
                "run", "--board", "Boards/cpu.json", "--pool=stratum+tcp://127.0.0.1:3333", "--user", "a.b", "--state",
                "/tmp/s",
            ])
                == .run(
                    .init(
                        boardPath: "Boards/cpu.json", statePath: "/tmp/s",
                        pool: .init(url: "stratum+tcp://127.0.0.1:3333", user: "a.b", password: "x"))))
        #expect(
            try Invocation.parse(["check", "--board", "a", "--product", "p", "--board", "b", "--config", "c"])
                == .check(.init(boards: ["a", "b"], configurations: ["c"], products: ["p"])))
        #expect(try Invocation.parse(["version"]) == .version)
        #expect(try Invocation.parse(["--help"]) == .help)
    }

    @Test func saysWhatIsWrong() {
        #expect(message() == "no command given; expected run, check, twin, version or help")
        #expect(message("rnu") == "unknown command \"rnu\"; did you mean run?")
        #expect(message("run", "--bord", "x") == "run: unknown option \"--bord\"; did you mean --board?")
        #expect(message("run", "--board") == "run: --board needs a value")
        #expect(message("run")?.hasPrefix("run: --board FILE is missing") == true)
        #expect(message("run", "--board", "x", "--board", "y") == "run: --board is given twice")
        #expect(message("run", "--board", "x", "--pool", "p") == "run: --pool is given without --user NAME")
        #expect(message("run", "--board", "x", "--user", "p")?.contains("--pool") == true)
        #expect(message("check")?.hasPrefix("check: nothing to check") == true)
        #expect(message("version", "now") == "version: unexpected \"now\"; it takes no options")
    }
}
