import Base
import Buses
import Grid
import Platform
import Rig
import Synchronization
import Testing
import Twin

@testable import Daemon

/// The relay with a thread of its own and a simulated mains in real time.
@Suite struct RelayThreadTests {
    /// A line that two threads may write, as the kernel's lines are.
    final class SharedLine: OutputLine, Sendable {
        let state = Atomic(true)

        func set(_ active: Bool) throws(BusFault) { state.store(active, ordering: .sequentiallyConsistent) }
        var isOn: Bool { state.load(ordering: .sequentiallyConsistent) }
        func isActive() throws(BusFault) -> Bool { state.load(ordering: .sequentiallyConsistent) }
    }

    static func lines(_ line: SharedLine) -> (GuardedLine, RelayLines) {
        let inhibit = Inhibit()
        let guarded = GuardedLine(
            line, stage: .boardsDisabled, isOffWhenActive: false, inhibit: inhibit, name: BusName(.gpio, 0))
        return (guarded, RelayLines([guarded], inhibit: inhibit))
    }

    /// Nobody takes the relay's events, and the one who should is busy for as long as the mains is in trouble; load is off
    /// all the same, stays off, and everything can be read afterwards.
    @Test func loadComesOffWhileEverybodyElseStandsStill() throws {
        let line = SharedLine()
        let (_, relayLines) = Self.lines(line)
        let script = MainsScript([.init(0, 50), .init(0.8, 50), .init(1.3, 49.5), .init(3, 49.5)])
        let feed = TwinFeed(script, distortion: MainsDistortion(), seed: 1, origin: Clock.now)
        let judge = UnderFrequencyJudge(
            .init(trip: Microhertz(49_700_000), release: Microhertz(49_900_000), releaseAfter: .seconds(1)),
            estimator: .init(nominal: Millihertz(50_000)))
        let relay = try RelayThread(feed: feed, judge: judge, lines: relayLines)
        let thread = try relay.start { _ in }
        // This thread stands for the supervisor: it is stopped.
        Thread.sleep(.milliseconds(2000))
        #expect(!line.isOn)
        #expect(relayLines.inhibit.isSet)
        relay.end()
        try thread.join()
        var kinds: [RelayEvent.Kind] = []
        var off: RelayEvent?
        relay.events.drain {
            kinds.append($0.kind)
            if $0.kind == .off { off = $0 }
        }
        #expect(kinds.contains(.off))
        let event = try #require(off)
        #expect(event.edge <= event.read && event.read <= event.decided)
        #expect(try #require(event.boardsDisabled) >= event.decided)
        #expect(try #require(event.frequency) < Microhertz(49_700_000))
    }

    /// A thread switches on as fast as it can while the relay takes off: after each round the line is off.
    @Test func nobodyWinsTheRaceAgainstTheRelay() throws {
        let line = SharedLine()
        let (guarded, relayLines) = Self.lines(line)
        do {
            let shared = Race(guarded: guarded)
            let thread = try Thread(.init(name: "eager")) {
                while !shared.isEnding.load(ordering: .relaxed) {
                    do throws(BusFault) {
                        try shared.guarded.set(true)
                        shared.granted.wrappingAdd(1, ordering: .relaxed)
                    } catch {}
                    shared.attempts.wrappingAdd(1, ordering: .sequentiallyConsistent)
                }
            }
            for round in 0..<500 {
                var event = RelayEvent(
                    kind: .off, number: 0, edge: Clock.now, frequency: nil, read: Clock.now, decided: Clock.now)
                _ = relayLines.takeOff(&event) { Clock.now }
                // Whatever was under way when the relay came is over after two more attempts; at most a second.
                let before = shared.attempts.load(ordering: .sequentiallyConsistent)
                let limit = Clock.now + .seconds(1)
                while shared.attempts.load(ordering: .sequentiallyConsistent) < before + 2, Clock.now < limit {
                    Thread.sleep(.microseconds(20))
                }
                #expect(!line.isOn, "round \(round)")
                relayLines.letGo()
                let grants = shared.granted.load(ordering: .relaxed)
                while shared.granted.load(ordering: .relaxed) == grants, Clock.now < limit {
                    Thread.sleep(.microseconds(20))
                }
            }
            shared.isEnding.store(true, ordering: .relaxed)
            try thread.join()
            let grants = shared.granted.load(ordering: .relaxed)
            #expect(grants > 0)
        }
    }

    final class Race: @unchecked Sendable {
        let guarded: GuardedLine
        let isEnding = Atomic(false)
        let attempts = Atomic<UInt64>(0)
        let granted = Atomic<UInt64>(0)

        init(guarded: GuardedLine) { self.guarded = guarded }
    }

    @Test func theRingLosesNothingItHasRoomForAndCountsTheRest() throws {
        let ring = try SingleProducerRing<Int>(capacity: 4)
        for number in 0..<6 { #expect(ring.push(number) == (number < 4)) }
        #expect(ring.refused == 2)
        var taken: [Int] = []
        ring.drain { taken.append($0) }
        #expect(taken == [0, 1, 2, 3])
        let descriptor = try ring.wakeup.descriptor.waitUntilReadable(deadline: Clock.now)
        #expect(!descriptor)
        // One thread pushes, this one takes: everything arrives, in order.
        let count = 50_000
        let thread = try Thread(.init(name: "producer")) {
            var next = 0
            while next < count { if ring.push(next) { next += 1 } else { Thread.sleep(.microseconds(10)) } }
        }
        var expected = 0
        var isOrdered = true
        let limit = Clock.now + .seconds(20)
        while expected < count, Clock.now < limit {
            guard let number = ring.take() else {
                Thread.sleep(.microseconds(10))
                continue
            }
            isOrdered = isOrdered && number == expected
            expected += 1
        }
        try thread.join()
        #expect(expected == count)
        #expect(isOrdered)
    }
}
