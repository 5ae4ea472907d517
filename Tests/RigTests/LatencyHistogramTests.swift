import Rig
import Testing

@Suite struct LatencyHistogramTests {
    @Test func percentilesAreWithinABucket() {
        var histogram = LatencyHistogram()
        for microseconds in 1...1000 { histogram.record(.microseconds(microseconds)) }
        #expect(histogram.count == 1000)
        #expect(histogram.longest == .microseconds(1000))
        for percent in [1.0, 10, 50, 90, 99, 100] {
            let exact = percent * 10
            let told = Double(histogram.percentile(percent).components.attoseconds) / 1e12
            #expect(told >= exact)
            #expect(told <= exact * 1.13 + 1)
        }
    }

    @Test func anythingIsCountedAndNothingIsZero() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(50) == .zero)
        for delay in [Duration.zero, .seconds(-1), .nanoseconds(1), .seconds(1_000_000), .microseconds(3)] {
            histogram.record(delay)
        }
        #expect(histogram.count == 5)
        #expect(histogram.longest == .seconds(1_000_000))
        #expect(histogram.percentile(50) <= .microseconds(1))
    }
}
