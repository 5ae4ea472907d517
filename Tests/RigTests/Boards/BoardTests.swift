import Foundation
import Rig
import Testing

@Suite struct BoardTests {
    static let cpu = """
        {"schema": 1, "name": "cpu", "chains": [{"kind": "cpu", "workers": 2, "duty_percent": 50, "nice": 0, "pinned": false}]}
        """

    @Test func readsTheShippedCPUBoard() throws {
        let board = try BoardFiles.board("cpu")
        #expect(board.name == "cpu")
        #expect(board.chains == [.cpu(CPUChainDescription())])
    }

    @Test func readsEveryKey() throws {
        let board = try Board.read(file: "b.json", bytes: Array(Self.cpu.utf8))
        var chain = CPUChainDescription()
        chain.workers = .count(2)
        chain.dutyPercent = 50
        chain.nice = 0
        chain.isPinned = false
        #expect(board.chains == [.cpu(chain)])
    }

    @Test(arguments: [
        (
            #"{"schema": 2, "name": "a", "chains": []}"#,
            "b.json:1:12: schema: found 2; expected a whole number from 1 to 1"
        ),
        (#"{"schema": 1, "name": "a"}"#, #"b.json:1:1: key "chains" is missing"#),
        (
            #"{"schema": 1, "name": "a b", "chains": []}"#,
            #"b.json:1:23: name: found "a b"; expected a name of 1 to 32 letters, digits and hyphens"#
        ),
        (
            #"{"schema": 1, "name": "a", "chains": []}"#,
            "b.json:1:38: chains: an empty list; expected at least one chain"
        ),
        (#"{"schema": 1, "nam": "a", "chains": []}"#, #"b.json:1:15: unknown key "nam"; did you mean "name"?"#),
        (
            "{\"schema\": 1, \"name\": \"a\",\n \"chains\": [{\"kind\": \"gpu\"}]}",
            #"b.json:2:22: chains[0].kind: found "gpu"; expected "cpu" or "bm1362" or "bm1366" or "bm1368" or "bm1370" or "bm1397" or "a1" or "t1""#
        ),
        (
            #"{"schema": 1, "name": "a", "chains": [{"kind": "cpu", "workers": 0}]}"#,
            #"b.json:1:66: chains[0].workers: found 0; expected a whole number from 1 to 256 threads, or "all""#
        ),
        (
            #"{"schema": 1, "name": "a", "chains": [{"kind": "cpu", "pinned": "yes"}]}"#,
            #"b.json:1:65: chains[0].pinned: found "yes"; expected true or false"#
        ),
        (#"{"schema": 1, "schema": 1}"#, "b.json:1:15: this key appears twice in one object"),
        (#"["schema"]"#, "b.json:1:1: expected an object, found an array"),
        ("", "b.json:1:1: the text ends inside a value"),
        (
            #"{"schema": 1, "name": "a", "chains": [{"kind": "cpu"}]} x"#,
            "b.json:1:57: expected the end of the text, found 'x'"
        ),
    ])
    func complainsExactly(text: String, message: String) {
        #expect(BoardFiles.complaint(text) == message)
    }

    @Test func survivesTruncationAnywhere() {
        for length in 0..<Self.cpu.utf8.count - 1 {
            #expect(BoardFiles.complaint(String(Self.cpu.prefix(length))) != nil)
        }
        #expect(BoardFiles.complaint(Self.cpu) == nil)
    }
}
