import Base
import Grid
import Testing

@testable import Rig

/// A product's response as a claim on the rig's power.
@Suite struct FrequencyFollowerTests {
    static let rated = Milliwatts(3_000_000)
    static let at = Instant(nanoseconds: 3_600_000_000_000)

    /// 10 % of the offer for each 100 mHz, either way, from 20 mHz on.
    static func continuous() throws -> GridProduct {
        let curve = try #require(
            ResponseCurve([.init(Millihertz(20), 0), .init(Millihertz(1020), 1000)]))
        return GridProduct(name: "continuous", nominal: Millihertz(50_000), under: curve, over: curve)
    }

    static func step() throws -> GridProduct {
        let curve = try #require(ResponseCurve([.init(Millihertz(300), 1000)]))
        var product = GridProduct(name: "step", nominal: Millihertz(50_000), under: curve, over: .none)
        product.isLatched = true
        product.release.within = Millihertz(100)
        product.release.after = .seconds(10)
        return product
    }

    static func reading(_ hertz: Double, _ now: Instant, _ condition: MainsCondition = .valid) -> MainsReading {
        let sample = FrequencySample(frequency: Microhertz(hertz: hertz), rocof: 0, at: now, timeQuality: .local)
        return MainsReading(condition: condition, fast: sample, slow: sample, agrees: true, at: now)
    }

    struct Bench {
        var follower: FrequencyFollower
        var power = PowerBench()
        var seconds = 0
        var inputs: [PowerArbiter.Input] = []

        init(_ product: GridProduct, offer: PowerLimit = .permille(1000), isResponding: Bool = false) {
            follower = FrequencyFollower(
                product, slot: 1, offer: offer, isResponding: isResponding, seed: 1, now: power.now)
        }

        /// A second at a frequency; nil: the source says nothing.
        mutating func second(_ hertz: Double?, watts: Int32 = 3000) {
            power.run(.seconds(1))
            let reading =
                hertz.map { FrequencyFollowerTests.reading($0, power.now) }
                ?? MainsReading(condition: .lost, at: power.now)
            let input = follower.take(
                reading, onLoss: .holdAndDisarm, rated: FrequencyFollowerTests.rated,
                power: Milliwatts(watts * 1000), now: power.now)
            if let input {
                inputs.append(input)
                power.handle(input)
            }
        }
    }

    @Test func aContinuousProductShedsFromWhatTheRigTookAndComesBackWithTheFrequency() throws {
        var bench = Bench(try Self.continuous(), offer: .power(Milliwatts(1_000_000)))
        bench.second(50)
        #expect(bench.inputs.isEmpty)
        bench.second(49.78, watts: 2500)
        #expect(bench.power.watts == 2300, "20 % of 1 kW below 2.5 kW")
        #expect(bench.power.source == .frequency)
        bench.second(49.58, watts: 2300)
        #expect(bench.power.watts == 2100, "counted from where the response began")
        bench.second(49.88, watts: 2100)
        #expect(bench.power.watts == 2400)
        bench.second(50)
        #expect(bench.inputs.last == .release(.init(.frequency, slot: 1)))
        bench.power.run(.seconds(1))
        #expect(bench.power.watts == 3000, "it follows the frequency back without steps or delays")
        #expect(bench.power.arbiter.log.ended.last?.adjustments == 2, "one event, not three")
    }

    @Test func overFrequencyLiftsWhatALowerRankAllows() throws {
        var bench = Bench(try Self.continuous())
        bench.power.claim(.schedule, .power(Milliwatts(1_500_000)))
        bench.power.run(.seconds(1))
        bench.second(50.12, watts: 1500)
        #expect(bench.power.watts == 1800)
        #expect(bench.power.source == .frequency)
        bench.second(49.92, watts: 1800)
        #expect(
            bench.power.watts == 1500, "the other side sheds from what the rig took, which the schedule bounds, too")
    }

    @Test func smallChangesAreNotWorthAClaim() throws {
        var bench = Bench(try Self.continuous())
        bench.second(49.8)
        let count = bench.inputs.count
        for offset in [0.001, -0.002, 0.003, 0] { bench.second(49.8 + offset) }
        #expect(bench.inputs.count == count)
        bench.second(49.79)
        #expect(bench.inputs.count == count + 1)
    }

    /// Local sensing lost: what was decided stays, an alarm is raised, and nothing resumes.
    @Test func aLostSourceHoldsTheResponse() throws {
        var bench = Bench(try Self.step())
        bench.second(49.6)
        #expect(bench.power.arbiter.setpoint.isOff)
        for _ in 0..<600 { bench.second(nil) }
        #expect(bench.power.arbiter.setpoint.isOff)
        #expect(bench.follower.response.isAlarm)
        #expect(bench.inputs.filter { $0 == .silent(.init(.frequency, slot: 1)) }.count == 1)
        for _ in 0..<9 { bench.second(50) }
        #expect(bench.power.arbiter.setpoint.isOff)
        for _ in 0..<5 { bench.second(50) }
        #expect(bench.inputs.last == .release(.init(.frequency, slot: 1)))
    }

    /// A claim that came through a restart holds until the frequency has been back for the product's own time.
    @Test func afterARestartInMidEventTheFullResponseHolds() throws {
        var bench = Bench(try Self.step(), isResponding: true)
        bench.second(49.85)
        #expect(bench.power.arbiter.setpoint.isOff)
        for _ in 0..<9 { bench.second(49.95) }
        #expect(bench.power.arbiter.setpoint.isOff)
        for _ in 0..<3 { bench.second(49.95) }
        #expect(bench.inputs.last == .release(.init(.frequency, slot: 1)))
    }

    /// A claim of an earlier run that the product of today cannot have made is given back.
    @Test func aClaimThatIsNotTheProductsIsGivenBack() throws {
        let curve = try #require(ResponseCurve([.init(Millihertz(300), 1000)]))
        let product = GridProduct(name: "absorb", nominal: Millihertz(50_000), under: .none, over: curve)
        var bench = Bench(product, isResponding: true)
        bench.second(50)
        #expect(bench.inputs == [.release(.init(.frequency, slot: 1))])
    }
}
