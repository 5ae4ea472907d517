import Foundation
import Testing

@testable import LoopbackPool

/// The executable as scripts use it.
@Suite struct ProgramTests {
    /// A running `ballast-pool` with pipes on its standard streams.
    private struct Program {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        let errors = Pipe()

        init(_ arguments: [String]) throws {
            // The executable is built next to the tests.
            let tests = URL(
                fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            process.executableURL = tests.deletingLastPathComponent().appending(path: "ballast-pool")
            process.arguments = arguments
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        /// The next line on standard output.
        func line() -> String {
            var bytes: [UInt8] = []
            while let byte = output.fileHandleForReading.readData(ofLength: 1).first, byte != 0x0A {
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        func command(_ text: String) -> String {
            input.fileHandleForWriting.write(Data((text + "\n").utf8))
            return line()
        }

        func port() throws -> UInt16 {
            let line = line()
            try #require(line.hasPrefix("listening on 127.0.0.1:"))
            return try #require(UInt16(line.split(separator: ":")[1]))
        }

        /// Waits for the end; returns the exit code and what was written on standard error.
        func finish() -> (code: Int32, errors: String) {
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
    }

    @Test func aScriptDrivesItByCommands() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (endpoint, statistics) = (folder.appending(path: "endpoint"), folder.appending(path: "stats.json"))
        let program = try Program([
            "--jobs", "recorded", "--control", "--endpoint-file", endpoint.path, "--stats-json", statistics.path,
        ])
        let port = try program.port()
        let miner = try #require(try SocketMiner(port: port))
        try miner.handshake()
        miner.send(SocketMiner.submit)
        #expect(miner.line() == accepted)
        let total = try #require(try member("total", of: program.command("stats")) as? [String: Any])
        #expect(total["accepted"] as? Int == 1)
        #expect(
            program.command("shares").contains(
                #""hash":"fe27887d7a685806d8516ce9da43ea948638f7bc97e9accf0437020000000000""#))
        #expect(program.command("misbehave silent 1") == "ok")
        miner.send(SocketMiner.submit)
        #expect(miner.line(patience: .milliseconds(200)) == nil)
        #expect(program.command("misbehave silent 2") == "error: no client 2")
        #expect(program.command("dance").hasPrefix("error: command 'dance': expected misbehave"))
        #expect(try String(contentsOf: endpoint, encoding: .utf8) == "127.0.0.1:\(port)\n")
        #expect(program.command("stop") == "ok")
        let (code, errors) = program.finish()
        #expect(code == 0)
        #expect(errors.contains("client 1: accepted share of difficulty 29588.013979792577 for job 875b4b7"))
        let written = try String(contentsOf: statistics, encoding: .utf8)
        #expect((try member("total", of: written) as? [String: Any])?["accepted"] as? Int == 1)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalStopsIt(signal: Int32) throws {
        let program = try Program(["--quiet"])
        let miner = try #require(try SocketMiner(port: try program.port()))
        try miner.handshake()
        kill(program.process.processIdentifier, signal)
        let (code, errors) = program.finish()
        #expect(code == 0 && errors.isEmpty)
        #expect(program.process.terminationReason == .exit)
        #expect(miner.line() == nil && miner.isClosed)
    }

    @Test func exitCodesTellUsageFromFailure() throws {
        let (usage, message) = try Program(["--port", "many"]).finish()
        #expect(usage == 2)
        #expect(message == "ballast-pool: --port: found many, expected a number 0 to 65535\nTry --help.\n")
        let (pool, port) = try startedPool()
        defer { pool.stop() }
        let (failure, reason) = try Program(["--port", "\(port)"]).finish()
        #expect(failure == 1)
        #expect(reason == "ballast-pool: cannot bind to 127.0.0.1:\(port): Address already in use\n")
        let help = try Program(["--help"])
        #expect(help.line().hasPrefix("ballast-pool: a Stratum V1 pool on 127.0.0.1"))
        #expect(help.finish().code == 0)
    }
}
