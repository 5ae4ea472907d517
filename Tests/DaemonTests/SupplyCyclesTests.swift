import Foundation
import TestSupport
import Testing

/// The times that a supply may be switched on in a day, across the death of the agent.
@Suite struct SupplyCyclesTests {
    private static func start(_ bench: ProcessBench) throws -> ChildProcess {
        try ChildProcess(
            "ballastd",
            ["run", "--board", SimulatedRigTests.board("sim-s19"), "--state", bench.state] + bench.poolFlags)
    }

    /// The last of the day's 48 times is used, and the agent killed: its successor switches nothing on, and says why.
    @Test func aKilledAgentGivesNothingBack() throws {
        let bench = try ProcessBench()
        // A day ahead, so that midnight changes nothing: only a later day is a new one.
        let day = Int(Date().timeIntervalSince1970) / 86_400 + 1
        let counts = #"{"schema":1,"supplies":[{"total":900,"day":\#(day),"today":47}],"boards":[]}"#
        try FileManager.default.createDirectory(atPath: bench.state, withIntermediateDirectories: true)
        try bench.folder.write("state/cycles.json", counts)
        let first = try Self.start(bench)
        try first.waitForLine(containing: "supply psu is on", within: 120)
        first.send(signal: SIGKILL)
        _ = try? first.waitForExit()
        #expect(try bench.folder.read("state/cycles.json").contains(#""total":901,"day":\#(day),"today":48"#))

        let second = try Self.start(bench)
        try second.waitForLine(containing: "E311 SUPPLY1 CYCLES", within: 120)
        second.send(signal: SIGTERM)
        try second.waitForLine(containing: "boards are off")
        second.send(signal: SIGTERM)
        #expect(try second.waitForExit() == 0)
        #expect(!second.lines.contains { $0.text.contains("supply psu is on") })
        #expect(try bench.folder.read("state/cycles.json").contains(#""today":48"#))
    }
}
