import Foundation
import TestSupport
import Testing

/// The daemon under a service manager, played by the test.
@Suite struct ServiceManagerTests {
    /// The socket that a service manager listens on.
    final class Listener {
        let path: String
        private let descriptor: Int32

        init(path: String) throws {
            self.path = path
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(descriptor >= 0 && bound == 0)
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// The next message; nil when none comes for a long time.
        func next() -> String? {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
        }

        /// Takes messages until `wanted`; those before it.
        func messages(before wanted: String) throws -> [String] {
            var messages: [String] = []
            while messages.count < 100 {
                guard let message = next() else { break }
                if message == wanted { return messages }
                messages.append(message)
            }
            throw Missing(wanted: wanted, messages: messages)
        }

        struct Missing: Error {
            let wanted: String
            let messages: [String]
        }
    }

    @Test func isToldOfTheStartOfLifeAndOfTheEnd() throws {
        let bench = try ProcessBench()
        let listener = try Listener(path: bench.folder.path("notify"))
        let daemon = try bench.start(environment: ["NOTIFY_SOCKET": listener.path, "WATCHDOG_USEC": "4000000"])
        #expect(listener.next() == "READY=1")
        #expect(try listener.messages(before: "WATCHDOG=1").allSatisfy { $0.hasPrefix("STATUS=") })
        #expect(try listener.messages(before: "WATCHDOG=1").allSatisfy { $0.hasPrefix("STATUS=") })
        try daemon.waitForLine(containing: "first share accepted")
        daemon.send(signal: SIGTERM)
        _ = try listener.messages(before: "STOPPING=1")
        #expect(try daemon.waitForExit() == 0)
        #expect(daemon.lines.count > 4)
        for line in daemon.lines {
            #expect(line.stream == .error)
            #expect(line.text.wholeMatch(of: #/<[1-7]>[a-z0-9 .:]+: .+/#) != nil, "\(line.text)")
        }
    }

    /// A service manager that restarts must not take the rig down with it.
    @Test func mayVanishWithoutStoppingTheRig() throws {
        let bench = try ProcessBench()
        var listener: Listener? = try Listener(path: bench.folder.path("notify"))
        let daemon = try bench.start(
            "--state", bench.state, environment: ["NOTIFY_SOCKET": bench.folder.path("notify")])
        #expect(listener?.next() == "READY=1")
        listener = nil
        try FileManager.default.removeItem(atPath: bench.folder.path("notify"))
        let line = try daemon.waitForLine(containing: "service manager")
        #expect(line.text.hasPrefix("<4>rig: the service manager cannot be told: send: "))
        try bench.waitForShares(3, from: daemon)
        daemon.send(signal: SIGTERM)
        #expect(try daemon.waitForExit() == 0)
        #expect(daemon.lines.filter { $0.text.contains("service manager") }.count == 1)
        #expect(try SavedTotals(in: bench.folder).accepted >= 1)
    }

    @Test(arguments: ["/nowhere/notify", "vsock:2:1234", ""])
    func thatCannotBeReachedIsNamedAndMiningGoesOn(path: String) throws {
        let bench = try ProcessBench()
        let daemon = try bench.start(environment: ["NOTIFY_SOCKET": path])
        try daemon.waitForLine(containing: "rig: the service manager cannot be reached: ")
        try bench.waitForShares(1, from: daemon)
    }
}
