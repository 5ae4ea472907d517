/// Where a hash board is in its life.
///
///     absent ⇄ detected ──run──▶ powering ─▶ inReset ─▶ enumerating ─▶ ramping ⇄ hashing
///                 ▲                 └───────────┴─────────────┴────────────┴────────┤
///                 ├──── off ──── stopping ◀──────────── halt, cut, unplugged ───────┤
///                 │                                                                 │
///               unlock        recovering(step) ◀── faulted ◀──────── fault ─────────┘
///                 └─ lockedOut ◀───────────────────────┘
///
/// `next(on:)` is the whole table (Docs/control.md).
public enum BoardState: Hashable, Sendable {
    /// The connector is empty.
    case absent
    /// Plugged in, off, ready.
    case detected
    /// Waiting for a supply that measures what it was told.
    case powering
    /// Supplied, chips held in reset, while the board's own regulators settle.
    case inReset
    /// The chain counts and sets up its chips, at its starting clock.
    case enumerating
    /// Hashing, while the clock is on its way to its target.
    case ramping
    /// Hashing at its target.
    case hashing
    /// Lines are cut; waiting for the proof that the board is off.
    case stopping
    /// Lines are cut after a fault, until it is decided what to try.
    case faulted
    /// Off for a while, then tried again.
    case recovering(RecoveryStep)
    /// Off until the operator unlocks the board, or it is exchanged.
    case lockedOut

    /// Every state there is.
    public static let all: [BoardState] =
        [.absent, .detected, .powering, .inReset, .enumerating, .ramping, .hashing, .stopping, .faulted]
        + RecoveryStep.allCases.map { .recovering($0) } + [.lockedOut]

    /// Whether the chips may take load: the enable line is up.
    public var isEnabled: Bool {
        switch self {
        case .inReset, .enumerating, .ramping, .hashing: true
        case .absent, .detected, .powering, .stopping, .faulted, .recovering, .lockedOut: false
        }
    }

    /// What the board asks of its supply.
    public var supplyNeed: SupplyNeed {
        switch self {
        case .powering, .inReset, .enumerating, .ramping, .hashing: .on
        case .faulted, .recovering(.reinitialise), .recovering(.reset): .keep
        case .absent, .detected, .stopping, .recovering(.powerCycle), .recovering(.backOff), .lockedOut: .none
        }
    }

    /// Whether the chips hash, or are meant to.
    public var isHashing: Bool { self == .ramping || self == .hashing }
}

/// What a board asks of the supply that it hangs on.
public enum SupplyNeed: Hashable, Sendable, Comparable {
    /// Nothing: as far as this board goes, the supply may be switched off.
    case none
    /// To stay on if it is on: the board will soon try again.
    case keep
    case on
}

/// A rung of the ladder by which a board that failed is brought back. Its lines are down meanwhile.
public enum RecoveryStep: Hashable, Sendable, CaseIterable, Comparable {
    /// Set up the chips anew.
    case reinitialise
    /// Hold the chips in reset for longer, then set them up.
    case reset
    /// Take the power away until everything is discharged.
    case powerCycle
    /// Take the power away for minutes.
    case backOff
}

/// What a board's life cycle is told.
public enum BoardInput: Hashable, Sendable {
    /// The plug detect line says that a board is there, or is not.
    case plugged
    case unplugged
    /// The board is wanted at work; everything it needs is granted.
    case run
    /// The board is wanted off, whatever for.
    case halt
    /// The lines were cut by somebody else: the real-time relay.
    case cut
    /// The supply is on and, where it can be measured, measures so.
    case supplied
    /// The supply has failed or was taken away.
    case unsupplied
    /// The chain takes work.
    case chainReady
    /// The chain has fallen back to setting up its chips.
    case chainRestarting
    /// The clock is where it should be.
    case atTarget
    /// The clock has another target.
    case retarget
    /// The board is off: its chain rests and, where it can be measured, it takes no power.
    case isOff
    /// The time that the state may last is over.
    case elapsed
    /// Something failed.
    case fault
    /// The ladder's verdict.
    case recover(RecoveryStep)
    case giveUp
    /// The operator lets a locked-out board try again.
    case unlock

    /// Every input there is.
    public static let all: [BoardInput] =
        [
            .plugged, .unplugged, .run, .halt, .cut, .supplied, .unsupplied, .chainReady, .chainRestarting, .atTarget,
            .retarget, .isOff, .elapsed, .fault,
        ] + RecoveryStep.allCases.map { .recover($0) } + [.giveUp, .unlock]
}

extension BoardState {
    /// The state that follows; nil where the input has no meaning and nothing is to happen.
    public func next(on input: BoardInput) -> BoardState? {
        switch self {
        case .absent: input == .plugged ? .detected : nil
        case .detected:
            switch input {
            case .run: .powering
            case .unplugged: .absent
            case .fault: .faulted
            default: nil
            }
        case .powering: input == .supplied ? .inReset : nextWhileRunning(on: input)
        case .inReset: input == .elapsed ? .enumerating : nextWhileRunning(on: input)
        case .enumerating: input == .chainReady ? .ramping : nextWhileRunning(on: input)
        case .ramping:
            switch input {
            case .atTarget: .hashing
            case .chainRestarting: .enumerating
            default: nextWhileRunning(on: input)
            }
        case .hashing:
            switch input {
            case .retarget: .ramping
            case .chainRestarting: .enumerating
            case .elapsed: nil
            default: nextWhileRunning(on: input)
            }
        case .stopping:
            switch input {
            case .isOff: .detected
            case .elapsed, .fault: .faulted
            default: nil
            }
        case .faulted:
            switch input {
            case .recover(let step): .recovering(step)
            case .giveUp: .lockedOut
            case .unplugged: .absent
            default: nil
            }
        case .recovering:
            switch input {
            case .elapsed: .powering
            case .halt, .cut, .unplugged: .stopping
            case .fault: .faulted
            default: nil
            }
        case .lockedOut:
            switch input {
            case .unlock: .detected
            case .unplugged: .absent
            default: nil
            }
        }
    }

    /// What every state between powering and hashing has in common.
    private func nextWhileRunning(on input: BoardInput) -> BoardState? {
        switch input {
        case .halt, .cut, .unplugged: .stopping
        case .fault, .elapsed: .faulted
        case .unsupplied: self == .powering ? nil : .faulted
        default: nil
        }
    }
}
