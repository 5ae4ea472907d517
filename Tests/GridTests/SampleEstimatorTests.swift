import Base
import Foundation
import Grid
import Testing

@Suite struct SampleEstimatorTests {
    private func sample(_ seconds: Double, _ hertz: Double, _ voltage: Int32? = nil) -> MeterSample {
        MeterSample(
            frequency: Microhertz(hertz: hertz), voltage: voltage, at: Instant(nanoseconds: UInt64(seconds * 1e9)))
    }

    @Test func passesAMetersValueOnWithItsRateOfChange() {
        var estimator = SampleEstimator(.init(nominal: Millihertz(50_000)))
        var reading: MainsReading?
        for index in 0..<20 { reading = estimator.take(sample(Double(index) * 0.1, 50 - Double(index) * 0.03)) }
        #expect(reading?.condition == .valid)
        #expect(reading?.fast?.frequency == Microhertz(49_430_000))
        #expect(reading?.fast?.rocof == -300)
        #expect(reading?.confirmations == 2)
        // Half a second of samples, at the middle of their times.
        #expect(reading?.slow?.frequency == Microhertz(49_505_000))
        #expect(reading?.slow?.at == Instant(nanoseconds: 1_650_000_000))
    }

    @Test func aSpikeIsNotTripGrade() {
        var estimator = SampleEstimator(.init(nominal: Millihertz(50_000)))
        _ = estimator.take(sample(0, 50))
        #expect(estimator.take(sample(0.02, 48.5)).isTripGrade == false)
        #expect(estimator.take(sample(0.04, 48.5)).isTripGrade)
    }

    @Test func aFrozenValueIsAGhostAndMustBeRecoveredFrom() {
        var estimator = SampleEstimator(.init(nominal: Millihertz(50_000)))
        var conditions: [MainsCondition] = []
        for index in 0..<400 {
            // Prints 50.00 Hz from the 20th second on, and is alive again from the 60th.
            let hertz = index < 20 || index >= 60 ? 50 + Double(index % 7) * 0.001 : 50
            conditions.append(estimator.take(sample(Double(index), hertz)).condition)
        }
        #expect(conditions[45] == .valid)
        #expect(conditions[50...59].allSatisfy { $0 == .ghost })
        #expect(conditions[60...355].allSatisfy { $0 == .recovering })
        #expect(conditions[365] == .valid)
    }

    @Test func whatNoMainsCanBeIsAGhost() {
        var estimator = SampleEstimator(.init(nominal: Millihertz(50_000)))
        #expect(estimator.take(sample(0, 0)).condition == .ghost)
        #expect(estimator.take(sample(1, 39.9)).fast == nil)
        #expect(estimator.take(sample(2, 49.9, 200)).condition == .ghost)
        #expect(estimator.take(sample(3, 49.9, 700)).condition == .sag)
    }

    @Test func silenceIsLost() {
        var estimator = SampleEstimator(.init(nominal: Millihertz(50_000)))
        #expect(estimator.check(now: Instant(nanoseconds: 0))?.condition == .lost)
        _ = estimator.take(sample(1, 50))
        #expect(estimator.check(now: Instant(nanoseconds: 5_000_000_000)) == nil)
        #expect(estimator.check(now: Instant(nanoseconds: 6_100_000_000))?.condition == .lost)
    }
}

@Suite struct CrossingDetectorTests {
    @Test func findsCrossingsBetweenSamples() {
        var detector = CrossingDetector(
            sampleRate: 1000, nominal: Millihertz(50_000), origin: Instant(nanoseconds: 1_000_000_000))
        var found: [Crossing] = []
        for index in 0..<60 {
            let voltage = 325 * sin(2 * Double.pi * (Double(index) - 10.25) / 20)
            found += [detector.take(voltage)].compactMap { $0 }
        }
        #expect(abs(detector.rms - 230) < 40)
        for (a, b) in zip(found, found.dropFirst()) {
            #expect(abs((b.at - a.at).nanoseconds - 10_000_000) < 3000)
            #expect(a.polarity != b.polarity)
        }
        #expect(found.contains { abs(($0.at - Instant(nanoseconds: 1_010_250_000)).nanoseconds) < 3000 })
    }
}
