import Base
import Testing
import Thermal

/// What is decided in every regime for every quality of the sensors, state of the fans and level of heat.
@Suite struct DecisionTableTests {
    @Test(arguments: Regime.allCases) func everyRegimeCanBeReached(_ regime: Regime) throws {
        let feed = try Feed.inRegime(regime)
        #expect(feed.decision.boards[0].regime == regime)
        #expect(feed.decision.boards[1].regime.severity <= Regime.boot.severity)
    }

    /// 8 regimes × 5 qualities × 6 fan states × 4 levels, each held for eleven seconds: one more than it may take to switch
    /// off a board that nobody can see.
    @Test(arguments: Regime.allCases) func decisionsHoldInEveryCombination(from regime: Regime) throws {
        let start = try Feed.inRegime(regime)
        for quality in Feed.Quality.allCases {
            for fans in Feed.Fans.allCases {
                for level in TemperatureLevel.allCases {
                    var feed = start
                    feed.quality = quality
                    feed.fans = fans
                    feed.offset = Feed.offsets[level] ?? 0
                    feed.run(.seconds(11))
                    check(feed, level, "\(regime) \(quality) \(fans) \(level)")
                }
            }
        }
    }

    private func check(_ feed: Feed, _ level: TemperatureLevel, _ name: Comment) {
        let board = feed.decision.boards[0]
        let isBlind = feed.quality != .fresh
        let isCooled = feed.fans != .allStalled && feed.fans != .allSilent
        // Off whenever it is too hot, cannot be seen, or has no fans.
        if isBlind || !isCooled || level == .powerDown { #expect(board.ceiling.permille == 0, name) }
        // Hot boards get less, critical ones the least.
        if level >= .hot { #expect(board.ceiling.permille <= 850, name) }
        if level >= .critical { #expect(board.ceiling.permille <= 400, name) }
        // Full fans for whatever is hot, and whenever one of them is at fault while anything is powered or warm.
        if level >= .hot, !isBlind { #expect(feed.decision.fans[0].duty == .full, name) }
        if feed.fans != .turning { #expect(feed.decision.fans[0].duty == .full, name) }
        // The neighbour goes on unless the fans are lost for both.
        if isCooled { #expect(feed.decision.boards[1].ceiling.permille == 1000 || board.regime == .boot, name) }
        // No fan ever gets less than keeps it turning while a board is powered.
        #expect(feed.decision.fans[2].duty >= DutyCycle(percent: 20), name)
        // What is decided is explained.
        #expect(board.regime.allowsPower == (board.ceiling.permille > 0), name)
        if level >= .hot, !isBlind { #expect(feed.decision.leader?.channel == board.leader, name) }
    }
}

extension PowerCeiling {
    /// 0 for off.
    var permille: Int32 {
        if case .allow(let permille) = self { permille } else { 0 }
    }
}
