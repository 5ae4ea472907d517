import Foundation
import Testing

@testable import LoopbackPool

/// The pool as miners see it, over TCP.
@Suite struct LoopbackPoolTests {
    @Test func theRecordedShareIsAcceptedOverTheWire() throws {
        let (pool, port) = try startedPool()
        let miner = try #require(try SocketMiner(port: port))
        let lines = try miner.handshake()
        #expect(lines[0].contains(#""version-rolling.mask":"1fffe000""#))
        #expect(lines[1].contains(#""4128064f",4]"#))
        #expect(lines[3].contains(#""method":"mining.set_difficulty","params":[8192]"#))
        #expect(lines[4].contains(#""method":"mining.notify","params":["875b4b7","6b6455fd"#))
        miner.send(SocketMiner.submit)
        #expect(miner.line() == accepted)
        #expect(pool.acceptedShares.map(\.difficulty) == [29588.013979792577])
        #expect(pool.statistics.total.bestDifficulty == 29588.013979792577)
        #expect(pool.receivedLines.map(\.text).last == SocketMiner.submit)
        pool.stop()
        #expect(miner.line() == nil && miner.isClosed)
    }

    @Test func severalClientsAreCountedApart() throws {
        let (pool, port) = try startedPool(.synthetic(SyntheticChain())) { $0.difficulty = .fixed(anything) }
        defer { pool.stop() }
        let miners = try (0..<5).map { _ in try #require(try SocketMiner(port: port)) }
        for (index, miner) in miners.enumerated() {
            let job = try #require(try member("params", of: miner.handshake().last) as? [Any])
            let (id, time) = (try #require(job[0] as? String), try #require(job[7] as? String))
            for nonce in 0...index {
                let parameters = #""user.worker","\#(id)","00000000","\#(time)","0000000\#(nonce)""#
                miner.send(#"{"id":11,"method":"mining.submit","params":[\#(parameters)]}"#)
                #expect(miner.line() == accepted)
            }
        }
        let statistics = pool.statistics
        #expect(statistics.clients.map(\.shares.accepted) == [1, 2, 3, 4, 5])
        #expect(Set(statistics.clients.map(\.extranonce1)).count == 5)
        #expect(statistics.total.accepted == 15)
        #expect(statistics.clients.allSatisfy { $0.agent == "test/1.0" && $0.workers == ["user.worker"] })
    }

    @Test func difficultyFollowsAFastMiner() throws {
        var settings = VariableDifficulty.Settings(sharesPerSecond: 1, start: anything)
        settings.minimum = anything.value
        let (pool, port) = try startedPool(.synthetic(SyntheticChain())) { $0.difficulty = .variable(settings) }
        defer { pool.stop() }
        let miner = try #require(try SocketMiner(port: port))
        let job = try #require(try member("params", of: miner.handshake().last) as? [Any])
        let (id, time) = (try #require(job[0] as? String), try #require(job[7] as? String))
        for nonce in 10..<30 {
            let parameters = #""user.worker","\#(id)","00000000","\#(time)","000000\#(nonce)""#
            miner.send(#"{"id":11,"method":"mining.submit","params":[\#(parameters)]}"#)
            #expect(miner.line() == accepted)
        }
        // Twenty shares at once, where five were wanted in as many seconds: the largest step, sixteen-fold.
        #expect(miner.line() == #"{"id":null,"method":"mining.set_difficulty","params":[0.0000000016]}"#)
        #expect(pool.statistics.clients.first?.difficulty == 1.6e-9)
    }

    @Test func newJobsReachAllMiners() throws {
        let (pool, port) = try startedPool(.synthetic(SyntheticChain())) { $0.notifyInterval = .milliseconds(50) }
        defer { pool.stop() }
        let miner = try #require(try SocketMiner(port: port))
        try miner.handshake()
        for _ in 0..<3 { #expect(try #require(miner.line()).hasSuffix(#",false]}"#)) }
        pool.announceJob(newBlock: true)
        #expect((0..<20).contains { _ in miner.line()?.hasSuffix(",true]}") == true })
        pool.announce(try #require(ShareDifficulty("12.5")))
        #expect((0..<20).contains { _ in miner.line()?.contains(#"difficulty","params":[12.5]"#) == true })
    }

    @Test func aPoolThatComesBackKeepsItsPortAndSessions() throws {
        let (pool, port) = try startedPool()
        let first = try #require(try SocketMiner(port: port))
        let subscribed = try first.handshake()[1]
        let session = try #require(subscribed.split(separator: "\"").first { $0.hasPrefix("session-") })
        pool.stop()
        #expect(first.line() == nil && first.isClosed)
        #expect(try SocketMiner(port: port) == nil)
        #expect(try pool.start() == port)
        let second = try #require(try SocketMiner(port: port))
        second.send(#"{"id":2,"method":"mining.subscribe","params":["test/1.0","\#(session)"]}"#)
        #expect(try #require(second.line()).contains(#""4128064f",4]"#))
        #expect(pool.statistics.connections == 2)
        pool.stop()
    }

    @Test func startingTwiceIsRefused() throws {
        let (pool, port) = try startedPool()
        defer { pool.stop() }
        #expect(throws: LoopbackPoolError.alreadyRunning) { try pool.start() }
        var configuration = try PoolConfiguration(jobs: .recorded)
        configuration.port = port
        let second = try LoopbackPool(configuration)
        let inUse = LoopbackPoolError.system("bind to 127.0.0.1:\(port)", errno: EADDRINUSE)
        #expect(throws: inUse) { try second.start() }
    }

    @Test func settingsThatMakeNoSenseAreNamed() throws {
        func message(_ jobs: JobSource, _ change: (inout PoolConfiguration) -> Void) throws -> String? {
            var configuration = try PoolConfiguration(jobs: jobs)
            change(&configuration)
            let error = #expect(throws: PoolConfigurationError.self) { try configuration.validate() }
            return error?.description
        }
        #expect(
            try message(.recorded) { $0.extranonce2Size = 8 }
                == "extranonce2 size of a recorded session 8: expected 4–4")
        let synthetic = JobSource.synthetic(SyntheticChain())
        #expect(try message(synthetic) { $0.extranonce2Size = 17 } == "extranonce2 size 17: expected 1–16")
        #expect(
            try message(synthetic) { $0.notifyInterval = .zero }
                == "notify interval 0.0 seconds: expected at least 1 ms")
        var chain = SyntheticChain()
        chain.networkBits = 0
        #expect(try message(.synthetic(chain)) { _ in } == "network bits 00000000: expected a compact target")
    }

    /// In a process of its own, so that other tests do not disturb the count.
    @Test func nothingIsLeftAfterStop() async {
        await #expect(processExitsWith: .success) {
            func count(_ directory: String) -> Int {
                // The listing needs a descriptor itself, each time.
                (try? FileManager.default.contentsOfDirectory(atPath: directory))?.count ?? -1
            }
            func round() throws {
                let (pool, port) = try startedPool()
                let miners = try (0..<10).map { _ in try #require(try SocketMiner(port: port)) }
                for miner in miners { try miner.handshake() }
                pool.set(.stopReading, for: 1)
                pool.set(.refuseConnections)
                miners[0].send(SocketMiner.submit)
                pool.stop()
                pool.stop()
                for miner in miners { _ = miner.rest() }
            }
            try round()
            let (descriptors, threads) = (count("/proc/self/fd"), count("/proc/self/task"))
            for _ in 0..<5 { try round() }
            precondition(count("/proc/self/fd") == descriptors, "file descriptors are left open")
            precondition(count("/proc/self/task") == threads, "threads are left running")
        }
    }
}
