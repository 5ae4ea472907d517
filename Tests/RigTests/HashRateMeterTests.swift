import Base
import Rig
import Testing

@Suite struct HashRateMeterTests {
    func at(_ seconds: Double) -> Instant { Instant(nanoseconds: UInt64(seconds * 1e9)) }

    @Test func averagesOverItsWindow() {
        var meter = HashRateMeter()
        var total: UInt64 = 0
        for second in 0...100 {
            meter.record(total: total, now: at(Double(second)))
            total += second < 90 ? 1_000_000 : 3_000_000
        }
        #expect(meter.rate(over: .seconds(5)) == 3_000_000)
        #expect(abs(meter.rate(over: .seconds(60)) - 4.0 / 3 * 1_000_000) < 20_000)
        #expect(abs(meter.rate(over: .seconds(900)) - 1_200_000) < 200_000)
    }

    @Test func saysNothingBeforeTwoSamples() {
        var meter = HashRateMeter()
        #expect(meter.rate(over: .seconds(5)) == 0)
        meter.record(total: 5, now: at(1))
        #expect(meter.rate(over: .seconds(5)) == 0)
    }
}
