import Base
import Buses
import Grid
import Testing
import Twin

/// What is wrong with the waveform for longer is told as what it is, by whatever of it the source can see, and trips nothing.
@Suite struct WaveformFlawTests {
    private let script = MainsScript(steady: 49.75)

    private func distortion(_ change: (inout MainsDistortion) -> Void) -> MainsDistortion {
        var distortion = MainsDistortion()
        distortion.jitter = 5000
        change(&distortion)
        return distortion
    }

    private func toldByEdges(
        _ distortion: MainsDistortion, _ script: MainsScript? = nil, seconds: Double = 4
    ) -> [MainsEvent] {
        var trial = MainsTrial(script ?? self.script)
        trial.distortion = distortion
        #expect(trial.firstTrip(seconds, below: 49.7) == nil)
        return trial.readings(seconds).compactMap(\.event)
    }

    private func toldBySamples(
        _ distortion: MainsDistortion, _ script: MainsScript? = nil, seconds: Double = 4
    ) -> [MainsEvent] {
        var trial = SampledTrial(script ?? self.script)
        trial.distortion = distortion
        var told: [MainsEvent] = []
        var trips = 0
        trial.run(seconds) { reading in
            if let event = reading.event { told.append(event) }
            if reading.isTripGrade, let fast = reading.fast, fast.frequency.hertz < 49.7 { trips += 1 }
        }
        #expect(trips == 0)
        return told
    }

    /// 2 asin(o) / (2 π f) is what an offset of o amplitudes adds to a half period; half of it to each side of the middle.
    @Test(arguments: [(20, 128.0), (-20, -128.0), (50, 320.0)])
    func anOffsetIsToldOnceByEdgesAsUnequalHalfPeriods(permille: Int32, microseconds: Double) throws {
        let told = toldByEdges(distortion { $0.offsetPermille = permille })
        #expect(told.count == 1)
        guard case .flaw(.asymmetry(let nanoseconds)) = try #require(told.first) else {
            Issue.record("told \(told)")
            return
        }
        #expect(abs(Double(nanoseconds) / 1000 - microseconds) < 8)
    }

    @Test(arguments: [20, -20, 50] as [Int32])
    func anOffsetIsToldOnceBySamplesAsAnOffset(permille: Int32) throws {
        let told = toldBySamples(distortion { $0.offsetPermille = permille })
        #expect(told.count == 1)
        guard case .flaw(.offset(let found)) = try #require(told.first) else {
            Issue.record("told \(told)")
            return
        }
        #expect(abs(found - permille) <= 1)
    }

    /// Whatever its phase: samples show a harmonic as one.
    @Test(arguments: [2, 3, 5, 7, 13] as [Int32])
    func tenPercentHarmonicsAreToldBySamples(order: Int32) throws {
        for degrees: Int32 in [0, 70, 90] {
            let told = toldBySamples(
                distortion { $0.harmonics = [.init(order: order, permille: 100, degrees: degrees)] }, seconds: 2.5)
            #expect(told.count == 1, "\(degrees)°")
            guard case .flaw(.harmonics(let found)) = try #require(told.first) else {
                Issue.record("told \(told)")
                continue
            }
            #expect(abs(found - 100) <= 2, "\(degrees)°")
        }
    }

    /// An odd harmonic moves all crossings alike or none, so from edges nothing can be told; an even one can move the
    /// polarities apart, as an offset does.
    @Test func edgesTellOfHarmonicsOnlyWhatUnequalHalfPeriodsShow() throws {
        for order: Int32 in [3, 5, 7] {
            for degrees: Int32 in [0, 90] {
                let told = toldByEdges(
                    distortion { $0.harmonics = [.init(order: order, permille: 100, degrees: degrees)] })
                #expect(told.isEmpty, "order \(order), \(degrees)°")
            }
        }
        #expect(toldByEdges(distortion { $0.harmonics = [.init(order: 2, permille: 100)] }).isEmpty)
        let told = toldByEdges(distortion { $0.harmonics = [.init(order: 2, permille: 100, degrees: 90)] })
        #expect(told.count == 1)
        guard case .flaw(.asymmetry)? = told.first else {
            Issue.record("told \(told)")
            return
        }
    }

    @Test func smallFlawsAreNotTold() {
        let small = distortion {
            $0.offsetPermille = 3
            $0.harmonics = [.init(order: 3, permille: 40), .init(order: 5, permille: 50)]
        }
        #expect(toldByEdges(small).isEmpty)
        #expect(toldBySamples(small).isEmpty)
    }

    @Test func jitterIsNoAsymmetry() {
        var trial = MainsTrial(script)
        trial.distortion.jitter = 50_000
        let told = trial.readings(60).compactMap(\.event)
        #expect(!told.contains { if case .flaw = $0 { true } else { false } }, "\(told)")
    }

    @Test func aFlawIsOverWhenItHasBeenGoneForTenSeconds() throws {
        let flawed = distortion { $0.offsetPermille = 30 }
        let clean = distortion { _ in }
        // Gone twice for less, which is not told, then for good at 20 s.
        let course =
            script
            .happening(.distortion(flawed), at: 2).happening(.distortion(clean), at: 6)
            .happening(.distortion(flawed), at: 9).happening(.distortion(clean), at: 12)
            .happening(.distortion(flawed), at: 16).happening(.distortion(clean), at: 20)
        var trial = MainsTrial(course)
        trial.distortion = clean
        var flaws: [(event: MainsEvent, time: Double)] = []
        trial.run(34) { reading, time in
            switch reading.event {
            case .flaw, .flawOver: if let event = reading.event { flaws.append((event, time)) }
            default: break
            }
        }
        #expect(flaws.count == 2)
        guard case .flaw(.asymmetry)? = flaws.first?.event, case .flawOver(.asymmetry)? = flaws.last?.event else {
            Issue.record("told \(flaws)")
            return
        }
        #expect((2.5...3.2).contains(try #require(flaws.first).time))
        #expect((30...30.7).contains(try #require(flaws.last).time))
    }

    @Test func samplesTellSagsAndPhaseStepsToo() {
        let told = toldBySamples(
            distortion { _ in },
            script.happening(.amplitude(700), at: 2).happening(.phaseStep(12), at: 2)
                .happening(.amplitude(1000), at: 2.25).happening(.phaseStep(-12), at: 2.25))
        #expect(told.count { if case .phaseJump = $0 { true } else { false } } == 2, "\(told)")
        #expect(told.count { if case .sag = $0 { true } else { false } } == 1, "\(told)")
    }

    @Test func samplesOfADeadLineAreNoMains() {
        var trial = SampledTrial(script.happening(.amplitude(0), at: 2))
        trial.distortion.offsetPermille = 1
        var last: MainsReading?
        trial.run(4) { last = $0 }
        #expect(last?.condition == .dead)
        #expect(last?.fast == nil)
    }
}
