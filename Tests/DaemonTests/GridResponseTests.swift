import Foundation
import TestSupport
import Testing

/// The real program on a simulated rig whose mains gets into trouble.
@Suite struct GridResponseTests {
    /// Starts the simulated S19 with a configuration and gives the process.
    static func start(_ bench: ProcessBench, _ configuration: String) throws -> ChildProcess {
        let file = try bench.folder.write("rig.json", configuration)
        let daemon = try ChildProcess(
            "ballastd",
            ["run", "--board", SimulatedRigTests.board("sim-s19"), "--config", file, "--state", bench.state]
                + bench.poolFlags)
        try daemon.waitForLine(containing: "the mains is seen", within: 60)
        return daemon
    }

    static func tell(_ bench: ProcessBench, _ command: String) throws {
        let said = try Conclusion(
            of: ["twin", "--state", bench.state] + command.split(separator: " ").map(String.init))
        #expect(said.code == 0, "\(said)")
    }

    static func end(_ daemon: ChildProcess) throws {
        daemon.send(signal: SIGTERM)
        try daemon.waitForLine(containing: "boards are off, fans cool them down")
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
    }

    static let relay =
        #"{"grid": {"relay": {"trip_hertz": 49.7, "release_hertz": 49.9, "release_seconds": 1}}, "#
        + #""power": {"minimum_off_seconds": 1, "restore": {"jitter_seconds": 0, "step_seconds": 1}}}"#

    /// The frequency falls through the relay's threshold and comes back: load is off, the event is on record, load returns.
    @Test func theRelayTakesLoadOffAndItComesBack() throws {
        let bench = try ProcessBench()
        let daemon = try Self.start(bench, Self.relay)
        try Self.tell(bench, "set frequency 49.5Hz 1Hz/s")
        let off = try daemon.waitForLine(containing: "alert relay: load is off: 49.6", within: 30).text
        #expect(off.contains("decided") && off.contains("resets") && off.contains("boards") && off.contains("supplies"))
        try daemon.waitForLine(containing: "frequency asks for off", within: 10)
        // So that the record shows the bottom, too.
        usleep(1_500_000)
        try Self.tell(bench, "set frequency 50Hz")
        try daemon.waitForLine(containing: "relay: lets go: the frequency is back at 50.0", within: 30)
        try daemon.waitForLine(containing: "the rig may use at most", within: 30)
        try Self.end(daemon)
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.state + "/events")
        let name = try #require(names.first { $0.hasPrefix("event-") && $0.hasSuffix(".csv") })
        let course = try bench.folder.read("state/events/\(name)")
        #expect(course.hasPrefix("t_s,f_hz,rocof_mhz_s,response_permille,power_w\n"))
        #expect(course.contains(",1000,") && course.contains(",49.5"))
    }

    /// The agent is killed in the middle of an event: its successor keeps load off until the frequency has been back for as
    /// long as the relay asks for.
    @Test func aRestartInMidEventKeepsLoadOff() throws {
        let bench = try ProcessBench()
        let long = Self.relay.replacingOccurrences(of: #""release_seconds": 1"#, with: #""release_seconds": 4"#)
        let first = try Self.start(bench, long)
        try Self.tell(bench, "set frequency 49.5Hz 1Hz/s")
        try first.waitForLine(containing: "alert relay: load is off", within: 30)
        try first.waitForLine(containing: "frequency asks for off", within: 10)
        first.send(signal: SIGKILL)
        _ = try first.waitForExit()
        let second = try Self.start(bench, long)
        try second.waitForLine(containing: "relay: lets go", within: 60)
        let lines = second.lines.map(\.text)
        let back = try #require(lines.firstIndex { $0.contains("relay: lets go") })
        #expect(!lines[..<back].contains { $0.contains("to powering") || $0.contains("is switching on") }, "\(lines)")
        try second.waitForLine(containing: "the rig may use at most", within: 30)
        try Self.end(second)
    }

    /// A product that is followed: what it asks for becomes the limit, and goes with the frequency.
    @Test func aProductLimitsTheRigWhileTheFrequencyIsLow() throws {
        let bench = try ProcessBench()
        let product = URL(filePath: SimulatedRigTests.board("products/nordic-fcr-n")).path
        let daemon = try Self.start(
            bench, #"{"log": {"level": "debug"}, "grid": {"products": [{"file": "\#(product)", "offer": "40%"}]}}"#)
        try Self.tell(bench, "set frequency 49.95Hz 0.2Hz/s")
        try daemon.waitForLine(containing: "Nordic FCR-N: asks to shed", within: 30)
        try daemon.waitForLine(containing: "because of frequency", within: 10)
        try Self.tell(bench, "set frequency 50Hz")
        try daemon.waitForLine(containing: "Nordic FCR-N: its response is over", within: 30)
        try Self.end(daemon)
    }

    /// A program feeds the frequency to a port that the agent has published; when it stops, the agent says so and holds.
    @Test func numbersCanBeFedToAPort() throws {
        let bench = try ProcessBench()
        let product = URL(filePath: SimulatedRigTests.board("products/gb-static-ffr-low")).path
        let file = try bench.folder.write(
            "rig.json", #"{"grid": {"source": {"kind": "feed"}, "products": [{"file": "\#(product)"}]}}"#)
        let daemon = try ChildProcess(
            "ballastd",
            ["run", "--board", SimulatedRigTests.board("sim-s19"), "--config", file, "--state", bench.state]
                + bench.poolFlags)
        try daemon.waitForLine(containing: "mining here", within: 60)
        let endpoints = try JSONDecoder().decode(
            [String: UInt16].self, from: Data(try bench.folder.read("state/endpoints.json").utf8))
        let feed = try FeedClient(port: try #require(endpoints["feed"]))
        for _ in 0..<10 { try feed.send("50.001 1.00\n", pausing: 0.1) }
        try daemon.waitForLine(containing: "the mains is seen: 50.00", within: 10)
        for _ in 0..<20 { try feed.send("49.55 0.99\n", pausing: 0.1) }
        try daemon.waitForLine(containing: "frequency asks for off", within: 10)
        feed.close()
        try daemon.waitForLine(containing: "cannot do its duty, the frequency is not known", within: 30)
        #expect(!daemon.lines.contains { $0.text.contains("its response is over") })
        try Self.end(daemon)
    }

    @Test func whatContradictsItselfIsRefusedBeforeAnythingIsDriven() throws {
        let folder = try TemporaryFolder()
        let board = SimulatedRigTests.board("sim-s19")
        let cases: [(String, String, String)] = [
            (
                SimulatedRigTests.board("cpu"), #"{"grid": {"relay": {"trip_hertz": 49.7, "release_hertz": 49.9}}}"#,
                "has no \"mains\" line"
            ),
            (
                board, #"{"grid": {"products": [{"file": "none.json"}]}}"#,
                "none.json: open: ENOENT (No such file or directory)"
            ),
            (
                board, #"{"grid": {"products": [{"file": "\#(SimulatedRigTests.board("products/ercot-rrs-ffr"))"}]}}"#,
                "is for 60 Hz; expected one for 50 Hz"
            ),
        ]
        for (board, text, complaint) in cases {
            let file = try folder.write("rig.json", text)
            let said = try Conclusion(of: ["run", "--board", board, "--config", file])
            #expect(said.code == 1)
            #expect(said.errors.count == 1 && said.errors[0].contains(complaint), "\(said)")
        }
    }
}

/// A program that feeds numbers, over a socket of its own.
final class FeedClient {
    private var descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .ECONNREFUSED) }
    }

    func send(_ text: String, pausing seconds: Double) throws {
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw POSIXError(.EPIPE) }
        usleep(UInt32(seconds * 1e6))
    }

    func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }

    deinit { close() }
}
