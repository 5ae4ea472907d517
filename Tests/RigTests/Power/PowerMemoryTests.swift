import Base
import Buses
import Testing

@testable import Rig

@Suite struct PowerMemoryTests {
    /// What the bench's arbiter would find after a restart.
    func restart(_ bench: PowerBench, _ start: PowerStart, downFor down: Duration, clockStartsAnew: Bool) throws
        -> PowerBench
    {
        let json = bench.arbiter.memory(now: bench.now).json
        let memory = try PowerMemory.read(file: "power.json", bytes: json)
        let now = clockStartsAnew ? Instant(nanoseconds: 20_000_000_000) : bench.now + down
        return PowerBench(seed: 7, start: start, memory: memory, now: now)
    }

    @Test func everythingSurvivesTheRoundTrip() throws {
        var bench = PowerBench()
        bench.claim(.frequency, .off, slot: 1)
        bench.claim(.remote, .power(.watts(2000)), for: .seconds(240)) { $0.deadline = $0.start + .seconds(2) }
        bench.claim(.schedule, .permille(500), after: .seconds(90))
        bench.claim(.surplus, .permille(700), .atLeast)
        bench.run(.seconds(30))
        let memory = bench.arbiter.memory(now: bench.now)
        let read = try PowerMemory.read(file: "power.json", bytes: memory.json)
        #expect(read.claims.count == 4)
        var expected = memory
        for index in expected.claims.indices where expected.claims[index].expiresIn != nil {
            expected.claims[index].expiresIn? += .milliseconds(1)
        }
        #expect(read == expected)
    }

    @Test(arguments: [PowerStart.restarted, .powerReturned])
    func anEventGoesOnAfterARestart(start: PowerStart) throws {
        var before = PowerBench()
        before.claim(.remote, .off, for: .seconds(900)) { $0.failPolicy = .release }
        before.run(.seconds(300))
        var after = try restart(before, start, downFor: .seconds(60), clockStartsAnew: start == .powerReturned)
        #expect(after.arbiter.setpoint.isOff)
        #expect(after.source == .remote)
        after.run(.seconds(599))
        #expect(after.arbiter.setpoint.isOff)
        after.run(.seconds(2 + 480 + 210))
        #expect(after.watts == 3000)
    }

    @Test func aManualStopSurvivesEverything() throws {
        var bench = PowerBench()
        bench.claim(.technician, .off)
        for start in [PowerStart.restarted, .powerReturned, .fresh] {
            bench = try restart(bench, start, downFor: .seconds(5), clockStartsAnew: true)
            bench.run(.seconds(100_000))
            #expect(bench.arbiter.setpoint.isOff)
        }
    }

    @Test func aWishForMoreDoesNotSurvive() throws {
        var before = PowerBench(PowerBench.settings { $0.target = .permille(400) })
        before.claim(.frequency, .permille(1000), .atLeast) { $0.rise = .following }
        #expect(before.watts == 3000)
        let memory = try PowerMemory.read(file: "power.json", bytes: before.arbiter.memory(now: before.now).json)
        var after = PowerBench(
            PowerBench.settings { $0.target = .permille(400) }, start: .restarted, memory: memory, now: before.now)
        after.run(.seconds(3600))
        #expect(after.watts == 1200)
    }

    @Test func aRestartOnTheWayUpKeepsTheHerdApart() throws {
        var before = PowerBench()
        before.claim(.frequency, .off)
        before.run(.seconds(600))
        before.release(.frequency)
        var after = try restart(before, .restarted, downFor: .seconds(5), clockStartsAnew: false)
        #expect(after.arbiter.setpoint.isOff)
        after.run(.seconds(1))
        #expect(after.arbiter.setpoint.isOff)
        after.run(.seconds(480 + 210))
        #expect(after.watts == 3000)
    }

    @Test func startsAreCountedAcrossRestarts() throws {
        let settings = PowerBench.settings { $0.cyclesPerDay = 3 }
        var bench = PowerBench(settings)
        for _ in 0..<2 {
            let memory = try PowerMemory.read(file: "power.json", bytes: bench.arbiter.memory(now: bench.now).json)
            bench = PowerBench(settings, start: .restarted, memory: memory, now: bench.now + .seconds(5))
            bench.run(.seconds(600))
            #expect(!bench.arbiter.setpoint.isOff)
        }
        let memory = try PowerMemory.read(file: "power.json", bytes: bench.arbiter.memory(now: bench.now).json)
        bench = PowerBench(settings, start: .restarted, memory: memory, now: bench.now + .seconds(5))
        bench.run(.seconds(600))
        #expect(bench.arbiter.setpoint.isOff, "a crash loop does not wear the power supply out")
        #expect(bench.arbiter.startsUsedUp(now: bench.now) != nil)
    }

    @Test(arguments: [
        ("", "power.json:1:1: the text ends inside a value"),
        (#"{"schema":2}"#, "power.json:1:11: schema: found 2; expected a whole number from 1 to 1"),
        (#"{"schema":1}"#, #"power.json:1:1: key "is_held" is missing"#),
        (
            #"{"schema":1,"is_held":true,"rise":"soon"}"#,
            #"power.json:1:35: rise: found "soon"; expected "following" or "staged" or "jittered""#
        ),
        (
            #"{"schema":1,"off_for_ms":-1}"#,
            "power.json:1:26: off_for_ms: found -1; expected a whole number from 0 to 315360000000 ms"
        ),
    ])
    func refusesWhatItDidNotWrite(text: String, message: String) {
        do {
            _ = try PowerMemory.read(file: "power.json", bytes: Array(text.utf8))
            Issue.record("was taken")
        } catch {
            #expect(error.message == message)
        }
    }
}
