/// What a board, or the rig as a whole, is going through. Docs/thermal.md draws the transitions.
public enum Regime: UInt8, CaseIterable, Equatable, Sendable {
    /// Off until every required input has answered and the fans have been seen turning.
    case boot
    /// May work; the fans do not fall below a floor until the heat has arrived everywhere.
    case warmUp
    /// The fans hold the target.
    case regulating
    /// Something is hot: power goes down step by step, and comes back slowly.
    case throttling
    /// Something is critical: full fans, the least power.
    case overheat
    /// Still full fans and the least power, until everything is back at its target.
    case coolDown
    /// Off, for a while at least.
    case tripped
    /// Off until a technician unlocks it: it tripped too often.
    case lockedOut

    /// Orders regimes by how far they are from normal work, for saying one for several boards.
    public var severity: UInt8 {
        switch self {
        case .regulating: 0
        case .warmUp: 1
        case .boot: 2
        case .throttling: 3
        case .coolDown: 4
        case .overheat: 5
        case .tripped: 6
        case .lockedOut: 7
        }
    }

    /// Whether a board may have power at all.
    public var allowsPower: Bool {
        switch self {
        case .boot, .tripped, .lockedOut: false
        case .warmUp, .regulating, .throttling, .overheat, .coolDown: true
        }
    }
}

/// What decides about the next regime.
struct RegimeEvidence: Equatable {
    /// The worst level of all estimates.
    var level = TemperatureLevel.nominal
    /// Every estimate is at or below its target.
    var isCool = true
    /// Everything required has answered, and the fans turn.
    var isReady = true
    /// There is a reason to switch off now.
    var hasToTrip = false
    /// The board has just been switched on.
    var isStarting = false
    /// The board has worked for long enough to be warm everywhere.
    var isSettled = false
    /// Everything is well below `hot`: the ladder may climb.
    var hasRoom = true
    /// The ladder is back at full power.
    var isUnthrottled = true
    /// It has been off for long enough.
    var isDwellOver = true
    /// This many trips in an hour are too many.
    var isExhausted = false
    /// A technician says so.
    var isUnlocked = false
}

extension Regime {
    /// The regime after a tick with the evidence.
    func next(_ evidence: RegimeEvidence) -> Regime {
        switch self {
        case .boot:
            return evidence.isReady && !evidence.hasToTrip && evidence.level == .nominal ? .warmUp : .boot
        case .tripped:
            if evidence.isExhausted { return .lockedOut }
            let isOver = evidence.isDwellOver && evidence.isCool && evidence.isReady && !evidence.hasToTrip
            return isOver ? .warmUp : .tripped
        case .lockedOut:
            return evidence.isUnlocked && !evidence.hasToTrip ? .boot : .lockedOut
        case .warmUp, .regulating, .throttling, .overheat, .coolDown:
            if evidence.hasToTrip { return .tripped }
            if evidence.level >= .critical { return .overheat }
            return nextWhileWorking(evidence)
        }
    }

    /// The regime of a part that may work and is neither critical nor to be switched off.
    private func nextWhileWorking(_ evidence: RegimeEvidence) -> Regime {
        switch self {
        case .warmUp:
            if evidence.level == .hot { return .throttling }
            guard evidence.isSettled else { return .warmUp }
            return evidence.isUnthrottled ? .regulating : .throttling
        case .regulating:
            if evidence.level == .hot { return .throttling }
            return evidence.isStarting ? .warmUp : .regulating
        case .throttling:
            return evidence.level == .nominal && evidence.isUnthrottled ? .regulating : .throttling
        case .overheat:
            return evidence.level < .critical ? .coolDown : .overheat
        case .coolDown:
            return evidence.isCool ? .throttling : .coolDown
        case .boot, .tripped, .lockedOut:
            return self
        }
    }
}
