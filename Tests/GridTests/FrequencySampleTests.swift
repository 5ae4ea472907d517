import Base
import Grid
import Testing

@Suite struct FrequencySampleTests {
    @Test func wildFrequenciesStayInRange() {
        #expect(Microhertz(clamping: Int64.max) == Microhertz(.max))
        #expect(Microhertz(50_000_000) - Microhertz(49_985_000) == Microhertz(15_000))
    }
}
