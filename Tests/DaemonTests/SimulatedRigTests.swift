import Foundation
import TestSupport
import Testing

/// The real program on simulated rigs: chips that hash, behind buses that take their time, in a rig that heats and cools.
@Suite struct SimulatedRigTests {
    static func board(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Boards/\(name).json").path
    }

    /// The chips of each rig find some shares a second of this difficulty; every one of them is judged by the pool.
    @Test(arguments: ["sim-s19", "sim-bitaxe", "sim-a1", "sim-t1"])
    func simulatedChipsMineAcceptedShares(name: String) throws {
        let bench = try ProcessBench(difficulty: "0.00002")
        let daemon = try ChildProcess(
            "ballastd", ["run", "--board", Self.board(name), "--state", bench.state] + bench.poolFlags)
        try daemon.waitForLine(containing: "SIMULATED: buses, chips, heat and power are models")
        // 126 chips are given their addresses one after the other, as on a real board.
        try bench.waitForShares(10, from: daemon, within: 300)
        daemon.send(signal: SIGTERM)
        // The fans go on until everything is cool; a second signal does not wait for that.
        try daemon.waitForLine(containing: "boards are off, fans cool them down")
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(bench.pool.statistics.total.rejectedTotal == 0)
        let log = daemon.lines.map(\.text)
        #expect(log.contains { $0.contains(": hashing") })
        #expect(!log.contains { $0.contains(" error ") || $0.contains(" alert ") }, "\(log)")
    }

    @Test func whatNobodyHasVerifiedIsNamedAndLeftAlone() throws {
        let folder = try TemporaryFolder()
        let board = Self.board("antminer-s19-zynq")
        let said = try Conclusion(of: ["check", "--board", board])
        #expect(said.code == 0)
        #expect(
            said.output.contains(
                "\(board): lines.psu_enable is untouched until confirmed: DCENT_OS says active high, hashsource_antminer_x19 active low: measure first"
            ))
        let confirmed = try folder.write("confirmed.json", #"{"confirm": ["lines.psu_enable", "i2c.psu"]}"#)
        let after = try Conclusion(of: ["check", "--board", board, "--config", confirmed])
        #expect(after.code == 0 && !after.output.contains { $0.contains("untouched") })
        let wrong = try folder.write("wrong.json", #"{"confirm": ["lines.psu_enabel"]}"#)
        let complaint =
            #"ballastd: \#(wrong):1:14: confirm[0]: found "lines.psu_enabel"; expected something unverified of board antminer-s19-zynq: did you mean "lines.psu_enable"?"#
        for words in [["check", "--board", board, "--config", wrong], ["run", "--board", board, "--config", wrong]] {
            let refused = try Conclusion(of: words)
            #expect(refused.code == 1 && refused.errors == [complaint])
        }
    }
}
