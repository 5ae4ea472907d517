import Base
import Rig
import Stratum

// The agent has types of the same names.
import struct LoopbackPool.PoolConfiguration
import struct LoopbackPool.PoolStatistics

@testable import LoopbackPool

/// The agent's supervisor and the loopback pool's rules, joined by simulated wires in simulated time. Every nonce is a
/// share, and one is found every half second while there is something to mine.
final class SimulatedRig {
    /// From one end of a wire to the other.
    static let latency = Duration.milliseconds(10)
    static let shareInterval = Duration.milliseconds(500)

    let pools: [PoolCore]
    private(set) var now = SimulatedRig.start
    private(set) var events: [String] = []
    /// Shares handed to the supervisor.
    private(set) var found: UInt64 = 0
    /// Connections asked for, by pool.
    private(set) var dialled: [Int] = []

    private static let start = Instant(nanoseconds: 1_000_000_000)
    private static let hosts = ["eu.first.example", "eu.second.example", "us.first.example"]

    private struct Wire {
        let connection: PoolGroup.Connection
        let pool: Int
        var client: ClientID?
        /// Bytes that a pool that does not read has not taken.
        var unread: [UInt8] = []
        var isOpenForMiner = true
    }

    private enum Arrival {
        case connecting, established, refused
        case toMiner([UInt8])
        case toPool([UInt8])
        case closedByPool, closedByMiner
    }

    private var supervisor: Supervisor
    private var wires: [Wire] = []
    /// In order of time, since the latency is always the same.
    private var arrivals: [(at: Instant, connection: PoolGroup.Connection, what: Arrival)] = []
    private(set) var task: HashTask?
    private var nextNonce: UInt32 = 0
    private var nextShare = SimulatedRig.start

    /// - Parameters:
    ///   - poolCount: pools in the agent's list, the first and the second. The third is there, but not in the list.
    init(
        poolCount: Int = 1, seed: UInt64 = 1, _ change: (inout PoolConfiguration) -> Void = { _ in }
    ) throws {
        var chain = SyntheticChain()
        chain.branchCount = 1
        var configuration = try PoolConfiguration(
            jobs: .synthetic(chain), difficulty: ShareDifficulty("0.0000000001"))
        configuration.notifyInterval = .seconds(5)
        configuration.cleanInterval = nil
        change(&configuration)
        pools = Self.hosts.map { _ in PoolCore(configuration, now: Self.start, time: 1_750_000_000) }
        let entries = Self.hosts.prefix(poolCount).map { #"{"url":"stratum+tcp://\#($0):3333","user":"user.worker"}"# }
        let settings = try Configuration.read(
            file: "pools.json", bytes: Array(#"{"pools":[\#(entries.joined(separator: ","))]}"#.utf8))
        supervisor = Supervisor(settings, agent: "test/1", workerCount: 1, seed: seed, now: now)
        perform(supervisor.handle(.tick, now: now))
    }

    var status: RigStatus { supervisor.status }
    /// Which pool is mined at, by its place in the list.
    var minedAt: Int? {
        guard case .mining(let address) = status.pool else { return nil }
        return Self.hosts.firstIndex { address == "\($0):3333" }
    }
    var isHashing: Bool { task != nil }
    var elapsed: Duration { now - Self.start }
    /// The pool's side of the open connections to a pool, the latest last.
    func clients(_ pool: Int) -> [ClientID] { pools[pool].clients.keys.sorted() }
    func statistics(_ pool: Int) -> PoolStatistics { pools[pool].statistics(now: now) }

    // MARK: Time

    /// Lets time pass, with everything that is due in it.
    func run(_ duration: Duration) {
        run(within: duration) { false }
    }

    /// Lets time pass until `condition`; false when that did not come within `limit`.
    @discardableResult
    func run(within limit: Duration, until condition: () -> Bool) -> Bool {
        let end = now + limit
        while !condition() {
            guard let next = nextInstant, next <= end else {
                now = end
                return condition()
            }
            now = max(now, next)
            step()
        }
        return true
    }

    /// The worker reports a share that it has found in `task`, which may have been replaced meanwhile.
    func find(in task: HashTask) {
        found += 1
        let report = HashReport.candidate(worker: 0, workID: task.workID, nonce: nextNonce)
        nextNonce &+= 1
        perform(supervisor.handle(.report(report), now: now))
    }

    /// The agent is told to stop.
    func stop() {
        run(within: .seconds(1)) { !supervisor.awaitsReplies }
        perform(supervisor.stop(now: now))
    }

    private var nextInstant: Instant? {
        var instants = [arrivals.first?.at, supervisor.deadline, task == nil ? nil : nextShare]
        instants += pools.map(\.deadline)
        instants += wires.map { wire in wire.client.flatMap { pools[wire.pool].outputDue(for: $0) } }
        return instants.compactMap(\.self).min()
    }

    private func step() {
        if let arrival = arrivals.first, arrival.at <= now {
            arrivals.removeFirst()
            deliver(arrival.what, arrival.connection)
        } else if let deadline = supervisor.deadline, deadline <= now {
            perform(supervisor.handle(.tick, now: now))
        } else if let task, nextShare <= now {
            nextShare = now + Self.shareInterval
            // At any other difficulty than the one set up here there is nothing to be found.
            if task.topLimit == .max { find(in: task) }
        }
        for pool in pools where pool.deadline <= now { pool.tick(now: now) }
        for index in wires.indices { servePool(index) }
        wires.removeAll { !$0.isOpenForMiner && $0.client == nil }
    }

    // MARK: The pool's side

    /// Takes what the pool has to say, and what waits for a pool that did not read.
    private func servePool(_ index: Int) {
        let wire = wires[index]
        guard let client = wire.client else { return }
        let core = pools[wire.pool]
        if !wire.unread.isEmpty, core.reads(client) {
            core.receive(wire.unread, from: client, now: now)
            wires[index].unread = []
        }
        while case let bytes = core.output(for: client, now: now), !bytes.isEmpty {
            core.wrote(bytes.count, to: client, now: now)
            send(.toMiner(Array(bytes)), wire.connection)
        }
        if core.isFinished(client) {
            core.disconnect(client, reason: "finished", now: now)
            wires[index].client = nil
            send(.closedByPool, wire.connection)
        }
    }

    private func send(_ what: Arrival, _ connection: PoolGroup.Connection) {
        arrivals.append((now + Self.latency, connection, what))
    }

    private func deliver(_ what: Arrival, _ connection: PoolGroup.Connection) {
        guard let index = wires.firstIndex(where: { $0.connection == connection }) else { return }
        let wire = wires[index]
        let core = pools[wire.pool]
        switch what {
        case .connecting:
            let client = core.acceptsConnections ? core.connect(now: now) : nil
            wires[index].client = client
            send(client == nil ? .refused : .established, connection)
        case .toPool(let bytes): wires[index].unread += bytes
        case .closedByMiner:
            guard let client = wire.client else { return }
            core.disconnect(client, reason: "closed by the miner", now: now)
            wires[index].client = nil
        case .established where wire.isOpenForMiner: perform(supervisor.handle(.connected(connection), now: now))
        case .toMiner(let bytes) where wire.isOpenForMiner:
            perform(supervisor.handle(.received(bytes, connection), now: now))
        case .closedByPool where wire.isOpenForMiner, .refused where wire.isOpenForMiner:
            wires[index].isOpenForMiner = false
            perform(supervisor.handle(.closed(connection), now: now))
        case .established, .toMiner, .closedByPool, .refused: break
        }
    }

    // MARK: The agent's side

    private func perform(_ actions: [Supervisor.Action]) {
        for action in actions {
            switch action {
            case .connect(let connection, let endpoint):
                let host = String(decoding: endpoint.host, as: UTF8.self)
                guard let pool = Self.hosts.firstIndex(of: host) else {
                    events.append("FORBIDDEN: connection to \(host)")
                    continue
                }
                dialled.append(pool)
                wires.append(Wire(connection: connection, pool: pool))
                send(.connecting, connection)
            case .send(let connection, let bytes): send(.toPool(bytes), connection)
            case .close(let connection):
                for index in wires.indices where wires[index].connection == connection {
                    wires[index].isOpenForMiner = false
                }
                send(.closedByMiner, connection)
            case .order(_, .replace(let task)): self.task = task
            case .order(_, .append(let next)): task = task ?? next
            case .order(_, .idle), .order(_, .stop): task = nil
            // This rig hashes on the processor only.
            case .board, .hasWork: break
            case .event(let event): events.append("\(elapsed) \(event.source): \(event.text)")
            }
        }
    }
}
