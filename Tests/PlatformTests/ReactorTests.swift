import Base
import CLinux
import Testing

@testable import Platform

@Suite struct ReactorTests {
    private let first = Reactor.Token(rawValue: 1)
    private let second = Reactor.Token(rawValue: 2)

    @Test func readinessIsReportedUntilItIsDealtWith() throws {
        let pipe = try Pipe.open()
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        try reactor.register(pipe.readEnd, for: .readable, as: first)
        try reactor.register(pipe.writeEnd, for: .writable, as: second)
        try reactor.wait(until: nil, into: &events)
        #expect(events == [.init(token: second, readiness: .writable)])
        try reactor.remove(pipe.writeEnd)
        _ = try pipe.writeEnd.write([1].span)
        for _ in 0..<2 {
            try reactor.wait(until: nil, into: &events)
            #expect(events == [.init(token: first, readiness: .readable)])
        }
        try reactor.update(pipe.readEnd, for: [], as: first)
        try reactor.wait(until: Clock.now, into: &events)
        #expect(events.isEmpty)
    }

    @Test func theDeadlineIsKeptBelowTheMillisecond() throws {
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        var shortest = Duration.seconds(1)
        for _ in 0..<20 {
            let start = Clock.now
            try reactor.wait(until: start + .microseconds(200), into: &events)
            let waited = Clock.now - start
            #expect(events.isEmpty && waited >= .microseconds(200))
            shortest = min(shortest, waited)
        }
        #expect(shortest < .milliseconds(1))
    }

    @Test func aDeadlineInThePastOnlyLooks() throws {
        let pipe = try Pipe.open()
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        try reactor.register(pipe.readEnd, for: .readable, as: first)
        try reactor.wait(until: Instant(nanoseconds: 0), into: &events)
        #expect(events.isEmpty)
        _ = try pipe.writeEnd.write([1].span)
        try reactor.wait(until: Instant(nanoseconds: 0), into: &events)
        #expect(events.count == 1)
    }

    @Test func aLaterDeadlineReplacesAnEarlierOne() throws {
        let pipe = try Pipe.open()
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        try reactor.register(pipe.readEnd, for: .readable, as: first)
        _ = try pipe.writeEnd.write([1].span)
        let start = Clock.now
        try reactor.wait(until: start + .milliseconds(5), into: &events)
        #expect(events.count == 1)
        try reactor.update(pipe.readEnd, for: [], as: first)
        try reactor.wait(until: start + .milliseconds(25), into: &events)
        #expect(events.isEmpty && Clock.now - start >= .milliseconds(25))
    }

    @Test func aDeadlineAtTheEndOfTimeIsNoError() throws {
        let pipe = try Pipe.open()
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        try reactor.register(pipe.writeEnd, for: .writable, as: first)
        try reactor.wait(until: Instant(nanoseconds: .max), into: &events)
        #expect(events.count == 1)
    }

    @Test func aHangupIsReportedUnasked() throws {
        var reactor = try Reactor()
        var events: [Reactor.Event] = []
        let reader = try registeredReader(in: reactor)
        try reactor.wait(until: nil, into: &events)
        #expect(events == [.init(token: first, readiness: .hangup)])
        _ = reader
    }

    private func registeredReader(in reactor: borrowing Reactor) throws -> FileDescriptor {
        let pipe = try Pipe.open()
        try reactor.register(pipe.readEnd, for: [], as: first)
        return try pipe.closingWriteEnd()
    }

    @Test func aBatchIsBounded() throws {
        var reactor = try Reactor()
        let boxes = try (0..<Reactor.batchLimit + 10).map { _ in try Mailbox<Int>(capacity: 1) }
        for (index, box) in boxes.enumerated() {
            try reactor.register(box, as: .init(rawValue: UInt64(index)))
            #expect(box.post(index))
        }
        var events: [Reactor.Event] = []
        try reactor.wait(until: nil, into: &events)
        #expect(events.count == Reactor.batchLimit)
        for event in events { _ = boxes[Int(event.token.rawValue)].take() }
        try reactor.wait(until: nil, into: &events)
        #expect(events.count == 10)
    }

    @Test func registeringTwiceIsAnError() throws {
        let pipe = try Pipe.open()
        let reactor = try Reactor()
        try reactor.register(pipe.readEnd, for: .readable, as: first)
        let error = #expect(throws: SystemError.self) {
            try reactor.register(pipe.readEnd, for: .readable, as: second)
        }
        #expect(error?.errno == .exists)
    }

    /// In a thread of its own, whose signal mask goes with it.
    @Test func signalsAreReadAsValues() throws {
        let outcome = Latest<[String]>([])
        let thread = try Thread(.init(name: "signals")) {
            var seen: [String] = []
            do {
                let signals = try Signals()
                var reactor = try Reactor()
                try reactor.register(signals.descriptor, for: .readable, as: .init(rawValue: 1))
                var events: [Reactor.Event] = []
                try reactor.wait(until: Clock.now, into: &events)
                seen.append("\(events.count) waiting")
                for signal in [SIGTERM, SIGHUP, SIGINT] {
                    pthread_kill(pthread_self(), signal)
                    try reactor.wait(until: Clock.now + .seconds(1), into: &events)
                    seen.append("\(events.count) \(try signals.next().map { "\($0)" } ?? "none")")
                }
                seen.append(try signals.next() == nil ? "no more" : "more")
            } catch {
                seen.append("\(error)")
            }
            outcome.publish(seen)
        }
        try thread.join()
        var generation: UInt64 = 0
        #expect(
            outcome.newer(than: &generation)
                == ["0 waiting", "1 terminate", "1 reload", "1 terminate", "no more"])
    }
}
