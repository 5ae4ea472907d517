import ASIC
import Base
import Testing

@testable import Rig

/// A board that answers a setting as chips do: power by f·V², errors where the voltage is too low for the clock.
private struct TunerBench {
    var tuner: Tuner
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var isFrozen = false
    /// What the board is really run at; nil: as the tuner says.
    var override: ClockFrequency?
    /// Errors in thousandths whatever the setting.
    var constantErrors: UInt64 = 0
    var changes: [Tuner.Setting] = []
    private var valid: UInt64 = 0
    private var errors: UInt64 = 0

    static let model = BoardPowerModel(
        rest: Milliwatts(60_000), clock: .megahertz(525), voltage: Millivolts(13_700), power: Milliwatts(1_090_000),
        hashesPerCycle: 126 * 514)
    static let profile = Tuner.Profile(
        clocks: .megahertz(200)...(.megahertz(600)), voltages: Millivolts(12_600)...Millivolts(14_200))
    static let safe = Tuner.Setting(clock: .megahertz(400), voltage: Millivolts(13_400))

    init(result: TuningResult? = nil, profile: Tuner.Profile = TunerBench.profile) {
        tuner = Tuner(profile: profile, safe: Self.safe, result: result)
    }

    /// 12.6 V is enough for 390 MHz, 13.7 V for 600 MHz; below, errors rise by 1 % each 10 mV.
    static func errorPermille(_ setting: Tuner.Setting) -> UInt64 {
        let enough = 12_600 + (Int64(setting.clock.hertz) - 390_000_000) * 1100 / 210_000_000
        return UInt64(min(400, max(0, enough - Int64(setting.voltage.value))))
    }

    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while now < end {
            now = now + .seconds(1)
            var setting = tuner.setting
            if let override { setting.clock = override }
            let permille = max(Self.errorPermille(setting), constantErrors)
            // About 20 results a second.
            let results = UInt64(setting.clock.hertz / 20_000_000)
            errors += (results * permille + (now.nanoseconds / 1_000_000_000 * 7) % 1000) / 1000
            valid += results
            let rate = Self.model.hashRate(at: setting.clock) / 1000 * (1000 - permille)
            let seen = Tuner.Observation(
                setting: setting, power: Self.model.power(at: setting.clock, setting.voltage), isPowerMeasured: true,
                hashesPerSecond: rate, validNonces: valid, hardwareErrors: errors)
            let before = tuner.setting
            _ = tuner.tick(seen, isFrozen: isFrozen, now: now)
            if tuner.setting != before { changes.append(tuner.setting) }
        }
    }
}

@Suite struct ControlTunerTests {
    @Test func aPowerTargetIsMetWithAsLittleVoltageAsTheChipsStand() throws {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(900_000)))
        bench.pass(.seconds(7200))
        #expect(bench.tuner.phase == .settled)
        let result = try #require(bench.tuner.result)
        #expect(result.setting == bench.tuner.setting)
        #expect(result.power <= Milliwatts(909_000))
        #expect(result.errorPermille <= 20)
        #expect(TunerBench.errorPermille(result.setting) <= 20)
        #expect(result.setting.voltage < TunerBench.safe.voltage)
        #expect(result.isPowerMeasured)
    }

    @Test func aHashRateTargetIsMetWithinOnePercent() throws {
        var bench = TunerBench()
        let wanted = TunerBench.model.hashRate(at: .megahertz(500))
        bench.tuner.seek(.hashRate(wanted))
        bench.pass(.seconds(7200))
        #expect(bench.tuner.phase == .settled)
        let clock = bench.tuner.setting.clock.hertz
        #expect((493_000_000...507_000_000).contains(clock))
    }

    @Test func everyStepIsBounded() {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(1_300_000)))
        var last = bench.tuner.setting
        bench.pass(.seconds(14_400))
        for setting in bench.changes {
            let way = max(setting.clock, last.clock).hertz - min(setting.clock, last.clock).hertz
            #expect(way <= 25_000_000)
            let volts = max(setting.voltage, last.voltage) - min(setting.voltage, last.voltage)
            #expect(volts <= Millivolts(20) || way > 0)
            #expect(TunerBench.profile.clocks.contains(setting.clock))
            #expect(TunerBench.profile.voltages.contains(setting.voltage))
            last = setting
        }
        #expect(bench.tuner.steps <= TunerBench.profile.stepLimit)
        #expect(bench.tuner.phase == .settled)
    }

    @Test func whileFrozenNothingMoves() {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(900_000)))
        bench.pass(.seconds(59))
        bench.isFrozen = true
        bench.pass(.seconds(3600))
        #expect(bench.changes.isEmpty)
        bench.isFrozen = false
        // What was seen before and during the freeze does not count.
        bench.pass(.seconds(59))
        #expect(bench.changes.isEmpty)
        bench.pass(.seconds(3))
        #expect(bench.changes.count == 1)
    }

    @Test func aBoardThatRunsAtAnotherClockIsNotJudged() {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(900_000)))
        bench.override = .megahertz(250)
        bench.pass(.seconds(3600))
        #expect(bench.changes.isEmpty)
    }

    @Test func errorsEverywhereAbortTheSearchAtTheSafeSetting() {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(900_000)))
        bench.constantErrors = 50
        bench.pass(.seconds(7200))
        #expect(bench.tuner.phase == .aborted)
        #expect(bench.tuner.setting == TunerBench.safe)
        #expect(bench.tuner.result == nil)
    }

    @Test func aFloodOfErrorsIsAnsweredWithinSeconds() {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(900_000)))
        bench.pass(.seconds(62))
        #expect(bench.changes.count == 1)
        bench.constantErrors = 300
        bench.pass(.seconds(6))
        #expect(bench.tuner.setting == TunerBench.safe)
    }

    @Test func aResultIsUsedAgainForTheSameTargetAndBounds() throws {
        var bench = TunerBench()
        bench.tuner.seek(.power(Milliwatts(900_000)))
        bench.pass(.seconds(7200))
        let result = try #require(bench.tuner.result)
        var record = TuningRecord(boardCount: 3)
        record.boards[1] = result
        let read = try TuningRecord.read(file: "tuning.json", bytes: record.json, boardCount: 3)
        #expect(read == record)

        var again = TunerBench(result: read.boards[1])
        again.tuner.seek(.power(Milliwatts(900_000)))
        #expect(again.tuner.phase == .settled)
        #expect(again.tuner.setting == result.setting)
        again.tuner.seek(.power(Milliwatts(800_000)))
        #expect(again.tuner.phase == .searching)
        #expect(again.tuner.setting == TunerBench.safe)

        var narrow = TunerBench.profile
        narrow.clocks = .megahertz(200)...(.megahertz(300))
        #expect(TunerBench(result: read.boards[1], profile: narrow).tuner.phase == .resting)
    }

    @Test(arguments: [
        #"{"schema":1,"boards":[{"target_milliwatts":-5}]}"#, #"{"schema":1,"boards":[{"watts":5}]}"#, "{}",
    ])
    func refusesWhatItDidNotWrite(text: String) {
        #expect(throws: DocumentError.self) {
            try TuningRecord.read(file: "tuning.json", bytes: Array(text.utf8), boardCount: 1)
        }
    }
}
