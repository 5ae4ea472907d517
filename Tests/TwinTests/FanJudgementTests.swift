import Base
import Buses
import Testing

@testable import Thermal
@testable import Twin

/// The verification of fans against simulated ones that differ as real ones do, while their duty wanders: no healthy one is
/// accused, and each sick one is within two seconds.
@Suite struct FanJudgementTests {
    static let seeds: [UInt64] = Array(0..<40)

    @Test(arguments: seeds) func healthyFansAreNeverAccused(seed: UInt64) {
        var bench = FanBench(seed: seed, spread: true)
        var accusations: [String] = []
        for _ in 0..<1200 {
            bench.step()
            if bench.condition.isFaulty || bench.condition == .fast {
                accusations.append("\(bench.condition) at \(bench.seconds) s")
            }
        }
        #expect(accusations.isEmpty, "\(accusations.prefix(3))")
        // It did not just stand, nor turn at one speed.
        #expect(bench.turningTicks > 600 && bench.speeds.upperBound > 2 * bench.speeds.lowerBound)
    }

    @Test(arguments: seeds) func wornFansAreAccusedInTime(seed: UInt64) throws {
        let latency = try #require(FanBench.latency(of: .worn(permille: 500), seed: seed))
        #expect(latency <= .seconds(2))
    }

    @Test(arguments: seeds) func blockedFansAreAccusedInTime(seed: UInt64) throws {
        #expect(try #require(FanBench.latency(of: .stalled, seed: seed)) <= .seconds(2))
    }

    @Test(arguments: seeds) func fansWithoutPowerAreAccusedInTime(seed: UInt64) throws {
        #expect(try #require(FanBench.latency(of: .dead, seed: seed)) <= .seconds(2))
    }

    @Test(arguments: seeds) func aBlockedFanThatIsFreedIsNotCalledSlow(seed: UInt64) {
        var bench = FanBench(seed: seed, spread: false)
        bench.hold(DutyCycle(percent: 40), for: .seconds(20))
        bench.set(.stalled)
        bench.hold(.full, for: .seconds(10))
        #expect(bench.condition == .stalled)
        bench.set(.healthy)
        var conditions: [FanCondition] = []
        for _ in 0..<20 {
            bench.hold(.full, for: FanBench.tick)
            if conditions.last != bench.condition { conditions.append(bench.condition) }
        }
        #expect(conditions == [.stalled, .turning])
    }

    @Test func aFanThatOnlyJerksStaysStalled() {
        var bench = FanBench(seed: 0, spread: false)
        bench.hold(DutyCycle(percent: 40), for: .seconds(20))
        for second in 0..<60 {
            bench.set(second % 3 == 2 ? .healthy : .stalled)
            bench.hold(DutyCycle(percent: 40), for: .seconds(1))
            if second > 2 { #expect(bench.condition == .stalled) }
        }
    }

    /// A fan that stays at its speed is a healthy one until its duty asks for another.
    @Test(arguments: seeds) func fansStuckAtASpeedAreAccusedOnceTheyShouldTurnFaster(seed: UInt64) throws {
        var bench = FanBench(seed: seed, spread: false)
        bench.hold(DutyCycle(percent: 30), for: .seconds(20))
        bench.stick()
        bench.hold(.full, for: .seconds(2))
        #expect(bench.condition == .slow)
    }
}

/// One fan, its verification, and a duty that wanders as the controller's does.
private struct FanBench {
    static let tick = Duration.milliseconds(500)

    let fan: ThermalFan
    let tuning = ThermalTuning()
    private(set) var watch: FanWatch
    private(set) var turningTicks = 0
    private(set) var speeds: ClosedRange<Int32> = 6000...6000
    private let unit: FanUnit
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var duty = DutyCycle.full
    private var goal = DutyCycle.full
    private var draws: SplitMix64
    private let isSpread: Bool
    /// Of the supply, in thousandths, and what of it has reached the fan's speed.
    private var voltage = 1000.0
    private var voltageNow = 1000.0
    private var stuckAt: Int32?

    var condition: FanCondition { watch.condition }
    var seconds: Double { Double(now.nanoseconds) / 1e9 - 1 }

    /// - Parameter spread: whether its speed and lags differ from its curve's by what fans differ, and its voltage wanders.
    init(seed: UInt64, spread: Bool) {
        draws = SplitMix64(state: seed &* 977 &+ 5)
        let isDesk = seed % 2 == 1
        var curve = isDesk ? TwinFanCurve.desk60 : .antminer120
        let (full, slow) = (curve.fastest.value, curve.slowest.value)
        // As a board file without more than the full speed makes it, or as measured.
        let isLine = seed / 2 % 2 == 1
        let quarter = isLine ? full / 4 : slow + (full - slow) * 17 / 92
        fan = ThermalFan(curve: FanCurve(.zero, RPM(quarter), RPM(full / 2), RPM(full * 3 / 4), RPM(full)))
        isSpread = spread
        if spread {
            // Ten percent of speed, a quarter of the lags.
            let speed = Int32(draws.next() % 201) - 100
            curve.fastest = RPM(full + full * speed / 1000)
            curve.slowest = RPM(slow + slow * speed / 1000)
            curve.upMilliseconds = curve.upMilliseconds * (750 + Int32(draws.next() % 501)) / 1000
            curve.downMilliseconds = curve.downMilliseconds * (750 + Int32(draws.next() % 501)) / 1000
        }
        unit = FanUnit(curve)
        watch = FanWatch(fan)
    }

    /// From the fault, which comes at any time between two ticks, to the accusation; nil when there is none for 20 s. Fans at
    /// full duty have nothing left to be told: the duty is a lower one then.
    static func latency(of fault: FanUnit.Condition, seed: UInt64) -> Duration? {
        var bench = FanBench(seed: seed, spread: false)
        let calm = 40 + Int(bench.draws.next() % 200)
        for _ in 0..<calm { bench.step() }
        while bench.duty < DutyCycle(percent: 20) || bench.duty > DutyCycle(percent: 90)
            || bench.watch.isStanding(bench.fan, now: bench.now)
        {
            bench.step()
        }
        let into = Duration.milliseconds(Int64(bench.draws.next() % 500))
        bench.move(into)
        let begun = bench.now
        bench.unit.condition = fault
        bench.move(Self.tick - into)
        bench.judge()
        for _ in 0..<40 {
            if bench.condition.isFaulty { return bench.now - begun }
            bench.step()
        }
        return nil
    }

    mutating func hold(_ duty: DutyCycle, for time: Duration) {
        self.duty = duty
        for _ in 0..<Int(time / Self.tick) {
            watch.note(duty, now: now)
            unit.drive(duty)
            move(Self.tick)
            judge()
        }
    }

    /// From now on it turns as fast as it does now, whatever it is told.
    mutating func stick() { stuckAt = Int32(unit.speed) }

    func set(_ condition: FanUnit.Condition) { unit.condition = condition }

    mutating func step() {
        if draws.next() % 25 == 0 { goal = DutyCycle(percent: Int32(draws.next() % 81) + 20) }
        // Boards off and cold: the fans stand, and are started again.
        if isSpread, draws.next() % 300 == 0 { goal = goal == .off ? .full : .off }
        if draws.next() % 150 == 0 {
            goal = .full
            duty = .full
        }
        wander()
        let told = duty > .off && watch.isStanding(fan, now: now) ? max(duty, fan.start) : duty
        watch.note(told, now: now)
        unit.drive(told)
        // The slow half of 12 V ± 10 %; steps as of loads that come and go.
        if isSpread, draws.next() % 40 == 0 { voltage = 900 + Double(draws.next() % 201) }
        move(Self.tick)
        judge()
    }

    /// Ten percent a second upward, two downward.
    private mutating func wander() {
        if goal > duty {
            duty = min(goal, DutyCycle(permille: max(duty.permille, 200) + 50))
        } else {
            duty = max(goal, DutyCycle(permille: duty.permille - 10))
            if goal == .off, duty < fan.minimum { duty = .off }
        }
    }

    private mutating func move(_ time: Duration) {
        let pieces = 10
        for _ in 0..<pieces {
            let piece = Duration.nanoseconds(time.nanoseconds / Int64(pieces))
            now = now + piece
            unit.step(to: now, seconds: Double(piece.nanoseconds) / 1e9, isPowered: true)
            voltageNow += (voltage - voltageNow) * 0.05
        }
    }

    private mutating func judge() {
        let speed = stuckAt ?? Int32(unit.speed * voltageNow / 1000)
        if speed > 200 {
            turningTicks += 1
            speeds = min(speeds.lowerBound, speed)...max(speeds.upperBound, speed)
        }
        watch.judge(
            ThermalInputs.Fan(
                applied: .ok(unit.duty ?? .full, at: now),
                speed: speed < 30 ? .failed(.stopped) : .ok(RPM(speed), at: now)),
            fan, tuning: tuning, elapsed: Self.tick, now: now, disabled: [])
    }
}
