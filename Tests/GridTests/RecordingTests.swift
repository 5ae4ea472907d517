import Base
import Buses
import Grid
import Testing
import Twin

@Suite struct WuhanTests {
    /// The recorded waveform through detector and estimator; errors are about the mean of 2 s, as no truth is known.
    private func deviation(fast: Int) throws -> (fast: Double, slow: Double, events: Int, tripGrade: Double) {
        var configuration = EdgeEstimator.Configuration(nominal: Millihertz(50_000))
        configuration.fastWindow = .milliseconds(fast)
        var estimator = EdgeEstimator(configuration)
        var reader = WaveReader()
        var samples: [Int16] = []
        reader.take(try Recording.bytes("wuhan-mains-400Hz.wav")) { samples.append($0) }
        var detector = CrossingDetector(
            sampleRate: Double(reader.sampleRate), nominal: Millihertz(50_000), origin: Instant(nanoseconds: 0))
        var values: [(fast: Double, slow: Double)] = []
        var events = 0
        var grades = 0
        for sample in samples {
            guard let crossing = detector.take(Double(sample)) else { continue }
            let reading = estimator.take(crossing)
            if reading.event != nil { events += 1 }
            if reading.isTripGrade { grades += 1 }
            if let fast = reading.fast, let slow = reading.slow {
                values.append((fast.frequency.hertz, slow.frequency.hertz))
            }
        }
        // Windows of 2 s: 200 edges. Each value is compared with the mean of the slow ones about it.
        var (fastSum, slowSum, count) = (0.0, 0.0, 0)
        for index in stride(from: 100, to: values.count - 100, by: 1) where index % 5 == 0 {
            let mean = values[(index - 100)..<(index + 100)].reduce(0) { $0 + $1.slow } / 200
            fastSum += (values[index].fast - mean) * (values[index].fast - mean)
            slowSum += (values[index].slow - mean) * (values[index].slow - mean)
            count += 1
        }
        return (
            (fastSum / Double(count)).squareRoot() * 1000, (slowSum / Double(count)).squareRoot() * 1000, events,
            Double(grades) / Double(values.count)
        )
    }

    @Test func realMainsIsMeasuredToAMillihertz() throws {
        let result = try deviation(fast: 200)
        #expect(result.slow <= 1)
        #expect(result.fast <= 3)
        print("Wuhan: 500 ms \(result.slow) mHz, 200 ms \(result.fast) mHz, \(result.events) events")
    }

    /// Its half cycles are 9926 and 10,068 µs long: 71 µs either side of the middle, 1.1 % of offset.
    @Test func theOffsetOfRealMainsIsToldOnce() throws {
        var reader = WaveReader()
        var samples: [Int16] = []
        reader.take(try Recording.bytes("wuhan-mains-400Hz.wav")) { samples.append($0) }
        let edges = EdgeEstimator.Configuration(nominal: Millihertz(50_000))
        let origin = Instant(nanoseconds: 0)
        var sampled = WaveformEstimator(.init(edges: edges, sampleRate: Double(reader.sampleRate)), origin: origin)
        var detector = CrossingDetector(
            sampleRate: Double(reader.sampleRate), nominal: Millihertz(50_000), origin: origin)
        var estimator = EdgeEstimator(edges)
        var told: (samples: [MainsEvent], edges: [MainsEvent]) = ([], [])
        for sample in samples {
            if let event = sampled.take(Double(sample))?.event { told.samples.append(event) }
            guard let crossing = detector.take(Double(sample)) else { continue }
            if let event = estimator.take(crossing).event { told.edges.append(event) }
        }
        #expect(told.samples.count == 1 && told.edges.count == 1, "\(told)")
        guard case .flaw(.offset(let permille))? = told.samples.first,
            case .flaw(.asymmetry(let nanoseconds))? = told.edges.first
        else {
            Issue.record("told \(told)")
            return
        }
        #expect(abs(abs(permille) - 11) <= 1)
        #expect(abs(abs(nanoseconds) - 71_000) < 4000)
    }

    @Test func realMainsIsTripGradeAlmostAlways() throws {
        let result = try deviation(fast: 100)
        #expect(result.fast <= 5)
        #expect(result.tripGrade > 0.97)
    }
}

@Suite struct ToledoTests {
    /// 10:33:00 UTC is 480 s after the recording's first row.
    private let collapse = 480.0
    private let nominalVoltage = 28_000.0

    private func nordicFFR() -> GridProduct {
        var product = GridProduct(
            name: "49.7 Hz", nominal: Millihertz(50_000),
            under: ResponseCurve([.init(Millihertz(300), 1000)]) ?? .none, over: .none)
        product.isLatched = true
        product.window = .fast
        product.release.within = Millihertz(100)
        product.release.after = .seconds(60)
        product.release.rampLimit = 20
        return product
    }

    @Test func tripsBeforeFortyNineHertzOnTheEdgesOfTheCollapse() throws {
        let rows = try Recording.rows("toledo-2025-04-28.csv", nominalVoltage: nominalVoltage)
        var trial = MainsTrial(Recording.script(rows, from: collapse, to: collapse + 240))
        trial.distortion.jitter = 5000
        trial.measuresVoltage = true
        var responder = ProductResponder(nordicFFR(), seed: 1)
        var trip: (time: Double, hertz: Double)?
        var conditions: Set<String> = []
        trial.run(230) { reading, time in
            let response = responder.step(reading, now: Instant(nanoseconds: UInt64(time * 1e9)))
            if response.permille == 1000, trip == nil { trip = (time, trial.script.frequency(at: time) ?? 0) }
            if trip != nil { #expect(response.permille == 1000, "restored at \(time) s") }
            if time > 30 { conditions.insert("\(reading.condition)") }
        }
        let found = try #require(trip)
        #expect(found.hertz > 49.0 && found.hertz < 49.7)
        print("Toledo: trip at \(found.hertz) Hz, \(found.time) s after 10:33:00")
        // On the dead bus there is nothing that could be taken for a mains.
        #expect(conditions.isSubset(of: ["dead", "ghost"]))
    }

    @Test func theMetersOwnSlideAfterTheBlackoutRestoresNothing() throws {
        let rows = try Recording.rows("toledo-2025-04-28.csv", nominalVoltage: nominalVoltage)
        var configuration = SampleEstimator.Configuration(nominal: Millihertz(50_000))
        configuration.staleAfter = .seconds(10)
        var estimator = SampleEstimator(configuration)
        var responder = ProductResponder(nordicFFR(), seed: 1)
        var replay = Replay(rows, start: Instant(nanoseconds: 1_000_000_000), speed: 1000)
        var now = Instant(nanoseconds: 1_000_000_000)
        var tripped: Double?
        var count = 0
        while let due = replay.wakeAt {
            now = due
            guard let sample = replay.take(now: now) else { break }
            count += 1
            let seconds = Recording.seconds(sample.at - Instant(nanoseconds: 1_000_000_000))
            let reading = estimator.take(sample)
            let response = responder.step(reading, now: sample.at)
            if response.permille == 1000, tripped == nil { tripped = seconds }
            if tripped != nil { #expect(response.permille == 1000) }
            if seconds > collapse + 26 { #expect(reading.condition == .ghost && reading.fast == nil) }
        }
        #expect(count == rows.count)
        // The meter's first value below 49.7 Hz is the one of 10:33:20.
        #expect(abs(try #require(tripped) - (collapse + 20)) < 0.001)
    }

    /// What another instrument printed that morning: 50.00 Hz, four seconds after the bus had died.
    @Test func aFrozenFiftyHertzRestoresNothing() {
        for voltage in [nil, 1000] as [Int32?] {
            var estimator = SampleEstimator(.init(nominal: Millihertz(50_000)))
            var responder = ProductResponder(nordicFFR(), seed: 1)
            var last: GridResponse?
            for index in 0..<36_000 {
                let time = Double(index) * 0.1
                let hertz = time < 10 ? 50 - Double(index % 9) * 0.001 : time < 12 ? 50 - (time - 10) * 1.3 : 50
                let at = Instant(nanoseconds: UInt64(time * 1e9))
                let reading = estimator.take(
                    MeterSample(frequency: Microhertz(hertz: hertz), voltage: voltage, at: at))
                last = responder.step(reading, now: at)
            }
            #expect(last?.permille == 1000)
            #expect(last?.reason == .sourceLost)
        }
    }
}

@Suite struct NamedEventTests {
    private func trip(
        _ name: String, nominal: Int32, below: Double, end: Double
    ) throws -> (time: Double, hertz: Double)? {
        let rows = try Recording.rows(name)
        let script = Recording.script(rows, from: 0, to: 10_000)
        var trial = MainsTrial(script)
        trial.configuration = .init(nominal: Millihertz(nominal))
        trial.distortion.jitter = 10_000
        return trial.firstTrip(end, below: below).map { ($0, script.frequency(at: $0) ?? 0) }
    }

    @Test func greatBritain2019IsShedLongBeforeTheFirstHouseholds() throws {
        let trip = try #require(try trip("gb-2019-08-09.csv", nominal: 50_000, below: 49.7, end: 30))
        // Disconnection of households began at 48.8 Hz, 79 s after the first row.
        #expect(trip.hertz > 49.67 && trip.hertz <= 49.71)
        #expect(trip.time < 8)
    }

    @Test func texas2021IsShedOnItsSlowSlide() throws {
        let trip = try #require(try trip("ercot-2021-02-15.csv", nominal: 60_000, below: 59.85, end: 300))
        #expect(abs(trip.hertz - 59.85) < 0.012)
    }
}
