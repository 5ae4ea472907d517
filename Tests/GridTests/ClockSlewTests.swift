import Base
import Grid
import Testing

/// The clock that stamps the edges, while a time daemon steers it.
@Suite struct ClockSlewTests {
    /// Looks once a second at a clock that runs fast by `rates` parts per billion; what was found each time.
    static func look(_ slew: inout ClockSlew, at time: inout (Double, Double), _ rates: [Double]) -> [Int32?] {
        rates.map { rate in
            time.1 += 1e9
            time.0 += 1e9 * (1 + rate * 1e-9)
            return slew.take(adjusted: Instant(nanoseconds: UInt64(time.0)), raw: Instant(nanoseconds: UInt64(time.1)))
        }
    }

    /// A crystal that is 30 ppm off and corrected is not undone; a slew of 500 ppm on top of it is.
    @Test func whatIsUnusualIsFound() throws {
        var slew = ClockSlew()
        var time = (1e9, 1e9)
        let usual = Self.look(&slew, at: &time, Array(repeating: 30_000, count: 120))
        #expect(usual[0] == nil)
        #expect(usual.dropFirst().allSatisfy { abs($0 ?? .max) <= 2 })
        let slewing = Self.look(&slew, at: &time, Array(repeating: 530_000, count: 60))
        #expect(slewing.allSatisfy { abs(($0 ?? 0) - 500_000) < 10_000 })
        let after = Self.look(&slew, at: &time, [30_000])
        #expect(abs((after.last ?? .max) ?? .max) < 10_000)
    }

    /// A slew that is under way at the start is not taken for the crystal.
    @Test func noCrystalIsThatFarOff() {
        var slew = ClockSlew()
        var time = (1e9, 1e9)
        let found = Self.look(&slew, at: &time, Array(repeating: 500_000, count: 10))
        #expect(found.dropFirst().allSatisfy { ($0 ?? 0) > 399_000 })
    }

    /// 500 ppm are 25 mHz at 50 Hz, and gone when the estimator knows of them.
    @Test func theEstimatorUndoesIt() throws {
        var estimator = EdgeEstimator(.init(nominal: Millihertz(50_000)))
        estimator.clockRate = 500_000
        var reading: MainsReading?
        for index in 1...200 {
            let at = Double(index) * 10_000_000 * 1.0005
            let crossing = Crossing(index % 2 == 0 ? .rising : .falling, at: Instant(nanoseconds: UInt64(at) + 1))
            reading = estimator.take(crossing)
        }
        let frequency = try #require(reading?.slow?.frequency)
        #expect(abs(frequency.value - 50_000_000) < 100)
    }
}
