import Base
import Rig
import Testing
import Twin

/// A thousand rigs with real arbiters on one small network: what they do together.
@Suite struct HerdTests {
    struct Herd {
        static let size = 1000
        static let rigPower = Milliwatts(3_000_000)

        var arbiters: [PowerArbiter] = []
        var feeder: Feeder
        var now = Instant(nanoseconds: 1_000_000_000_000)
        let baseLoad: Int64 = 15_000_000_000
        /// Power of the whole site, a value a second.
        var site: [Int64] = []
        var lowest: Int64 = .max
        var highest: Int64 = 0
        private var milliseconds: Int64 = 0
        private var goodFor: Int64 = 0
        private(set) var isTripped = false
        private(set) var trips = 0

        init(start: PowerStart = .fresh, _ change: (inout PowerSettings) -> Void = { _ in }) throws {
            var settings = try #require(PowerSettings(rated: Self.rigPower, minimum: Milliwatts(1_000_000)))
            change(&settings)
            for seed in 1...UInt64(Self.size) {
                arbiters.append(PowerArbiter(settings, seed: seed &* 0x9E37_79B9, start: start, now: now))
            }
            let load = arbiters.reduce(baseLoad) { $0 + Int64($1.setpoint.limit.value) }
            // 30 MW of generators for a village, its mill and three megawatts of rigs.
            feeder = Feeder(Feeder.Configuration(rating: 30_000_000_000), load: load)
        }

        var rigs: Int64 { arbiters.reduce(0) { $0 + Int64($1.setpoint.limit.value) } }
        static var full: Int64 { Int64(size) * Int64(rigPower.value) }

        /// Everybody sees the same frequency, which is the trouble: off below 49.7 Hz, back after a minute above 49.9 Hz.
        mutating func run(seconds: Int, watching: Bool = true) {
            for _ in 0..<seconds {
                let load = rigs
                for _ in 0..<50 {
                    feeder.step(load: baseLoad + load, milliseconds: 20)
                    lowest = min(lowest, feeder.frequency)
                    highest = max(highest, feeder.frequency)
                }
                now = now + .seconds(1)
                if watching { watch() }
                for index in arbiters.indices {
                    guard let due = arbiters[index].deadline, due <= now else { continue }
                    _ = arbiters[index].handle(.tick, now: now)
                }
                site.append(rigs)
            }
        }

        private mutating func watch() {
            goodFor = feeder.frequency >= 49_900_000 ? goodFor + 1 : 0
            if !isTripped, feeder.frequency < 49_700_000 {
                isTripped = true
                trips += 1
                tell { .claim(PowerClaim(.init(.frequency), .off, start: $0)) }
            } else if isTripped, goodFor >= 60 {
                isTripped = false
                tell { _ in .release(.init(.frequency)) }
            }
        }

        mutating func tell(_ input: (Instant) -> PowerArbiter.Input) {
            for index in arbiters.indices { _ = arbiters[index].handle(input(now), now: now) }
        }

        /// The largest rise within 30 s, in thousandths of the site's full power.
        var largestStep: Int64 {
            var largest: Int64 = 0
            for index in site.indices.dropFirst(30) { largest = max(largest, site[index] - site[index - 30]) }
            return largest * 1000 / Self.full
        }
    }

    @Test func aBalancedNetworkStaysAndALostGeneratorIsMadeUpFor() {
        var feeder = Feeder(Feeder.Configuration(rating: 30_000_000_000), load: 18_000_000_000)
        for _ in 0..<3000 { feeder.step(load: 18_000_000_000, milliseconds: 20) }
        #expect(feeder.frequency == 50_000_000)
        feeder.lose(4_000_000_000)
        // f₀ ΔP / (2 H S): 50 · 4 / (8 · 30) Hz/s in the first moment.
        feeder.step(load: 18_000_000_000, milliseconds: 20)
        #expect(abs(50_000_000 - feeder.frequency - 16_666) < 200)
        var lowest = feeder.frequency
        for _ in 0..<3000 {
            feeder.step(load: 18_000_000_000, milliseconds: 20)
            lowest = min(lowest, feeder.frequency)
        }
        #expect(lowest < 49_700_000 && lowest > 49_000_000)
        for _ in 0..<30_000 { feeder.step(load: 18_000_000_000, milliseconds: 20) }
        #expect(abs(feeder.frequency - 50_000_000) < 2000)
    }

    @Test func aNetworkWithoutEnoughPowerCollapses() {
        var feeder = Feeder(Feeder.Configuration(rating: 30_000_000_000), load: 28_000_000_000)
        feeder.lose(14_000_000_000)
        for _ in 0..<3000 { feeder.step(load: 28_000_000_000, milliseconds: 20) }
        #expect(feeder.frequency == 0)
        #expect(feeder.mechanical == 0)
    }

    @Test func aThousandRigsComeBackInSmallSteps() throws {
        var herd = try Herd()
        #expect(herd.rigs == Herd.full)
        herd.run(seconds: 30)
        herd.feeder.lose(4_000_000_000)
        herd.run(seconds: 30)
        #expect(herd.rigs == 0, "all are off within a second of the same frequency")
        herd.run(seconds: 1500)
        #expect(herd.rigs == Herd.full)
        #expect(herd.trips == 1, "coming back does not bring the frequency down again")
        #expect(herd.largestStep <= 100, "\(herd.largestStep) permille of the site's power within 30 s")
        #expect(herd.largestStep >= 50)
    }

    /// Without delay and steps the same rigs bring the network down as often as they come back: this is what the rules are for.
    @Test func withoutDelayAndStepsTheHerdFallsOverItself() throws {
        var herd = try Herd {
            $0.restore.jitter = .zero
            $0.restore.stepPermille = 1000
        }
        herd.run(seconds: 30)
        herd.feeder.lose(4_000_000_000)
        herd.run(seconds: 1500)
        #expect(herd.largestStep == 1000)
        #expect(herd.trips > 1, "their return is the next event")
    }

    @Test func afterABlackoutNobodyComesForMinutesAndThenNotAllAtOnce() throws {
        var herd = try Herd(start: .powerReturned)
        #expect(herd.rigs == 0)
        herd.run(seconds: 179, watching: false)
        #expect(herd.rigs == 0)
        herd.run(seconds: 60, watching: false)
        // A second blackout while the first rigs are back.
        #expect(herd.rigs > 0)
        herd.tell { _ in .mains(isGood: false) }
        herd.run(seconds: 5, watching: false)
        #expect(herd.rigs == 0)
        herd.tell { _ in .mains(isGood: true) }
        herd.run(seconds: 179, watching: false)
        #expect(herd.rigs == 0)
        herd.site = []
        herd.run(seconds: 900, watching: false)
        #expect(herd.rigs == Herd.full)
        #expect(herd.largestStep <= 100, "\(herd.largestStep) permille of the site's power within 30 s")
        #expect(herd.lowest > 49_700_000)
    }
}
