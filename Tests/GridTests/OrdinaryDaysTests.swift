import Base
import Grid
import Testing
import Twin

@Suite struct OrdinaryDaysTests {
    /// The figures of 28 measured days that the made ones are held to, then a product on each of them.
    @Test func twentyEightOrdinaryDaysTripNoContingencyProduct() {
        var days = OrdinaryDays(seed: 11)
        var responders = [150, 200, 300].map { trigger in
            var product = GridProduct(
                name: "\(trigger) mHz", nominal: Millihertz(50_000),
                under: ResponseCurve([.init(Millihertz(Int32(trigger)), 1000)]) ?? .none,
                over: ResponseCurve([.init(Millihertz(Int32(trigger)), 1000)]) ?? .none)
            product.isLatched = true
            product.window = .fast
            product.release.within = Millihertz(100)
            return ProductResponder(product, seed: 1)
        }
        let count = 28 * 86_400
        var (square, last, steps) = (0.0, 0.0, 0.0)
        var beyond = (ten: 0, twenty: 0, fifty: 0, hundred: 0)
        var (isLow, isDeep) = (false, false)
        var (lows, deeps) = (0, 0)
        var trips = 0
        for second in 0..<count {
            let value = days.next()
            square += value * value
            steps += (value - last) * (value - last)
            last = value
            if value.magnitude > 10 { beyond.ten += 1 }
            if value.magnitude > 20 { beyond.twenty += 1 }
            if value.magnitude > 50 { beyond.fifty += 1 }
            if value.magnitude > 100 { beyond.hundred += 1 }
            if value < -50, !isLow { lows += 1 }
            isLow = isLow ? value < -40 : value < -50
            if value < -100, !isDeep { deeps += 1 }
            isDeep = isDeep ? value < -90 : value < -100
            // A smaller deviation calls for nothing of any of them.
            guard value.magnitude > 90 else { continue }
            let at = Instant(nanoseconds: UInt64(second) * 1_000_000_000)
            let sample = FrequencySample(
                frequency: Microhertz(hertz: 50 + value / 1000), rocof: nil, at: at, timeQuality: .local)
            let reading = MainsReading(condition: .valid, fast: sample, slow: sample, agrees: true, at: at)
            for index in responders.indices where responders[index].step(reading, now: at).permille != 0 { trips += 1 }
        }
        func share(_ part: Int) -> Double { Double(part) / Double(count) * 100 }
        #expect(trips == 0)
        #expect(abs((square / Double(count)).squareRoot() - 21.6) < 1.2)
        #expect(abs((steps / Double(count)).squareRoot() - 1.5) < 0.15)
        #expect(abs(share(beyond.ten) - 64) < 3)
        #expect(abs(share(beyond.twenty) - 35) < 3)
        #expect(abs(share(beyond.fifty) - 2.4) < 0.8)
        #expect(abs(share(beyond.hundred) - 0.017) < 0.012)
        #expect((10...30).contains(lows / 28))
        #expect((5...16).contains(deeps))
    }
}
