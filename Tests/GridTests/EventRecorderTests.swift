import Base
import Grid
import Testing

/// The course of an event, from before it to after it.
@Suite struct EventRecorderTests {
    static let step = Duration.milliseconds(100)

    /// Plays so many moments.
    static func play(_ recorder: inout EventRecorder, _ count: Int, _ response: Int32, _ now: inout Instant) -> [UInt8]?
    {
        var record: [UInt8]?
        for _ in 0..<count {
            now = now + step
            recorder.take(
                frequency: Microhertz(response == 0 ? 50_000_000 : 49_600_000), rocof: 0, response: response,
                power: nil,
                now: now)
            if let done = recorder.takeRecord() { record = done }
        }
        return record
    }

    @Test func aRecordHoldsTenSecondsBeforeTheEventAndAMinuteAfter() throws {
        var recorder = EventRecorder(step: Self.step)
        var now = Instant(nanoseconds: 1_000_000_000)
        #expect(Self.play(&recorder, 5000, 0, &now) == nil)
        #expect(Self.play(&recorder, 30, 1000, &now) == nil)
        let rows = try EventTrace.read(try #require(Self.play(&recorder, 1000, 0, &now)))
        let begin = try #require(rows.firstIndex { $0.response == 1000 })
        let end = try #require(rows.lastIndex { $0.response == 1000 })
        #expect(begin >= 100 && begin <= 200)
        #expect(end - begin == 29)
        #expect(rows.count - end == 602, "a minute from the first moment without response on")
        #expect(rows[begin].frequency == Microhertz(49_600_000))
    }

    /// A response that comes back within the minute is the same event.
    @Test func aSecondDipIsPartOfTheSameRecord() throws {
        var recorder = EventRecorder(step: Self.step)
        var now = Instant(nanoseconds: 1_000_000_000)
        _ = Self.play(&recorder, 200, 0, &now)
        _ = Self.play(&recorder, 10, 1000, &now)
        #expect(Self.play(&recorder, 300, 0, &now) == nil)
        _ = Self.play(&recorder, 10, 1000, &now)
        let rows = try EventTrace.read(try #require(Self.play(&recorder, 700, 0, &now)))
        #expect(rows.count { $0.response == 1000 } == 20)
    }

    @Test func anEventWithoutEndEndsItsRecord() throws {
        var recorder = EventRecorder(step: Self.step)
        var now = Instant(nanoseconds: 1_000_000_000)
        let rows = try EventTrace.read(try #require(Self.play(&recorder, 13_000, 1000, &now)))
        #expect(rows.count == 12_000)
        recorder.finish()
        #expect(recorder.takeRecord() != nil, "what came after it is a record, too")
        #expect(recorder.takeRecord() == nil)
    }
}
