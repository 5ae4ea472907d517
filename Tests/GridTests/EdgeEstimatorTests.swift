import Base
import Buses
import Grid
import Testing
import Twin

@Suite struct EdgeEstimatorTests {
    @Test func knowsNoFrequencyBeforeItHasSeenOne() {
        var estimator = EdgeEstimator(.init(nominal: Millihertz(50_000)))
        let reading = estimator.check(now: Instant(nanoseconds: 1_000_000_000))
        #expect(reading.condition == .dead)
        #expect(reading.fast == nil && reading.slow == nil && !reading.isTripGrade)
    }

    /// The Cramér–Rao bound of white jitter for N edges T = 10 ms apart on a straight line, f σ √12 / (T √(N(N² − 1))): 23.9, 9.53, 3.60
    /// and 0.951 mHz at 20 µs. No estimator without a bias is better; ours may be 3 % worse.
    @Test(arguments: [50, 100, 200, 500])
    func twentyMicrosecondsOfJitterCostWhatTheoryDemands(window: Int) {
        let edges = Double(window / 10 + 1)
        let bound = 50 * 20e-6 * 12.0.squareRoot() / (0.01 * (edges * (edges * edges - 1)).squareRoot()) * 1000
        var trial = MainsTrial(MainsScript(steady: 50))
        trial.distortion.jitter = 20_000
        // An asymmetry costs nothing.
        trial.distortion.offsetPermille = 10
        if window < 500 { trial.configuration.fastWindow = .milliseconds(window) }
        let error = trial.error(400) { window < 500 ? $0.fast : $0.slow }
        #expect(error.count > 39_000)
        #expect(error.deviation <= bound * 1.03)
        #expect(error.deviation > bound * 0.97)
    }

    /// Six edges are few: their fit rests on an asymmetry that 50 have shown, until they contradict it.
    @Test(arguments: [-15, -8, 8, 15] as [Int32])
    func aShortWindowDoesNotTrustAnAsymmetryThatHasChanged(permille: Int32) {
        var changed = MainsDistortion()
        changed.jitter = 2000
        changed.offsetPermille = permille
        for seed in 0..<5 {
            let place = 2 + Double(seed) * 0.0023
            var trial = MainsTrial(MainsScript(steady: 50).happening(.distortion(changed), at: place))
            trial.distortion.jitter = 2000
            trial.configuration.fastWindow = .milliseconds(50)
            trial.seed = UInt64(seed)
            trial.run(4) { reading, time in
                // Any fit bends over the change itself; after it, five deviations of the noise and no more.
                guard time < place || time > place + 0.08, time > 1, let fast = reading.fast else { return }
                #expect((fast.frequency.hertz - 50).magnitude < 0.013)
            }
        }
    }

    @Test(arguments: [47.5, 49.2, 50.0, 50.3, 52.0, 59.3, 60.0, 61.5])
    func measuresAnyFrequencyOfItsNetwork(hertz: Double) {
        var trial = MainsTrial(MainsScript(steady: hertz))
        trial.configuration = .init(nominal: Millihertz(hertz < 55 ? 50_000 : 60_000))
        trial.distortion.jitter = 1000
        #expect(trial.error(3) { $0.fast }.largest < 3)
        #expect(trial.error(3) { $0.slow }.largest < 0.5)
    }

    @Test func onePolarityIsEnough() {
        var trial = MainsTrial(MainsScript([.init(0, 50.1), .init(10, 49.9)]))
        trial.polarities = [.falling]
        trial.distortion.jitter = 5000
        let error = trial.error(8) { $0.slow }
        #expect(error.count > 300)
        #expect(error.largest < 3)
    }

    @Test func anAsymmetricComparatorDoesNotReadAsAFrequency() {
        var trial = MainsTrial(MainsScript(steady: 50.02))
        trial.distortion.offsetPermille = 10
        #expect(trial.error(5) { $0.fast }.largest < 0.1)
    }

    @Test func tenPercentHarmonicsDoNotDisturb() {
        for order: Int32 in [3, 5, 7, 11, 13, 25] {
            var trial = MainsTrial(MainsScript(steady: 49.98))
            trial.distortion.harmonics = [.init(order: order, permille: 100, degrees: 70)]
            trial.distortion.jitter = 2000
            let error = trial.error(4) { $0.fast }
            #expect(error.count > 250, "order \(order)")
            #expect(error.largest < 5, "order \(order)")
            #expect(trial.firstTrip(4, below: 49.9) == nil)
        }
    }

    @Test func rateOfChangeComesFromTheLongWindow() throws {
        var trial = MainsTrial(MainsScript([.init(0, 50), .init(2, 50), .init(5, 48.5)]))
        trial.distortion.jitter = 10_000
        var rates: [Int32] = []
        trial.run(5) { reading, time in
            if time > 2.6, time < 4.9, let rate = reading.slow?.rocof { rates.append(rate) }
        }
        #expect(rates.count > 200)
        #expect(rates.allSatisfy { (-540 ... -460).contains($0) })
    }

    @Test func theClocksErrorIsUndone() throws {
        // A clock 40 ppm fast sees every period 40 ppm long.
        var estimator = EdgeEstimator(.init(nominal: Millihertz(50_000)))
        estimator.clockRate = 40_000
        var reading: MainsReading?
        for index in 0..<120 {
            let time = Double(index) * 0.01 * (1 + 40e-6)
            reading = estimator.take(
                Crossing(index % 2 == 0 ? .rising : .falling, at: Instant(nanoseconds: UInt64(time * 1e9))))
        }
        let frequency = try #require(reading?.slow?.frequency)
        #expect(abs(frequency.value - 50_000_000) < 20)
    }

    /// A fall from 50.02 Hz; `ballast-bench frequency` does the same a thousand times.
    private func fall(_ hertzPerSecond: Double, to lowest: Double = 48.02, jitter: Int32, seed: Int) -> (
        trial: MainsTrial, crossing: Double
    ) {
        let start = 1.5 + Double(seed) * 0.00317
        var trial = MainsTrial(
            MainsScript([
                .init(0, 50.02), .init(start, 50.02), .init(start + (50.02 - lowest) / hertzPerSecond, lowest),
            ]))
        trial.distortion.jitter = jitter
        trial.seed = UInt64(seed)
        return (trial, start + 0.32 / hertzPerSecond)
    }

    @Test(arguments: [(0, 0.062), (5000, 0.070), (20_000, 0.090)] as [(Int32, Double)])
    func fasterThanNinetyMillisecondsOnAHertzPerSecond(jitter: Int32, limit: Double) throws {
        for seed in 0..<60 {
            let (trial, crossing) = fall(1, jitter: jitter, seed: seed)
            let trip = try #require(trial.firstTrip(crossing + 0.2, below: 49.7))
            #expect(trip - crossing > 0.02 && trip - crossing < limit, "seed \(seed)")
        }
    }

    @Test func slowSlidesWaitForThreeReadings() {
        for (rate, seed) in zip([0.125, 0.25, 0.5], 0...) {
            let (trial, _) = fall(rate, jitter: 20_000, seed: seed)
            #expect(trial.readings(1.5 + 0.6 / rate).allSatisfy { $0.confirmations == 3 })
        }
    }

    @Test func aFastRiseTowardNominalOrAPhaseStepInTheLongWindowWaitsForThreeReadings() {
        let rise = MainsTrial(MainsScript([.init(0, 49), .init(2, 49), .init(2.9, 49.9)]))
        #expect(rise.readings(2.9).allSatisfy { $0.confirmations == 3 })
        var (step, crossing) = fall(1, jitter: 1000, seed: 0)
        #expect(step.readings(crossing).contains { $0.confirmations == 1 })
        step.script = step.script.happening(.phaseStep(10), at: crossing - 0.2)
        step.run(crossing + 0.2) { reading, time in
            if time > crossing - 0.15 { #expect(reading.confirmations == 3) }
        }
    }

    @Test func aFallThatStopsBeforeTheThresholdTripsNothing() {
        for (rate, seed) in zip([0.5, 1, 2, 1, 2, 1, 2, 1, 2], 0...) {
            let (trial, crossing) = fall(rate, to: 49.75, jitter: 20_000, seed: seed)
            #expect(trial.firstTrip(crossing + 1, below: 49.7) == nil)
        }
    }

    @Test(arguments: [2.0, 5.0, 10.0])
    func fastCollapsesAreNotTakenForPhaseSteps(hertzPerSecond: Double) throws {
        var trial = MainsTrial(
            MainsScript([.init(0, 50.02), .init(1.5, 50.02), .init(1.5 + 3 / hertzPerSecond, 47.02)]))
        trial.distortion.jitter = 5000
        let trip = try #require(trial.firstTrip(3, below: 49.7))
        #expect(trip - (1.5 + 0.32 / hertzPerSecond) < 0.12)
    }

    @Test(arguments: [0.1, 0.3, 0.5, 1.0])
    func evenAStepOfFrequencyIsFollowed(hertz: Double) throws {
        var trial = MainsTrial(MainsScript([.init(0, 50), .init(2, 50), .init(2.0001, 50 - hertz)]))
        trial.distortion.jitter = 5000
        let trip = try #require(trial.firstTrip(4, below: 50 - 0.8 * hertz))
        #expect(trip < 2.16)
    }
}

@Suite struct MainsDisturbanceTests {
    private func events(_ trial: MainsTrial, _ seconds: Double) -> [MainsEvent] {
        trial.readings(seconds).compactMap(\.event)
    }

    @Test(arguments: [2, 5, 10, 30, 60, 120, 170, -2, -5, -10, -30, -60, -120, -170] as [Double])
    func aPhaseStepIsRiddenThroughAndNamed(degrees: Double) throws {
        for seed in 0..<5 {
            // 50 mHz above a 49.70 Hz threshold.
            var trial = MainsTrial(
                MainsScript(steady: 49.75).happening(.phaseStep(degrees), at: 2 + Double(seed) * 0.0023))
            trial.distortion.jitter = 5000
            trial.seed = UInt64(seed)
            #expect(trial.firstTrip(4, below: 49.7) == nil)
            var told: [Int32] = []
            var lowest = Int32.max
            trial.run(4) { reading, _ in
                if case .phaseJump(let millidegrees)? = reading.event { told.append(millidegrees) }
                if reading.isTripGrade, let fast = reading.fast { lowest = min(lowest, fast.frequency.value) }
            }
            #expect(told.count == 1)
            let size = try #require(told.first)
            #expect(abs(Double(size) / 1000 - degrees) < 1)
            #expect(lowest > 49_735_000)
        }
    }

    @Test func aQuarterSecondSagWithItsPhaseStepsTripsNothing() {
        for seed in 0..<10 {
            let start = 2 + Double(seed) * 0.0023
            var trial = MainsTrial(
                MainsScript(steady: 49.75)
                    .happening(.amplitude(700), at: start).happening(.phaseStep(12), at: start)
                    .happening(.amplitude(1000), at: start + 0.25).happening(.phaseStep(-12), at: start + 0.25))
            trial.seed = UInt64(seed)
            trial.distortion.jitter = 5000
            // The comparator is off zero, so that the amplitude moves its edges too.
            trial.distortion.offsetPermille = 20
            trial.measuresVoltage = seed % 2 == 0
            var lowest = Int32.max
            var told: [MainsEvent] = []
            trial.run(4) { reading, _ in
                if let event = reading.event { told.append(event) }
                if reading.isTripGrade, let fast = reading.fast { lowest = min(lowest, fast.frequency.value) }
            }
            #expect(lowest > 49_730_000, "seed \(seed)")
            #expect(told.count { if case .phaseJump = $0 { true } else { false } } == 2, "seed \(seed): \(told)")
            #expect(told.contains { if case .sag = $0 { true } else { false } } == trial.measuresVoltage)
            #expect(!told.contains(.outage))
        }
    }

    @Test func bouncesGlitchesAndLostEdgesDoNotTripOrBias() {
        var trial = MainsTrial(MainsScript(steady: 49.8))
        trial.distortion.jitter = 5000
        trial.distortion.bouncePermille = 200
        trial.distortion.strayPermille = 20
        trial.distortion.missingPermille = 20
        #expect(trial.firstTrip(30, below: 49.7) == nil)
        let error = trial.error(30) { $0.isTripGrade ? $0.fast : nil }
        #expect(error.count > 2000)
        #expect(error.largest < 30)
        let told = events(trial, 30)
        #expect(told.contains(.strayEdge))
        #expect(told.contains { if case .missingEdges = $0 { true } else { false } })
    }

    @Test func pureNoiseIsNeverTripGrade() {
        var noise = Noise(seed: 7)
        var estimator = EdgeEstimator(.init(nominal: Millihertz(50_000)))
        var time = 0.0
        var grades = 0
        for index in 0..<20_000 {
            time += 0.0005 + noise.uniform() * 0.02
            let reading = estimator.take(
                Crossing(index % 2 == 0 ? .rising : .falling, at: Instant(nanoseconds: UInt64(time * 1e9))))
            if reading.isTripGrade { grades += 1 }
        }
        #expect(grades == 0)
    }

    @Test func aDeadBusHasNoFrequencyAndIsRestoredOnlyAfterMinutes() throws {
        var trial = MainsTrial(
            MainsScript(steady: 50).happening(.amplitude(0), at: 3).happening(.amplitude(1000), at: 6))
        trial.configuration.voltage.restoreAfter = .seconds(60)
        var dead: Double?
        var valid: Double?
        var told: [MainsEvent] = []
        trial.run(70) { reading, time in
            if let event = reading.event { told.append(event) }
            if time > 3.1, time < 6 {
                #expect(reading.condition == .dead && reading.fast == nil && reading.slow == nil)
                dead = dead ?? time
            } else if time > 7 {
                if reading.condition == .valid {
                    valid = valid ?? time
                } else {
                    #expect(reading.condition == .recovering)
                }
            }
        }
        #expect(dead != nil)
        #expect(try #require(valid) > 66)
        #expect(told.filter { $0 == .outage || $0 == .restored } == [.outage, .restored])
    }

    @Test func edgesWithoutAVoltageAreAGhost() {
        var estimator = EdgeEstimator(.init(nominal: Millihertz(50_000)))
        var last: MainsReading?
        for index in 0..<400 {
            let at = Instant(nanoseconds: UInt64(index) * 10_000_000)
            estimator.take(voltage: 20, at: at)
            last = estimator.take(Crossing(index % 2 == 0 ? .rising : .falling, at: at))
        }
        #expect(last?.condition == .ghost)
        #expect(last?.fast == nil)
    }

    @Test func aShortInterruptionIsNoOutage() {
        let trial = MainsTrial(
            MainsScript(steady: 50).happening(.amplitude(0), at: 3).happening(.amplitude(1000), at: 3.2))
        let last = trial.readings(6).last
        #expect(last?.condition == .valid)
    }
}
