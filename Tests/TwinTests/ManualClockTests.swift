import Base
import Testing
import Twin

@Suite struct ManualClockTests {
    @Test func timeStandsStillUntilItIsMovedAndNeverGoesBack() {
        let clock = ManualClock(now: Instant(nanoseconds: 5))
        #expect(clock.now == Instant(nanoseconds: 5))
        clock.advance(by: .nanoseconds(7))
        clock.advance(by: .nanoseconds(-3))
        #expect(clock.now == Instant(nanoseconds: 12))
    }
}
