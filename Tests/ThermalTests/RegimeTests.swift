import Testing

@testable import Thermal

/// Every regime with every evidence there can be.
@Suite struct RegimeTests {
    /// The arrows of the diagram in Docs/thermal.md.
    static let arrows: [Regime: Set<Regime>] = [
        .boot: [.warmUp],
        .warmUp: [.regulating, .throttling, .overheat, .tripped],
        .regulating: [.warmUp, .throttling, .overheat, .tripped],
        .throttling: [.regulating, .overheat, .tripped],
        .overheat: [.coolDown, .tripped],
        .coolDown: [.throttling, .overheat, .tripped],
        .tripped: [.warmUp, .lockedOut],
        .lockedOut: [.boot],
    ]

    static let everyEvidence: [RegimeEvidence] = TemperatureLevel.allCases.flatMap { level in
        (0..<512).map { bits in
            var evidence = RegimeEvidence()
            evidence.level = level
            evidence.isCool = bits & 1 != 0
            evidence.isReady = bits & 2 != 0
            evidence.hasToTrip = bits & 4 != 0
            evidence.isStarting = bits & 8 != 0
            evidence.isSettled = bits & 16 != 0
            evidence.hasRoom = bits & 32 != 0
            evidence.isUnthrottled = bits & 64 != 0
            evidence.isDwellOver = bits & 128 != 0
            evidence.isExhausted = bits & 256 != 0
            return evidence
        }
    }.flatMap { evidence in
        var unlocked = evidence
        unlocked.isUnlocked = true
        return [evidence, unlocked]
    }

    @Test(arguments: Regime.allCases) func everyArrowOfTheDiagramAndNoOther(from regime: Regime) {
        let reached = Set(Self.everyEvidence.map { regime.next($0) }).subtracting([regime])
        #expect(reached == Self.arrows[regime])
    }

    @Test(arguments: Regime.allCases) func aReasonToTripLeavesNoPower(from regime: Regime) {
        for evidence in Self.everyEvidence where evidence.hasToTrip {
            #expect(!regime.next(evidence).allowsPower)
        }
    }

    @Test(arguments: Regime.allCases) func nothingCriticalRunsAtMoreThanTheLeastPower(from regime: Regime) {
        for evidence in Self.everyEvidence where evidence.level >= .critical && regime != .tripped {
            let next = regime.next(evidence)
            #expect(next == .overheat || !next.allowsPower)
        }
    }

    @Test func powerComesBackOnlyCoolReadyAndAfterTheDwell() {
        for evidence in Self.everyEvidence where Regime.tripped.next(evidence).allowsPower {
            #expect(evidence.isCool && evidence.isReady && evidence.isDwellOver && !evidence.isExhausted)
        }
        for evidence in Self.everyEvidence where Regime.boot.next(evidence).allowsPower {
            #expect(evidence.isReady && evidence.level == .nominal)
        }
    }

    @Test func aLockOutNeedsATechnicianAndThenABoot() {
        for evidence in Self.everyEvidence {
            let next = Regime.lockedOut.next(evidence)
            #expect(next == (evidence.isUnlocked && !evidence.hasToTrip ? .boot : .lockedOut))
        }
    }

    @Test(arguments: Regime.allCases) func hotterNeverMeansALessCautiousRegime(from regime: Regime) {
        for evidence in Self.everyEvidence where evidence.level < .powerDown {
            var hotter = evidence
            hotter.level = TemperatureLevel(rawValue: evidence.level.rawValue + 1) ?? .powerDown
            hotter.isCool = false
            let (cool, hot) = (regime.next(evidence), regime.next(hotter))
            // Off is off; of the regimes with power the one that cools more and allows less wins.
            if cool.allowsPower { #expect(!hot.allowsPower || hot.severity >= cool.severity) }
        }
    }
}
