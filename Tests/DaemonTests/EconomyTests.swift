import Foundation
import TestSupport
import Testing

/// The real program follows a surplus meter, reads prices and keeps accounts.
@Suite struct EconomyTests {
    static func start(_ bench: ProcessBench, _ power: String) throws -> ChildProcess {
        let file = try bench.folder.write("rig.json", #"{"log": {"level": "debug"}, "power": \#(power)}"#)
        let daemon = try ChildProcess(
            "ballastd",
            ["run", "--board", SimulatedRigTests.board("sim-s19"), "--config", file, "--state", bench.state]
                + bench.poolFlags)
        try daemon.waitForLine(containing: "mining here", within: 60)
        return daemon
    }

    /// Off before the meter has said anything, on as far as there is something left over, off when it falls silent.
    @Test func theSurplusIsFollowedAndAccountsAreKept() throws {
        let bench = try ProcessBench()
        let daemon = try Self.start(
            bench,
            """
            {"minimum_off_seconds": 0, "minimum_on_seconds": 0, "sats_per_petahash_day": 50000, "surplus":
             {"reserve_watts": 0, "deadband_watts": 0, "ramp_up_watts_per_second": 2000, "start_after_seconds": 0,
              "stale_seconds": 3}}
            """)
        let endpoints = try JSONDecoder().decode(
            [String: UInt16].self, from: Data(try bench.folder.read("state/endpoints.json").utf8))
        let meter = try FeedClient(port: try #require(endpoints["surplus"]))
        #expect(!daemon.lines.contains { $0.text.contains("to powering") })
        for _ in 0..<8 { try meter.send("1800.5\n", pausing: 0.5) }
        try daemon.waitForLine(containing: "at most 1.84 kW, because of surplus", within: 20)
        try daemon.waitForLine(containing: "to powering", within: 20)
        meter.close()
        try daemon.waitForLine(containing: "surplus has fallen silent", within: 20)
        try daemon.waitForLine(containing: "may use off, because of surplus", within: 20)
        try GridResponseTests.end(daemon)
        let accounts = try bench.folder.read("state/energy.json")
        #expect(accounts.contains(#""absorbed":{"ms":"#) && accounts.contains("estimated_mwh"), "\(accounts)")
        #expect(!accounts.contains(#""absorbed":{"ms":0,"#), "\(accounts)")
    }

    /// A price that is too high limits the rig; a file that cannot be used is named once and changes nothing.
    @Test func pricesLimitTheRig() throws {
        let bench = try ProcessBench()
        let now = Int(Date().timeIntervalSince1970)
        _ = try bench.folder.write(
            "prices.json", #"{"prices": [{"from": \#(now - 60), "until": \#(now + 3600), "per_kwh": 0.31}]}"#)
        let daemon = try Self.start(
            bench,
            #"{"price_file": "prices.json", "schedule": {"prices": [{"from_per_kwh": 0.2, "limit": "off"}]}}"#)
        try daemon.waitForLine(containing: "schedule asks for off", within: 20)
        try GridResponseTests.end(daemon)
        _ = try bench.folder.write("prices.json", #"{"prices": 7}"#)
        let second = try Self.start(bench, #"{"price_file": "prices.json"}"#)
        try second.waitForLine(containing: "prices stay as they were known: ", within: 20)
        try GridResponseTests.end(second)
    }
}
