import Base
import LoopbackPool
import Mining
import Platform
import SHA256
import Stratum
import Testing

@testable import Daemon

/// Recorded pool sessions, mined again through real sockets: the product's connection, protocol, work and search, against a
/// pool that checks with code of its own.
@Suite struct ReplayTests {
    /// Where a recorded share was found.
    struct Recording: Sendable {
        var jobs: JobSource
        /// The bytes of extranonce2 as a little-endian number.
        var extranonce2: UInt64
        var versionBits: UInt32
        var nonce: UInt32
        var isBlock: Bool
    }

    static let recordings = [
        Recording(
            jobs: .block881423, extranonce2: 0xADF1_0C22, versionBits: 0x0E59_6000, nonce: 0xFF05_FB02, isBlock: true),
        Recording(
            jobs: .recorded, extranonce2: 0x0000_0017, versionBits: 0x00B4_4000, nonce: 0x7552_034C, isBlock: false),
    ]

    @Test(arguments: recordings, ScanKernel.runnable.indices)
    func isFoundAndAccepted(recording: Recording, kernel: Int) throws {
        let pool = try LoopbackPool(PoolConfiguration(jobs: recording.jobs))
        defer { pool.stop() }
        let miner = try Miner(port: try pool.start())

        let assignment = try miner.awaitWork()
        let found = try search(assignment, recording, ScanKernel.runnable[kernel])
        #expect(found.isBlock == recording.isBlock)
        try miner.deliver(found.share, of: assignment)

        let share = try #require(pool.acceptedShares.first)
        #expect(pool.acceptedShares.count == 1)
        #expect(share.isBlock == recording.isBlock)
        #expect(pool.statistics.total.blocksFound == (recording.isBlock ? 1 : 0))
        if recording.isBlock {
            #expect(
                Hex.encode(share.hash.reversed())
                    == Array("0000000000000000000269d52c24ea451225613aab095d90d771d4e29aa96cdd".utf8))
        } else {
            #expect(abs(share.difficulty - 29588.013979792577) < 1e-6)
        }
    }

    /// Searches a window around the recorded nonce with the kernel, and judges what it finds.
    private func search(
        _ assignment: Assignment, _ recording: Recording, _ kernel: ScanKernel
    ) throws -> (share: Share, isBlock: Bool) {
        let granted = try #require(assignment.versionMask)
        let template = try WorkTemplate(
            job: assignment.job, extranonce: assignment.extranonce, versionMask: VersionMask(granted: granted),
            difficulty: assignment.difficulty, generation: assignment.generation)
        var source = WorkSource(template, receivedAt: Clock.now, firstExtranonce2: recording.extranonce2)
        let work = try source.nextVersionSpace(now: Clock.now)
        let header = work.header(for: Solution(nonce: 0, versionBits: recording.versionBits))
        let block = ScanBlock(midstate: header.midstate, tail: (header.tail.root, header.tail.time, header.tail.bits))
        var hits = NonceHits()
        let window: UInt64 = 4096
        let searched = kernel.scan(
            block, from: recording.nonce - 3001, count: window, topLimit: work.searchTarget.top32, into: &hits)
        #expect(searched == window)
        var check = ShareCheck(shareTarget: template.shareTarget)
        for index in 0..<hits.count {
            let solution = Solution(nonce: hits[index], versionBits: recording.versionBits)
            switch check.check(solution, of: work, ticket: .max) {
            case .block(let share): return (share, true)
            case .share(let share): return (share, false)
            case .hardwareError, .belowPool, .duplicate: continue
            }
        }
        throw NothingFound()
    }

    struct NothingFound: Error {}
}

/// The product's side of a session, on a reactor of its own, with the pool group's decisions carried out one by one.
private final class Miner {
    private struct TimeLimit: Error {}

    private var reactor: Reactor
    private var pools: PoolGroup
    private var connection: PoolConnection?
    private let address: SocketAddress
    private var assignments: [Assignment] = []
    private var outcomes: [Bool] = []

    init(port: UInt16) throws {
        reactor = try Reactor()
        address = .internet(try #require(IPAddress(Array("127.0.0.1".utf8))), port: port)
        pools = PoolGroup(
            [
                Session.Settings(
                    endpoint: Endpoint(host: "127.0.0.1".utf8, port: port), user: "user.worker".utf8,
                    password: "x".utf8,
                    agent: "ballast/test".utf8)
            ], seed: 1)
        perform(pools.tick(now: Clock.now))
    }

    func awaitWork() throws -> Assignment {
        try run { !assignments.isEmpty }
        return try #require(assignments.last)
    }

    /// Submits the share and waits until the pool has taken it.
    func deliver(_ share: Share, of assignment: Assignment) throws {
        perform(
            pools.submit(
                Submission(
                    id: 1, generation: share.generation,
                    extranonce2: (0..<share.extranonce2.size).map { share.extranonce2[$0] }, time: share.time,
                    nonce: share.nonce, versionBits: share.versionBits, difficulty: share.hash.difficulty),
                now: Clock.now))
        try run { !outcomes.isEmpty }
        #expect(outcomes == [true])
    }

    private func run(until isDone: () -> Bool) throws {
        let limit = Clock.now + .seconds(20)
        var events: [Reactor.Event] = []
        while !isDone() {
            guard Clock.now < limit else { throw TimeLimit() }
            try reactor.wait(until: min(limit, pools.deadline ?? limit), into: &events)
            if let connection {
                for event in events { tell(connection.handle(event.readiness, reactor), connection.id) }
            }
            perform(pools.tick(now: Clock.now))
        }
    }

    private func tell(_ news: [PoolConnection.News], _ id: PoolGroup.Connection) {
        for item in news {
            switch item {
            case .established: perform(pools.connected(id, now: Clock.now))
            case .received(let bytes): perform(pools.received(bytes, on: id, now: Clock.now))
            case .ended: perform(pools.closed(id, now: Clock.now))
            }
        }
    }

    private func perform(_ actions: [PoolGroup.Action]) {
        for action in actions {
            switch action {
            case .connect(let id, _):
                let connection = PoolConnection(id, token: .init(rawValue: 9))
                self.connection = connection
                tell(connection.connect(to: [address], reactor), id)
            case .send(let id, let bytes):
                if let connection { tell(connection.send(bytes, reactor), id) }
            case .close: connection = nil
            case .work(_, let assignment): assignments.append(assignment)
            case .accepted: outcomes.append(true)
            case .rejected, .lost: outcomes.append(false)
            case .idle, .log: break
            }
        }
    }
}
