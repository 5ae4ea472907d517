import Base
import Buses
import Testing

@Suite struct ReadingTests {
    let start = Instant(nanoseconds: 1_000_000_000)

    @Test func aValueGrowsStaleAndKeepsItsTime() {
        let reading = Reading.ok(Celsius.degrees(60), at: start)
        #expect(reading.aged(to: start + .seconds(3), limit: .seconds(3)) == reading)
        #expect(reading.aged(to: start + .milliseconds(3001), limit: .seconds(3)) == .stale(since: start))
    }

    @Test func aFailureNeverBecomesAValueOrStale() {
        let reading = Reading<Celsius>.failed(.openCircuit)
        #expect(reading.aged(to: start + .seconds(100), limit: .seconds(1)) == reading)
        #expect(reading.map { $0 + .degrees(5) } == reading)
        #expect(reading.value == nil)
        #expect(reading.failure == .openCircuit)
    }

    @Test func derivedReadingsKeepTheInstant() {
        let reading = Reading.ok(Celsius.degrees(60), at: start).map { $0 + .degrees(5) }
        #expect(reading == .ok(.degrees(65), at: start))
        #expect(Reading<RPM>.stale(since: start).map { $0.value } == .stale(since: start))
    }

    @Test func failuresExplainThemselves() {
        let fault = BusFault(.timeout, bus: BusName(.i2c, 0), address: 0x48, register: 0, operation: "read word")
        #expect(ReadingFailure.bus(fault).description == "i2c-0 0x48 register 0x00 read word: timeout")
        #expect(ReadingFailure.openCircuit.description == "diode open")
    }
}

@Suite struct PWMSettingTests {
    @Test func frequencyAndDutyGiveNanoseconds() throws {
        let fan = try #require(PWMSetting(frequency: Hertz(25_000), duty: DutyCycle(percent: 40)))
        #expect((fan.period, fan.onTime) == (40_000, 16_000))
        #expect(PWMSetting(frequency: Hertz(0), duty: .full) == nil)
        #expect(PWMSetting(period: 4_000_000_000, duty: .full).onTime == 4_000_000_000)
    }

    @Test func aReadBackWithMoreOnTimeThanPeriodIsRefused() {
        #expect(PWMSetting(period: 100, onTime: 101, polarity: .normal, isEnabled: true) == nil)
        #expect(PWMSetting(period: 100, onTime: 100, polarity: .inverted, isEnabled: false)?.onTime == 100)
    }
}
