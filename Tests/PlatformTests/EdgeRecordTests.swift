import Base
import Buses
import Testing

@testable import Platform

@Suite struct EdgeRecordTests {
    private let now = Instant(nanoseconds: 1_000_000)
    private let wall: Int64 = 1_700_000_000_000_000_000

    @Test func theKernelsNumbersTellWhatWasLost() {
        var record = EdgeRecord(alternates: true)
        let first = record.add(.toActive, nanoseconds: 100, number: 1, now: now, wall: wall)
        #expect(first == Edge(.toActive, at: Instant(nanoseconds: 100), sequence: 1))
        let next = record.add(.toActive, nanoseconds: 200, number: 5, now: now, wall: wall)
        #expect(next?.sequence == 5)
        #expect(record.lost == 3)
        // The count wraps.
        var wrapping = EdgeRecord(alternates: false)
        _ = wrapping.add(.toActive, nanoseconds: 1, number: .max, now: now, wall: wall)
        let before = wrapping.lost
        _ = wrapping.add(.toActive, nanoseconds: 2, number: 1, now: now, wall: wall)
        #expect(wrapping.lost == before + 1)
    }

    @Test func withoutNumbersTwoAlikeHaveOneBetweenThem() {
        var record = EdgeRecord(alternates: true)
        _ = record.add(.toActive, nanoseconds: 100, number: 0, now: now, wall: wall)
        _ = record.add(.toInactive, nanoseconds: 150, number: 0, now: now, wall: wall)
        let third = record.add(.toInactive, nanoseconds: 200, number: 0, now: now, wall: wall)
        #expect(third?.sequence == 4)
        #expect(record.lost == 1)
        var oneWay = EdgeRecord(alternates: false)
        _ = oneWay.add(.toActive, nanoseconds: 100, number: 0, now: now, wall: wall)
        _ = oneWay.add(.toActive, nanoseconds: 150, number: 0, now: now, wall: wall)
        #expect(oneWay.lost == 0)
    }

    @Test func wallTimesOfOldKernelsAreConverted() {
        var record = EdgeRecord(alternates: true)
        let edge = record.add(
            .toActive, nanoseconds: UInt64(wall) - 300, number: 0, now: now, wall: wall)
        #expect(edge?.at == Instant(nanoseconds: now.nanoseconds - 300))
    }

    @Test func anEdgeOnAClockThatWasSetMeanwhileCountsAsLost() {
        var record = EdgeRecord(alternates: true)
        _ = record.add(.toActive, nanoseconds: UInt64(wall) - 300, number: 0, now: now, wall: wall)
        // The clock was set back by a second after this edge: it would lie in the future.
        #expect(
            record.add(.toInactive, nanoseconds: UInt64(wall), number: 0, now: now, wall: wall - 1_000_000_000) == nil)
        // Or before the last one.
        #expect(record.add(.toActive, nanoseconds: 5, number: 0, now: now, wall: wall) == nil)
        #expect(record.lost == 2)
    }
}
