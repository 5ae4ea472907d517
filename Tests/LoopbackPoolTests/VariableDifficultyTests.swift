import Base
import Testing

@testable import LoopbackPool

@Suite struct VariableDifficultyTests {
    /// Miners of very different speed, started far from their place, end up near two shares a second.
    @Test(arguments: [1e6, 1e9, 1e12, 1e14])
    func shareRateSettlesAtTheTarget(hashesPerSecond: Double) throws {
        var difficulty = try #require(ShareDifficulty("1"))
        var now = Instant(nanoseconds: 0)
        var control = VariableDifficulty(.init(sharesPerSecond: 2, start: difficulty), now: now)
        var shares: [Double] = []
        for _ in 0..<200_000 where now < Instant(nanoseconds: 300_000_000_000) {
            let seconds = difficulty.value * ShareDifficulty.hashesPerUnit / hashesPerSecond
            if seconds < 5 {
                now = now + .seconds(seconds)
                control.count(difficulty)
                shares.append(Double(now.nanoseconds) / 1e9)
            } else {
                now = now + .seconds(5)
            }
            if let next = control.retarget(difficulty, now: now) { difficulty = next }
        }
        let rate = Double(shares.filter { $0 > 200 && $0 <= 300 }.count) / 100
        #expect((2 / VariableDifficulty.deadband...2 * VariableDifficulty.deadband).contains(rate), "\(rate) shares/s")
    }

    @Test func stepsAndLimitsAreKept() throws {
        let start = try #require(ShareDifficulty("1"))
        var settings = VariableDifficulty.Settings(sharesPerSecond: 1, start: start)
        settings.minimum = 0.1
        var control = VariableDifficulty(settings, now: Instant(nanoseconds: 0))
        let early = control.retarget(start, now: Instant(nanoseconds: 4_999_999_999))
        #expect(early == nil)
        let quarter = control.retarget(start, now: Instant(nanoseconds: 5_000_000_000))
        #expect(quarter?.value == 0.25)
        let least = control.retarget(try #require(quarter), now: Instant(nanoseconds: 10_000_000_000))
        #expect(least?.value == 0.1)
        let unchanged = control.retarget(try #require(least), now: Instant(nanoseconds: 15_000_000_000))
        #expect(unchanged == nil)
    }

    @Test func aBurstIsAnsweredBeforeTheIntervalEnds() throws {
        let start = try #require(ShareDifficulty("1"))
        var control = VariableDifficulty(.init(sharesPerSecond: 1, start: start), now: Instant(nanoseconds: 0))
        for _ in 0..<20 { control.count(start) }
        let next = control.retarget(start, now: Instant(nanoseconds: 100_000_000))
        #expect(next?.value == 16)
    }
}
