import TestSupport
import Testing

/// Each kind of mistake in a board or configuration file, and the one line that says how to mend it.
@Suite struct FileComplaintTests {
    static let board = #"{"schema": 1, "name": "quiet", "chains": [{"kind": "cpu", "workers": 1}]}"#

    private func expect(_ flag: String, _ cases: [(text: String, complaint: String)]) throws {
        let folder = try TemporaryFolder()
        var words = ["check"]
        var expected: [String] = []
        for (index, (text, complaint)) in cases.enumerated() {
            let path = try folder.write("\(index).json", text)
            words += [flag, path]
            expected.append("ballastd: \(path):\(complaint)")
        }
        let said = try Conclusion(of: words)
        #expect(said.code == 1 && said.output.isEmpty)
        #expect(said.errors.count == expected.count)
        for (line, wanted) in zip(said.errors, expected) { #expect(line == wanted) }
    }

    @Test func configurations() throws {
        let pool = #""url": "stratum+tcp://pool.example:3333", "user": "u""#
        let nine = Array(repeating: "{\(pool)}", count: 9).joined(separator: ",")
        try expect(
            "--config",
            [
                ("", "1:1: the text ends inside a value"),
                ("[]", "1:1: expected an object, found an array"),
                (#"{"name": "rig"} x"#, "1:17: expected the end of the text, found 'x'"),
                (#"{"name": 7}"#, "1:10: name: found 7; expected a name of 1 to 32 letters, digits and hyphens"),
                (
                    #"{"name": "rig 7"}"#,
                    "1:10: name: found \"rig 7\"; expected a name of 1 to 32 letters, digits and hyphens"
                ),
                (
                    "{\n  \"pools\": [\n    {\"user\": \"u\"}\n  ]\n}",
                    "3:5: pools[0]: key \"url\" is missing"
                ),
                (
                    #"{"pools": [{"url": "http://pool.example", "user": "u"}]}"#,
                    "1:20: pools[0].url: found \"http://pool.example\"; expected a pool address stratum+tcp://HOST:PORT"
                ),
                (
                    #"{"pools": [{\#(pool)}, {"url": "stratum+tcp://b.example:1", "user": ""}]}"#,
                    "1:114: pools[1].user: found \"\"; expected an account name of 1 to 128 bytes"
                ),
                (#"{"pools": [\#(nine)]}"#, "1:455: pools: more than 8 elements; expected at most 8"),
                (
                    #"{"mining": {"suggest_difficulty": 0}}"#,
                    "1:35: mining.suggest_difficulty: found 0; expected a positive difficulty, for example 0.001"
                ),
                (
                    #"{"mining": {"suggest_difficulty": -1}}"#,
                    "1:35: mining.suggest_difficulty: found -1; expected a positive difficulty, for example 0.001"
                ),
                (
                    #"{"mining": {"silence_seconds": 9}}"#,
                    "1:32: mining.silence_seconds: found 9; expected a whole number from 10 to 3600 seconds"
                ),
                (
                    #"{"cpu": {"workers": "some"}}"#,
                    "1:21: cpu.workers: found \"some\"; expected \"all\""
                ),
                (
                    #"{"cpu": {"workers": 0}}"#,
                    "1:21: cpu.workers: found 0; expected a whole number from 1 to 256 threads, or \"all\""
                ),
                (
                    #"{"cpu": {"duty_percent": 100.5}}"#,
                    "1:26: cpu.duty_percent: found 100.5; expected a whole number from 1 to 100 %"
                ),
                (
                    #"{"log": {"level": "loud"}}"#,
                    "1:19: log.level: found \"loud\"; expected \"alert\" or \"error\" or \"warning\" or \"notice\" or \"info\" or \"debug\""
                ),
                (
                    #"{"log": {"file_bytes": 1e99}}"#,
                    "1:24: log.file_bytes: found 1e99; expected a whole number from 4096 to 100000000 bytes"
                ),
                (#"{"log": {"files": []}}"#, "1:19: log.files: found []; expected a whole number from 1 to 20"),
                (#"{"log": {"flies": 3}}"#, "1:10: log: unknown key \"flies\"; did you mean \"files\"?"),
                (#"{"name": "a", "name": "b"}"#, "1:15: this key appears twice in one object"),
            ])
    }

    @Test func boards() throws {
        func board(_ chain: String) -> String { #"{"schema": 1, "name": "b", "chains": [\#(chain)]}"# }
        try expect(
            "--board",
            [
                ("{}", "1:1: key \"schema\" is missing"),
                (#"{"schema": 2}"#, "1:12: schema: found 2; expected a whole number from 1 to 1"),
                (
                    #"{"schema": 1, "name": ""}"#,
                    "1:23: name: found \"\"; expected a name of 1 to 32 letters, digits and hyphens"
                ),
                (
                    #"{"schema": 1, "name": "b", "chains": []}"#,
                    "1:38: chains: an empty list; expected at least one chain"
                ),
                (
                    board(#"{"kind": "gpu"}"#),
                    "1:48: chains[0].kind: found \"gpu\"; expected \"cpu\" or \"bm1362\" or \"bm1366\" or \"bm1368\" or \"bm1370\" or \"bm1397\" or \"a1\" or \"t1\""
                ),
                (board(#"{"workers": 1}"#), "1:39: chains[0]: key \"kind\" is missing"),
                (
                    board(#"{"kind": "cpu", "nice": 20}"#),
                    "1:63: chains[0].nice: found 20; expected a whole number from 0 to 19"
                ),
                (board(#"{"kind": "cpu", "pinned": 1}"#), "1:65: chains[0].pinned: found 1; expected true or false"),
                (
                    board(#"{"kind": "cpu", "dutypercent": 5}"#),
                    "1:55: chains[0]: unknown key \"dutypercent\"; did you mean \"duty_percent\"?"
                ),
            ])
    }
}
