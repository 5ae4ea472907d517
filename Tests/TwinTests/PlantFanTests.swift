import Base
import Buses
import Peripherals
import Testing
import Twin

@Suite struct PlantFanTests {
    @Test func withoutPWMFansRunAtFullSpeed() {
        let bench = PlantBench()
        bench.run(.seconds(10))
        #expect(bench.rig.fanSpeed(0) > RPM(5900))
    }

    @Test func speedFollowsDutyLate() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 20)
        bench.run(.seconds(20))
        let slow = bench.rig.fanSpeed(0).value
        try bench.setFans(percent: 100)
        bench.run(.milliseconds(100))
        #expect(bench.rig.fanSpeed(0).value < slow + 1000, "inertia")
        let arrived = try #require(
            bench.time(until: .seconds(20), step: .milliseconds(20)) { bench.rig.fanSpeed(0) > RPM(5500) })
        #expect(arrived > .seconds(1) && arrived < .seconds(6))
    }

    @Test func aFanStallsBelowItsLeastDutyAndNeedsMoreToStart() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 5)
        bench.run(.seconds(30))
        #expect(bench.rig.fanSpeed(0) == .zero)
        try bench.setFans(percent: 10)
        bench.run(.seconds(10))
        #expect(bench.rig.fanSpeed(0) == .zero, "10 % holds a turning fan and does not start one")
        try bench.setFans(percent: 30)
        bench.run(.seconds(10))
        try bench.setFans(percent: 10)
        bench.run(.seconds(10))
        #expect(bench.rig.fanSpeed(0) > RPM(600))
    }

    @Test func pulsesCountedByTheDriverGiveTheSpeed() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 50)
        bench.run(.seconds(20))
        let source = try #require(bench.rig.edges(0, 31))
        var tachometer = EdgeTachometer()
        var edges = [Edge](repeating: Edge(.toActive, at: bench.clock.now, sequence: 0), count: 16)
        var expected: UInt32?
        for _ in 0..<50 {
            var span = edges.mutableSpan
            let count = try source.read(into: &span)
            for edge in edges[..<count] {
                if let expected { #expect(edge.sequence == expected) }
                expected = edge.sequence + 1
                tachometer.record(edge)
            }
            bench.run(.milliseconds(20))
        }
        let counted = try #require(tachometer.speed(now: bench.clock.now).value).value
        #expect((counted - bench.rig.fanSpeed(0).value).magnitude < 30)
        #expect(source.lost == 0)
        bench.run(.seconds(5))
        #expect(source.lost > 0, "nobody read for five seconds")
    }

    @Test func faultsOfFans() throws {
        let bench = PlantBench()
        try bench.setFans(percent: 60)
        bench.run(.seconds(20))
        let healthy = bench.rig.fanSpeed(0)
        try bench.rig.inject(.fan(0, .stalled), for: .seconds(60))
        try bench.rig.inject(.fan(1, .worn(permille: 600)))
        try bench.rig.inject(.fan(2, .tachometerLost))
        bench.run(.seconds(10))
        #expect(bench.rig.fanSpeed(0) == .zero)
        #expect(bench.rig.fanSpeed(1).value < healthy.value * 2 / 3)
        #expect(bench.rig.fanSpeed(2) == healthy)
        #expect(bench.rig.tachometer(2)?.speed(now: bench.clock.now) == .failed(.stopped))
        bench.run(.seconds(70))
        #expect(bench.rig.fanSpeed(0).value > healthy.value - 10, "it turns again after its minute")
    }

    @Test func aLostSettingIsSeenByReadingBack() throws {
        let bench = PlantBench()
        let pwm = try #require(bench.rig.pwm(0, 1))
        try bench.setFans(percent: 40)
        try bench.rig.inject(.fan(3, .lostWrites(1)))
        let wanted = PWMSetting(period: 40_000, duty: DutyCycle(percent: 90))
        try pwm.apply(wanted)
        #expect(try pwm.current() != wanted)
        try pwm.apply(wanted)
        #expect(try pwm.current() == wanted)
    }
}
