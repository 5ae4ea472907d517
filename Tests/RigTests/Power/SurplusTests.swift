import Base
import Buses
import Testing

@testable import Rig

/// A site with a solar plant, a base load, and a rig that follows the meter at the connection point.
@Suite struct SurplusTests {
    struct Site {
        var bench = PowerBench(
            PowerBench.settings {
                $0.minimumOnTime = .zero
                $0.minimumOffTime = .zero
            })
        var follower: SurplusFollower
        /// Power from the roof less what the house takes.
        var spare: Int32 = 0
        var isMeterAlive = true
        var imported: Int64 = 0

        init(_ change: (inout SurplusFollower.Settings) -> Void = { _ in }) {
            var settings = SurplusFollower.Settings()
            change(&settings)
            follower = SurplusFollower(settings, rig: bench.arbiter.settings)
        }

        var export: Milliwatts { Milliwatts(spare * 1000) - bench.arbiter.setpoint.limit }

        /// Lets seconds pass, with a look at the meter in each.
        mutating func run(_ seconds: Int) {
            for _ in 0..<seconds {
                bench.run(.seconds(1))
                imported += Int64(max(0, -export.value)) / 1000
                guard isMeterAlive else { continue }
                if let input = follower.follow(
                    export: .ok(export, at: bench.now), power: bench.arbiter.setpoint.limit, now: bench.now)
                {
                    bench.handle(input)
                }
            }
        }
    }

    @Test func theRigTakesWhatWouldBeExportedLessTheReserve() {
        var site = Site()
        site.spare = 2500
        site.run(200)
        #expect(abs(site.bench.watts - 2400) <= 50)
        site.spare = 1900
        site.run(60)
        #expect(abs(site.bench.watts - 1800) <= 50)
        #expect(site.bench.source == .surplus)
    }

    @Test func itRisesNoFasterThanItsRampAndFallsFaster() {
        var site = Site()
        site.spare = 1300
        site.run(120)
        let before = site.bench.watts
        site.spare = 3500
        site.run(10)
        #expect(site.bench.watts == before + 500)
        site.run(60)
        #expect(site.bench.watts == 3000)
        site.spare = 1300
        site.run(4)
        #expect(site.bench.watts <= 1250)
    }

    @Test func aCloudDoesNotSwitchItOff() {
        var site = Site()
        site.spare = 2000
        site.run(200)
        let starts = site.bench.arbiter.cycles.starts.count
        site.spare = 500
        site.run(50)
        #expect(site.bench.watts == 1000)
        site.spare = 2000
        site.run(60)
        #expect(site.bench.arbiter.cycles.starts.count == starts)
        site.spare = 500
        site.run(70)
        #expect(site.bench.arbiter.setpoint.isOff)
        site.spare = 1199
        site.run(600)
        #expect(site.bench.arbiter.setpoint.isOff, "least power, reserve and margin are 1200 W")
        site.spare = 1200
        site.run(59)
        #expect(site.bench.arbiter.setpoint.isOff)
        site.run(10)
        #expect((1000...1100).contains(site.bench.watts))
    }

    @Test func noiseWithinTheDeadbandMovesNothing() {
        var site = Site()
        site.spare = 2000
        site.run(200)
        let changes = site.bench.notes.count
        var random = SplitMix64(state: 3)
        for _ in 0..<300 {
            site.spare = 1980 + Int32(random.next() % 40)
            site.run(1)
        }
        #expect(site.bench.notes.count <= changes + 2)
    }

    @Test func aMeterThatDiesMeansOffUnlessToldOtherwise() {
        var site = Site()
        site.spare = 2500
        site.run(200)
        site.isMeterAlive = false
        site.run(14)
        #expect(abs(site.bench.watts - 2400) <= 50)
        site.run(2)
        #expect(site.bench.arbiter.setpoint.isOff)
        site.isMeterAlive = true
        site.run(200)
        #expect(abs(site.bench.watts - 2400) <= 50)

        var holding = Site { $0.failPolicy = .hold }
        holding.spare = 2500
        holding.run(200)
        holding.isMeterAlive = false
        holding.run(3600)
        #expect(abs(holding.bench.watts - 2400) <= 50)
    }

    @Test func aReadingThatFailedOrIsOldIsNoReading() {
        let bench = PowerBench()
        var follower = SurplusFollower(.init(), rig: bench.arbiter.settings)
        let now = bench.now
        #expect(follower.follow(export: .failed(.allOnes), power: .zero, now: now) == nil)
        #expect(follower.follow(export: .stale(since: now), power: .zero, now: now) == nil)
        let old = Reading.ok(Milliwatts.watts(3000), at: now)
        #expect(follower.follow(export: old, power: .zero, now: now + .seconds(16)) == nil)
        #expect(follower.follow(export: old, power: .zero, now: now + .seconds(15)) != nil)
        #expect(follower.follow(export: old, power: .zero, now: now + .seconds(15)) == nil, "nothing new")
    }

    @Test func additionalSurplusLiftsThePartLoadTargetAndNothingElse() {
        var site = Site { $0.mode = .additional }
        var settings = site.bench.arbiter.settings
        settings.target = .permille(500)
        site.bench = PowerBench(settings)
        site.follower = SurplusFollower(site.follower.settings, rig: settings)
        site.spare = 2800
        site.run(200)
        #expect(abs(site.bench.watts - 2700) <= 50)
        site.spare = 0
        site.run(200)
        #expect(site.bench.watts == 1500)
        site.bench.claim(.remote, .permille(400))
        site.spare = 2800
        site.run(200)
        #expect(site.bench.watts == 1200)
        site.bench.release(.remote)
        site.isMeterAlive = false
        site.run(3600)
        #expect(site.bench.watts == 1500)
    }

    @Test func overFrequencyIsAbsorbedAtOnceFromPartLoad() {
        var bench = PowerBench(PowerBench.settings { $0.target = .permille(500) })
        #expect(bench.arbiter.headroom(now: bench.now) == .init(up: .watts(1500), down: .watts(1500)))
        bench.claim(.frequency, .permille(900), .atLeast) { $0.rise = .following }
        #expect(bench.watts == 2700)
        bench.claim(.frequency, .permille(600), .atLeast) { $0.rise = .following }
        #expect(bench.watts == 1800)
        bench.release(.frequency)
        #expect(bench.watts == 1500)
        bench.claim(.safety, .permille(700))
        #expect(bench.arbiter.headroom(now: bench.now).up == .watts(600), "heat bounds what can be offered")
        bench.claim(.technician, .off)
        #expect(bench.arbiter.headroom(now: bench.now) == .init(up: .zero, down: .zero))
    }
}
