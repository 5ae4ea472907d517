import Base
import Buses
import Grid
import Testing

@testable import Rig

@Suite struct RelayTests {
    /// A line that remembers what was written, and can do something in the middle of a write.
    final class Line: OutputLine {
        var state: Bool
        var writes: [Bool] = []
        var fault: BusFault?
        /// Runs once, before or after the next write of `true` reaches the line.
        var beforeOn: (() -> Void)?
        var afterOn: (() -> Void)?

        init(_ state: Bool) { self.state = state }

        func set(_ active: Bool) throws(BusFault) {
            if let fault { throw fault }
            if active, let action = beforeOn {
                beforeOn = nil
                action()
            }
            state = active
            writes.append(active)
            if active, let action = afterOn {
                afterOn = nil
                action()
            }
        }

        func isActive() throws(BusFault) -> Bool { state }
    }

    struct Lines {
        let inhibit = Inhibit()
        let reset = Line(false)
        let enable = Line(true)
        let supply = Line(true)
        let guards: [GuardedLine]
        let relay: RelayLines

        init() {
            let name = BusName(.gpio, 0)
            guards = [
                GuardedLine(supply, stage: .supplyOff, isOffWhenActive: false, inhibit: inhibit, name: name),
                GuardedLine(enable, stage: .boardsDisabled, isOffWhenActive: false, inhibit: inhibit, name: name),
                GuardedLine(reset, stage: .chipsInReset, isOffWhenActive: true, inhibit: inhibit, name: name),
            ]
            relay = RelayLines(guards, inhibit: inhibit)
        }

        var enableGuard: GuardedLine { guards[1] }
        var isOff: Bool { reset.state && !enable.state && !supply.state }

        func takeOff() -> (RelayEvent, BusFault?) {
            var event = RelayEvent(
                kind: .off, number: 0, edge: Instant(nanoseconds: 0), frequency: nil, read: Instant(nanoseconds: 0),
                decided: Instant(nanoseconds: 0))
            var time: UInt64 = 0
            let fault = relay.takeOff(&event) {
                time += 1
                return Instant(nanoseconds: time)
            }
            return (event, fault)
        }
    }

    @Test func theWayOffHasItsOrderWhateverTheOrderOfTheLines() {
        let lines = Lines()
        let (event, fault) = lines.takeOff()
        #expect(fault == nil)
        #expect(lines.isOff)
        #expect(event.chipsInReset == Instant(nanoseconds: 1))
        #expect(event.boardsDisabled == Instant(nanoseconds: 2))
        #expect(event.supplyOff == Instant(nanoseconds: 3))
    }

    @Test func aLineThatFailsKeepsNoOtherWaiting() {
        let lines = Lines()
        lines.enable.fault = BusFault(.unplugged, bus: BusName(.gpio, 0), operation: "set")
        let (event, fault) = lines.takeOff()
        #expect(fault?.kind == .unplugged)
        #expect(lines.reset.state && !lines.supply.state)
        #expect(event.boardsDisabled == nil)
        lines.enable.fault = nil
        #expect(lines.relay.takeOffAgain() == nil)
        #expect(lines.isOff)
    }

    @Test func theArbiterHearsOfItAfterwardsAsAClaimWithItsStages() throws {
        let lines = Lines()
        let (event, _) = lines.takeOff()
        var bench = PowerBench()
        for input in event.inputs { bench.handle(input) }
        #expect(bench.arbiter.setpoint.isOff)
        #expect(bench.source == .frequency)
        let record = try #require(bench.arbiter.records.first { $0.key == RelayEvent.key })
        #expect(record.start == event.decided)
        #expect(record.time(of: .chipsInReset) == event.chipsInReset)
        #expect(record.time(of: .supplyOff) == event.supplyOff)
        #expect(record.time(of: .bookkeeping) == nil)
        var back = event
        back.kind = .letGo
        for input in back.inputs { bench.handle(input) }
        #expect(bench.arbiter.setpoint.isOff, "the arbiter's way back is a gentle one")
        bench.run(.seconds(900))
        #expect(bench.watts == 3000)
    }

    // MARK: The race

    func isRefused(_ line: GuardedLine, _ active: Bool) -> Bool {
        do {
            try line.set(active)
            return false
        } catch {
            return error.kind == .writeRefused
        }
    }

    @Test func onIsRefusedWhileTheRelayKeepsLoadOffAndOffNever() {
        let lines = Lines()
        _ = lines.takeOff()
        #expect(isRefused(lines.enableGuard, true))
        #expect(isRefused(lines.guards[2], false), "letting go of reset is on, too")
        #expect(!isRefused(lines.enableGuard, false))
        #expect(lines.isOff)
        lines.relay.letGo()
        #expect(lines.isOff, "the relay switches nothing on")
        #expect(!isRefused(lines.enableGuard, true))
        #expect(lines.enable.state)
    }

    /// The relay comes at every point of somebody else's way through the guard; the line is off at the end of each.
    @Test func wheneverTheRelayComesTheLineEndsOff() {
        let before = Lines()
        before.enable.state = false
        before.enable.beforeOn = { _ = before.takeOff() }
        #expect(isRefused(before.enableGuard, true), "between the question and the write")
        #expect(before.isOff)

        let after = Lines()
        after.enable.state = false
        after.enable.afterOn = { _ = after.takeOff() }
        #expect(isRefused(after.enableGuard, true), "between the write and the second question")
        #expect(after.isOff)

        let late = Lines()
        #expect(!isRefused(late.enableGuard, true))
        _ = late.takeOff()
        #expect(late.isOff)
    }

    // MARK: The judge

    /// Edges of a steady or moving frequency, in exact arithmetic of nanoseconds.
    struct Mains {
        var time = 1e9
        var sequence: UInt32 = 0

        mutating func edge(_ hertz: Double) -> Edge {
            time += 5e8 / hertz
            sequence += 1
            return Edge(
                sequence % 2 == 0 ? .toActive : .toInactive, at: Instant(nanoseconds: UInt64(time)), sequence: sequence)
        }
    }

    func judge() -> UnderFrequencyJudge {
        UnderFrequencyJudge(
            .init(trip: Microhertz(49_700_000), release: Microhertz(49_900_000), releaseAfter: .seconds(1)),
            estimator: .init(nominal: Millihertz(50_000)))
    }

    @Test func tripsBelowTheThresholdAndLetsGoWhenTheFrequencyIsBack() {
        var core = RelayCore(judge(), now: Instant(nanoseconds: 0))
        var mains = Mains()
        var actions: [(Double, RelayCore<UnderFrequencyJudge>.Action)] = []
        func play(_ edges: Int, _ hertz: (Int) -> Double) {
            for index in 0..<edges {
                let action = core.take(mains.edge(hertz(index)))
                if action != .none { actions.append((mains.time, action)) }
            }
        }
        play(200) { _ in 50 }
        #expect(actions.map(\.1) == [.sighted])
        // 1 Hz/s for 0.4 s, through 49.7 Hz after 0.3 s.
        let begin = mains.time
        play(40) { 50 - Double($0) * 0.01 }
        play(20) { _ in 49.6 }
        #expect(actions.map(\.1) == [.sighted, .takeOff])
        #expect(core.isOff)
        if let off = actions.last?.0 { #expect(off - begin > 0.3e9 && off - begin < 0.39e9) }
        play(100) { _ in 49.85 }
        #expect(core.isOff)
        play(90) { _ in 49.95 }
        #expect(core.isOff, "not yet for long enough")
        play(100) { _ in 49.95 }
        #expect(!core.isOff)
        #expect(actions.last?.1 == .letGo)
    }

    @Test func aPhaseJumpDoesNotTrip() {
        var core = RelayCore(judge(), now: Instant(nanoseconds: 0))
        var mains = Mains()
        for _ in 0..<200 { _ = core.take(mains.edge(50)) }
        // 10° later: half a millisecond, a dip to 49.6 Hz for who looks at 100 ms.
        mains.time += 555_556
        for _ in 0..<200 { #expect(core.take(mains.edge(50)) != .takeOff) }
    }

    @Test func whatCannotBeSeenChangesNothing() {
        var core = RelayCore(judge(), now: Instant(nanoseconds: 0))
        var mains = Mains()
        for _ in 0..<200 { _ = core.take(mains.edge(50)) }
        for _ in 0..<60 { _ = core.take(mains.edge(49.5)) }
        #expect(core.isOff)
        var actions: [RelayCore<UnderFrequencyJudge>.Action] = []
        for step in 1...100 as ClosedRange<UInt64> {
            actions.append(core.check(now: Instant(nanoseconds: UInt64(mains.time) + step * 50_000_000)))
        }
        #expect(actions.filter { $0 != .none } == [.blind])
        #expect(core.isOff)
    }

    /// In the middle of an event the agent is restarted: load stays off before the first edge, and comes back by the rules.
    @Test func afterARestartItIsOffUntilTheFrequencyHasBeenBack() {
        var settings = UnderFrequencyJudge.Settings(
            trip: Microhertz(49_700_000), release: Microhertz(49_900_000), releaseAfter: .seconds(1))
        settings.minimumHold = .seconds(5)
        let judge = UnderFrequencyJudge(settings, estimator: .init(nominal: Millihertz(50_000)), isOff: true)
        var core = RelayCore(judge, now: Instant(nanoseconds: 0))
        #expect(core.isOff)
        var mains = Mains()
        var actions: [(Double, RelayCore<UnderFrequencyJudge>.Action)] = []
        let begin = mains.time
        for _ in 0..<700 {
            let action = core.take(mains.edge(50))
            if action != .none { actions.append((mains.time - begin, action)) }
        }
        #expect(actions.map(\.1).filter { $0 != .sighted } == [.letGo])
        #expect(!core.isOff)
        if let back = actions.last?.0 { #expect(back > 5e9 && back < 5.1e9, "the minimum hold counts") }
    }

    @Test func withoutThresholdsItOnlyMeasures() throws {
        var judge = UnderFrequencyJudge(nil, estimator: .init(nominal: Millihertz(50_000)), isOff: true)
        #expect(!judge.isOff)
        var mains = Mains()
        for _ in 0..<200 { #expect(!judge.take(mains.edge(48)).isOff) }
        let frequency = try #require(judge.reading?.slow?.frequency)
        #expect(abs(frequency.value - 48_000_000) < 1000)
    }

    /// Behind a full-wave rectifier every edge has one direction; some do not come.
    @Test func edgesBehindARectifierAreHalfCycles() throws {
        var judge = UnderFrequencyJudge(nil, estimator: .init(nominal: Millihertz(50_000)), isRectified: true)
        var mains = Mains()
        for index in 0..<400 {
            var edge = mains.edge(49.9)
            edge.direction = .toActive
            // Positive and negative half cycles of 9.9 and 10.14 ms, as behind a threshold off zero.
            if index % 2 == 0 { edge.at = edge.at + .microseconds(120) }
            if index % 97 != 96 { _ = judge.take(edge) }
        }
        let frequency = try #require(judge.reading?.slow?.frequency)
        #expect(abs(frequency.value - 49_900_000) < 1000)
        #expect(judge.reading?.condition == .valid)
    }
}
