import Base
import Testing

@Suite struct InstantTests {
    @Test func differencesAreSigned() {
        let early = Instant(nanoseconds: 5)
        let late = Instant(nanoseconds: 2_000_000_005)
        #expect(late - early == .seconds(2))
        #expect(early - late == .seconds(-2))
        #expect(early + .seconds(2) == late)
        #expect(late + .seconds(-2) == early)
    }

    @Test func arithmeticSaturates() {
        #expect(Instant(nanoseconds: 1) + .seconds(-1) == Instant(nanoseconds: 0))
        #expect(Instant(nanoseconds: .max) + .seconds(1) == Instant(nanoseconds: .max))
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.milliseconds(-1).nanoseconds == -1_000_000)
    }
}
