import LoopbackPool
import TestSupport
import Testing

/// The real agent over real sockets. Deadlines that take longer than this suite may are kept in `SimulatedFaultTests`.
@Suite(.timeLimit(.minutes(5))) struct LiveFaultTests {
    /// One agent meets every fault that should not end a connection, one after the other.
    @Test func harmlessFaultsLeaveTheConnectionAndTheShares() async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig(difficulty: "0.00001")
            try await rig.waitForShares()
            let pool = rig.pools[0]
            for fault in Fault.whileMining where fault.whileMining != .outage {
                // It costs the reply that follows it, and with that the connection, half a minute later.
                if fault.text == "overlong-line" { continue }
                let (shares, jobs) = (settled(pool), pool.statistics.jobs)
                pool.set(try fault.order)
                pool.announce(rig.difficulty)
                pool.announceJob()
                try await rig.wait(for: "3 shares judged under \(fault.text)") {
                    settled(pool) >= shares + 3 && pool.statistics.jobs > jobs
                }
                pool.set(nil)
                try await rig.waitForShares(1)
            }
            pool.announceJob()
            try await rig.waitForShares()
            #expect(pool.statistics.connections == 1)
            try await rig.waitForDescriptorsAsAtStart()
            let counts = try await rig.stop()
            let total = pool.statistics.total
            #expect(counts.accepted + counts.rejected == total.accepted + total.rejectedTotal)
            // Shares whose version bits a new mask has just forbidden are the only ones not submitted.
            #expect(counts.stale == 0 && counts.lost <= 2, "\(counts)")
        }
    }

    private func settled(_ pool: LoopbackPool) -> Int {
        let total = pool.statistics.total
        return total.accepted + total.rejectedTotal
    }

    @Test func anOverlongLineCostsNoMoreThanTheReplyBehindIt() async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig()
            try await rig.waitForShares()
            rig.pools[0].set(.overlongLine(bytes: 1 << 20))
            try await rig.waitForShares(10)
            #expect(rig.pools[0].statistics.connections == 1)
            let counts = try await rig.stop()
            #expect(counts.stale == 0 && counts.rejected == 0 && counts.lost <= 1, "\(counts)")
        }
    }

    /// The pool keeps the session, so that all that was found meanwhile counts in the end. `wrong-ids` is left to simulated
    /// time: jobs come as before, and it takes 30 s until a share counts as unanswered.
    @Test(arguments: Fault.whileMining.filter { $0.whileMining == .outage && $0.text != "wrong-ids" })
    func anOutageWhileMiningIsRecoveredFrom(fault: Fault) async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig()
            try await rig.waitForShares()
            #expect(rig.pools[0].set(try fault.order, for: try rig.client()))
            try await rig.wait(for: "second connection") { rig.pools[0].statistics.connections >= 2 }
            try await rig.waitForShares()
            try await rig.waitForDescriptorsAsAtStart()
            let counts = try await rig.stop()
            #expect(counts.stale == 0 && counts.lost == 0, "\(counts) \(rig.transcript)")
        }
    }

    @Test(arguments: Fault.all) func aPoolThatIsLikeThatFromTheStart(fault: Fault) async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig(poolCount: 2, order: try fault.order)
            let pool = rig.pools[0]
            switch fault.fromTheStart {
            case .none: try await rig.waitForShares(3, at: 0)
            case .refusal:
                try await rig.wait(for: "a job") { (pool.statistics.clients.first?.notifiesSent ?? 0) > 1 }
                pool.set(nil)
                pool.announce(rig.difficulty)
                pool.announceJob()
                try await rig.waitForShares(3, at: 0)
            case .outage: try await rig.waitForShares(3, at: 1)
            }
            // What is not mined at goes away for good.
            rig.pools[fault.fromTheStart == .outage ? 0 : 1].stop()
            try await rig.waitForDescriptorsAsAtStart()
            _ = try await rig.stop()
        }
    }

    /// Mining comes back to a pool that was not there, or hung up, as soon as it works.
    @Test(arguments: ["refuse", "close-after=0", "close-after=100", "close-after=300"])
    func theFirstPoolIsReturnedTo(order: String) async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig(poolCount: 2, order: try MisbehaviourOrder(text: order))
            try await rig.waitForShares(3, at: 1)
            rig.pools[0].set(nil)
            try await rig.waitForShares(3, at: 0)
            try await rig.waitForDescriptorsAsAtStart()
            _ = try await rig.stop()
        }
    }

    /// A sample; every byte is tried in `SimulatedFaultTests`.
    @Test(arguments: [1, 40, 99, 100, 250, 400, 650, 870])
    func aConnectionThatBreaksInTheHandshakeIsMadeAnew(bytes: Int) async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig(order: MisbehaviourOrder(.closeAfter(bytes: bytes)))
            try await rig.wait(for: "broken handshake") { !rig.pools[0].statistics.departed.isEmpty }
            rig.pools[0].set(nil)
            try await rig.waitForShares()
            try await rig.waitForDescriptorsAsAtStart()
            let counts = try await rig.stop()
            #expect(counts.stale == 0 && counts.lost == 0, "\(counts)")
        }
    }

    @Test func aRedirectionToTheSameHostIsFollowed() async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig(poolCount: 2, listed: 1)
            try await rig.waitForShares()
            rig.pools[0].set(.reconnect(host: "127.0.0.1", port: rig.ports[1]))
            try await rig.waitForShares(3, at: 1)
            // The place it was sent to fails: back to the one that is in the configuration.
            rig.pools[0].set(nil)
            rig.pools[1].stop()
            try await rig.waitForShares(3, at: 0)
            try await rig.waitForDescriptorsAsAtStart()
            _ = try await rig.stop()
        }
    }

    /// More finds than can ever be submitted fill every queue on the way; the order to stop still takes effect.
    @Test func theAgentStopsThoughEveryHashIsAShare() async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig(difficulty: "0.0000000001", dutyPercent: 100)
            try await rig.waitForShares(20)
            let counts = try await rig.stop(within: 20)
            #expect(counts.lost > 0)
        }
    }

    @Test func theAgentStopsThoughThePoolIsSilentAndCountsWhatIsUnanswered() async throws {
        try await Turnstile.programs.pass {
            let rig = try await LiveRig()
            try await rig.waitForShares()
            rig.pools[0].set(.silent)
            try await rig.wait(for: "unanswered shares") {
                rig.pools[0].statistics.clients.contains { $0.linesIgnored >= 2 }
            }
            let counts = try await rig.stop(within: 20)
            #expect(counts.lost == rig.pools[0].statistics.departed.map(\.linesIgnored).reduce(0, +))
        }
    }
}
