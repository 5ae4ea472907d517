import Foundation
import TestSupport
import Testing

/// Files are read to their ends before the rig is touched: where a simulated rig would be, nobody knocks.
@Suite struct UntouchedTests {
    /// A socket at which a simulated rig could be found: counts who comes, and answers nobody.
    final class Door {
        let path: String
        private let descriptor: Int32

        init(in folder: TemporaryFolder) throws {
            path = folder.path("rig.sock")
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0 && listen(descriptor, 64) == 0)
        }

        deinit { close(descriptor) }

        /// Connections since the last call; also those that have been given up by now.
        func visitors() -> Int {
            var count = 0
            while case let visitor = accept(descriptor, nil, nil), visitor >= 0 {
                close(visitor)
                count += 1
            }
            return count
        }
    }

    static let boards = ["sim-a1", "sim-bitaxe", "sim-s19", "sim-s21", "sim-t1"]

    private func text(_ board: String) throws -> String {
        try String(contentsOfFile: SimulatedRigTests.board(board), encoding: .utf8)
    }

    /// What comes of running a board file and a configuration, and how often the rig was asked for.
    private func run(_ board: String, _ configuration: String = "{}") throws -> (Conclusion, visitors: Int) {
        let folder = try TemporaryFolder()
        let door = try Door(in: folder)
        let said = try Conclusion(of: [
            "run", "--board", try folder.write("board.json", board), "--config",
            try folder.write("config.json", configuration), "--state", folder.path("state"), "--twin", door.path,
        ])
        return (said, door.visitors())
    }

    @Test(arguments: boards)
    func aBoardFileWithAnErrorInItsLastKeyMovesNothing(board: String) throws {
        let good = try text(board).trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(good.hasSuffix("}"))
        let (said, visitors) = try run(good.dropLast() + #", "mians": {}}"#)
        #expect(said.code == 1 && said.output.isEmpty && said.errors.count == 1)
        #expect(said.errors.first?.hasSuffix(#"unknown key "mians"; did you mean "mains"?"#) == true, "\(said)")
        #expect(visitors == 0)
    }

    @Test(arguments: [
        (#"{"name": "rig", "log": {"files": 0}}"#, "log.files: found 0; expected a whole number from 1 to 20"),
        (#"{"confirm": ["lines.nothing"]}"#, "lines.nothing"),
        (#"{"name": "rig", "#, "the text ends inside a value"),
    ])
    func aConfigurationWithAnErrorInItsLastKeyMovesNothing(configuration: String, complaint: String) throws {
        let (said, visitors) = try run(try text("sim-s19"), configuration)
        #expect(said.code == 1 && said.errors.contains { $0.contains(complaint) }, "\(said)")
        #expect(visitors == 0)
    }

    /// So that the tests above can fail: with good files the rig is asked for its lines at once.
    @Test func goodFilesLeadToTheRig() throws {
        let folder = try TemporaryFolder()
        let door = try Door(in: folder)
        let agent = try ChildProcess(
            "ballastd",
            [
                "run", "--board", SimulatedRigTests.board("sim-s19"), "--state", folder.path("state"), "--twin",
                door.path,
            ])
        let deadline = Date(timeIntervalSinceNow: 20)
        var visitors = 0
        while visitors == 0, Date() < deadline {
            usleep(20_000)
            visitors = door.visitors()
        }
        #expect(visitors > 0)
        agent.stop()
    }
}
