import Base
import Testing

@testable import Platform

@Suite struct ClockTests {
    @Test func theMonotonicClockRuns() {
        let first = Clock.now
        var later = first
        while later == first { later = Clock.now }
        #expect(later > first)
    }

    @Test func theWallClockAgreesWithItself() {
        let seconds = Clock.wallSeconds
        #expect(seconds > 1_700_000_000)
        #expect((Clock.wallNanoseconds / 1_000_000_000 - seconds) <= 1)
    }

    @Test func processorTimeIsLessThanTimePassed() {
        let start = Clock.now
        let used = Clock.threadProcessorTime
        var sum: UInt64 = 0
        while Clock.now - start < .milliseconds(5) { sum &+= Clock.now.nanoseconds }
        let busy = Clock.threadProcessorTime - used
        #expect(busy > .zero && busy <= Clock.now - start)
    }
}
