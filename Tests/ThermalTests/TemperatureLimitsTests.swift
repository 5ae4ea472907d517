import Base
import Testing
import Thermal

@Suite struct TemperatureLimitsTests {
    @Test func limitsMustRise() {
        func limits(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> TemperatureLimits? {
            TemperatureLimits(target: .degrees(a), hot: .degrees(b), critical: .degrees(c), powerDown: .degrees(d))
        }
        #expect(limits(65, 75, 85, 95) != nil)
        #expect(limits(75, 75, 85, 95) == nil)
        #expect(limits(65, 85, 75, 95) == nil)
        #expect(limits(65, 75, 95, 95) == nil)
    }
}
