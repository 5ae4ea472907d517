import Foundation
import TestSupport
import Testing

/// What a script can rely on: exit codes, and what goes to which stream.
@Suite struct CommandLineContractTests {
    static let hint = "ballastd: try: ballastd help"

    @Test(arguments: [
        ([], "no command given; expected run, check, twin, version or help"),
        (["rnu"], "unknown command \"rnu\"; did you mean run?"),
        (["mine"], "unknown command \"mine\"; expected one of run, check, twin, version, help"),
        (["run"], "run: --board FILE is missing; it says which hardware to drive, for example --board Boards/cpu.json"),
        (["run", "--bord", "x"], "run: unknown option \"--bord\"; did you mean --board?"),
        (["run", "--board"], "run: --board needs a value"),
        (["run", "--board", "a", "--board", "b"], "run: --board is given twice"),
        (["run", "--board", "a", "--pool", "p"], "run: --pool is given without --user NAME"),
        (
            ["run", "--board", "a", "--password", "p"],
            "run: --user and --password go with --pool stratum+tcp://HOST:PORT, which is missing"
        ),
        (["check"], "check: nothing to check; expected --board FILE, --config FILE or --product FILE"),
        (["check", "rig.json"], "check: unknown option \"rig.json\"; expected one of --board, --config, --product"),
        (["version", "--json"], "version: unexpected \"--json\"; it takes no options"),
    ])
    func aWrongCommandLineIsUsageError(words: [String], message: String) throws {
        #expect(try Conclusion(of: words) == Conclusion(code: 2, errors: ["ballastd: \(message)", Self.hint]))
    }

    @Test(arguments: ["version", "--version"])
    func versionSaysWhatThisBuildIs(word: String) throws {
        let said = try Conclusion(of: [word])
        #expect(said.code == 0 && said.errors.isEmpty)
        #expect(
            try said.output.count == 1
                && #/ballast \d+\.\d+\.\d+ \((aarch64|armv7|x86_64)\)/#.wholeMatch(in: said.output[0]) != nil)
    }

    @Test(arguments: ["help", "--help", "-h"])
    func helpIsDataNotComplaint(word: String) throws {
        let said = try Conclusion(of: [word])
        #expect(said.code == 0 && said.errors.isEmpty)
        #expect(said.output.first?.hasPrefix("usage: ballastd run --board FILE") == true)
        for command in ["run", "check", "twin", "version", "help"] {
            #expect(said.output.contains { $0.contains("ballastd \(command)") })
        }
    }

    @Test func aFileThatCannotBeReadFails() throws {
        let folder = try TemporaryFolder()
        let (missing, board) = (folder.path("none.json"), try folder.write("board.json", FileComplaintTests.board))
        let huge = try folder.write("huge.json", String(repeating: " ", count: 1 << 20 | 1))
        let complaints = [
            (missing, "open: ENOENT (No such file or directory)"),
            (folder.url.path, "read: EISDIR (Is a directory)"),
            (huge, "read: EFBIG (File too large)"),
        ]
        for (path, reason) in complaints {
            let refusal = Conclusion(code: 1, errors: ["ballastd: \(path): \(reason)"])
            #expect(try Conclusion(of: ["run", "--board", path]) == refusal)
            #expect(try Conclusion(of: ["run", "--board", board, "--config", path]) == refusal)
            #expect(try Conclusion(of: ["check", "--board", path]) == refusal)
        }
    }

    @Test(arguments: [
        "pool.example:3333", "http://pool.example:3333", "stratum+tcp://pool.example", "stratum+tcp://:3333",
        "stratum+tcp://pool.example:0", "stratum+tcp://pool.example:65536", "stratum+ssl://pool.example:3333",
    ])
    func aPoolThatIsNoAddressIsUsageError(url: String) throws {
        let folder = try TemporaryFolder()
        let board = try folder.write("board.json", FileComplaintTests.board)
        let said = try Conclusion(of: ["run", "--board", board, "--pool", url, "--user", "u"])
        #expect(
            said
                == Conclusion(
                    code: 2,
                    errors: [
                        "ballastd: run: --pool: found \"\(url)\"; expected a pool address stratum+tcp://HOST:PORT"
                    ]))
    }

    /// The command line holds itself to what a configuration file may say.
    @Test func anAccountOnTheCommandLineIsCheckedLikeOneInAFile() throws {
        let folder = try TemporaryFolder()
        let board = try folder.write("board.json", FileComplaintTests.board)
        let long = String(repeating: "u", count: 129)
        let pool = ["run", "--board", board, "--pool", "stratum+tcp://127.0.0.1:1"]
        for user in ["", long, "a\nb"] {
            let said = try Conclusion(of: pool + ["--user", user])
            #expect(said.code == 2 && said.output.isEmpty && said.errors.count == 1)
            #expect(said.errors.first?.hasPrefix("ballastd: run: --user: ") == true)
            #expect(said.errors.first?.hasSuffix("expected an account name of 1 to 128 bytes") == true)
        }
        let said = try Conclusion(of: pool + ["--user", "u", "--password", long])
        #expect(said.code == 2)
        #expect(said.errors.first?.hasSuffix("expected a password of at most 128 bytes") == true)
    }

    @Test func aStateDirectoryThatCannotBeMadeFails() throws {
        let folder = try TemporaryFolder()
        let board = try folder.write("board.json", FileComplaintTests.board)
        let said = try Conclusion(of: ["run", "--board", board, "--state", "\(board)/state"])
        #expect(
            said == Conclusion(code: 1, errors: ["ballastd: \(board): mkdir: EEXIST (File exists)"]))
    }

    @Test func aBadFileIsRefusedBeforeAnythingIsTouched() throws {
        let folder = try TemporaryFolder()
        let bad = try folder.write("bad.json", #"{"schema": 1, "name": "x", "chains": [{"kind": "cpu", "nice": 20}]}"#)
        let said = try Conclusion(of: ["run", "--board", bad, "--state", folder.path("state")])
        let complaint = "\(bad):1:63: chains[0].nice: found 20; expected a whole number from 0 to 19"
        #expect(said == Conclusion(code: 1, errors: ["ballastd: \(complaint)"]))
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
    }

    /// The board files that are delivered, and the documents' example.
    @Test func whatIsDeliveredIsValid() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let boards = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Boards").path)
            .filter { $0.hasSuffix(".json") }.map { root.appending(path: "Boards/\($0)").path }
        #expect(!boards.isEmpty)
        let said = try Conclusion(of: ["check"] + boards.flatMap { ["--board", $0] })
        #expect(
            said.code == 0 && said.errors.isEmpty
                && said.output.filter { $0.hasSuffix(", valid") }.count == boards.count)
    }

    @Test func eachDeliveredProductIsValid() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Boards/products").standardized
        let products = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(products.count >= 25)
        let said = try Conclusion(of: ["check"] + products.flatMap { ["--product", folder.appending(path: $0).path] })
        #expect(said.code == 0 && said.errors.isEmpty && said.output.count == products.count)
        for (name, line) in zip(products, said.output) {
            #expect(line.contains("/\(name): product ") && line.hasSuffix(", valid"), "\(line)")
        }
    }

    @Test func aBadProductIsToldAmongGoodFiles() throws {
        let folder = try TemporaryFolder()
        let board = try folder.write("board.json", FileComplaintTests.board)
        let bad = try folder.write("bad.json", #"{"schema": 1, "nominal_hz": {"value": 55}}"#)
        let said = try Conclusion(of: ["check", "--product", bad, "--product", folder.path("none"), "--board", board])
        #expect(
            said
                == Conclusion(
                    code: 1, output: ["\(board): board quiet, 1 chain, valid"],
                    errors: [
                        "ballastd: \(bad):1:39: nominal_hz.value: found 55; expected 50 or 60 Hz",
                        "ballastd: \(folder.path("none")): open: ENOENT (No such file or directory)",
                    ]))
    }

    /// A script that sends data and errors to different places gets each of them whole.
    @Test func checkLooksAtEveryFileAndTellsDataFromComplaints() throws {
        let folder = try TemporaryFolder()
        let board = try folder.write("board.json", FileComplaintTests.board)
        let rig = try folder.write(
            "rig.json", #"{"name": "rig-07", "pools": [{"url": "stratum+tcp://pool.example:3333", "user": "u"}]}"#)
        let (empty, bad) = (try folder.write("empty.json", "{}"), try folder.write("bad.json", #"{"nmae": "x"}"#))
        let missing = folder.path("missing.json")
        let said = try Conclusion(of: [
            "check", "--board", missing, "--board", board, "--config=\(bad)", "--config", rig, "--config", empty,
        ])
        #expect(
            said
                == Conclusion(
                    code: 1,
                    output: [
                        "\(board): board quiet, 1 chain, valid", "\(rig): configuration of rig-07, 1 pool, valid",
                        "\(empty): configuration of rig, 0 pools, valid",
                    ],
                    errors: [
                        "ballastd: \(missing): open: ENOENT (No such file or directory)",
                        "ballastd: \(bad):1:2: unknown key \"nmae\"; did you mean \"name\"?",
                    ]))
        #expect(try Conclusion(of: ["check", "--board", board, "--config", rig]).code == 0)
    }
}
