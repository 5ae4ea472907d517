import ASIC
import Testing

@Suite struct BM13xxClockTests {
    struct Vector: Sendable {
        let family: ChipFamily
        let hertz: UInt32
        let word: UInt32
    }

    @Test(arguments: [
        Vector(family: .bm1397, hertz: 425_000_000, word: 0x4044_0221),
        Vector(family: .bm1397, hertz: 450_000_000, word: 0x4048_0221),
        Vector(family: .bm1366, hertz: 485_000_000, word: 0x50C2_0240),
        Vector(family: .bm1366, hertz: 500_000_000, word: 0x40A0_0230),
        Vector(family: .bm1368, hertz: 490_000_000, word: 0x50C4_0240),
        Vector(family: .bm1370, hertz: 56_250_000, word: 0x40A2_0255),
        Vector(family: .bm1370, hertz: 600_000_000, word: 0x50C0_0230),
        Vector(family: .bm1362, hertz: 56_250_000, word: 0x40A2_0255),
        Vector(family: .bm1362, hertz: 525_000_000, word: 0x40A8_0230),
    ])
    func publishedSettingsAreFound(_ vector: Vector) throws {
        let rules = vector.family.pll
        let setting = try #require(rules.setting(for: ClockFrequency(hertz: vector.hertz)))
        #expect(
            PLLWord(setting, postDividers: rules.postDividers).word(postDividers: rules.postDividers) == vector.word)
        #expect(setting.frequency.hertz == vector.hertz)
        #expect(PLLWord(word: vector.word, postDividers: rules.postDividers).setting == setting)
    }

    @Test func aCapturedSettingWithAHigherOscillatorReadsBackTheSameClock() {
        // Bitaxe firmware runs 525 MHz from 2625 MHz; the search prefers 2100 MHz.
        let word = PLLWord(word: 0x50D2_0240, postDividers: .minusOne)
        #expect(word.setting.frequency == .megahertz(525))
        #expect(word.setting.oscillatorHertz == 2_625_000_000)
        #expect(word.isHighRange)
        #expect(!word.isLocked)
        #expect(PLLWord(word: 0xC060_0161, postDividers: .raw).isLocked)
    }

    @Test(arguments: ChipFamily.all)
    func everyRampStepHasASettingWithinTheRules(_ family: ChipFamily) throws {
        var ramp = FrequencyRamp(at: ClockFrequency(hertz: 0), target: .megahertz(700))
        while let step = ramp.advance() {
            guard step >= family.rampStart else { continue }
            let setting = try #require(family.pll.setting(for: step), "\(step.hertz) Hz")
            #expect(family.pll.feedback.contains(setting.feedback))
            if let range = family.pll.oscillatorHertz { #expect(range.contains(setting.oscillatorHertz)) }
            #expect(abs(Int(setting.frequency.hertz) - Int(step.hertz)) <= 3_125_000)
        }
    }

    @Test func clocksOutOfReachHaveNoSetting() {
        for family in ChipFamily.all {
            #expect(family.pll.setting(for: .megahertz(4000)) == nil)
            #expect(family.pll.setting(for: ClockFrequency(hertz: 0)) == nil)
        }
    }

    @Test func sweepDeadlines() throws {
        let at485 = try #require(ChipFamily.bm1366.pll.setting(for: .megahertz(485)))
        #expect(HashCounting.ticks(cores: 112, chips: 1, pll: at485, margin: 0) == 864_804)
        let at490 = try #require(ChipFamily.bm1368.pll.setting(for: .megahertz(490)))
        #expect(HashCounting.ticks(cores: 80, chips: 1, pll: at490, margin: 0) == 855_980)
        #expect(HashCounting.ticks(cores: 80, chips: 1, pll: at490) == 855_780)
        // Never the value that stops the cores.
        #expect(HashCounting.ticks(cores: 128, chips: 256, pll: at490, margin: .max) == 1)
    }

    @Test func rampsGoBothWaysInStepsAndEndOnTheTarget() {
        var up = FrequencyRamp(at: ClockFrequency(hertz: 56_250_000), target: .megahertz(70))
        var seen: [UInt32] = []
        while let step = up.advance() { seen.append(step.hertz) }
        #expect(seen == [62_500_000, 68_750_000, 70_000_000])
        up.target = .megahertz(60)
        seen = []
        while let step = up.advance() { seen.append(step.hertz) }
        #expect(seen == [68_750_000, 62_500_000, 60_000_000])
    }
}
