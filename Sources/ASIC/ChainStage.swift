/// Where a chain of chips is in its life.
///
///     off ─ start ─▶ bringing up ─▶ hashing
///      ▲                │  ▲          │
///      └──── stop ──────┤  └─ restart ┤ fault
///                       ▼             ▼
///                    faulted (no restarts left)
public enum ChainStage: Hashable, Sendable {
    /// In reset, and content with it.
    case off
    case bringingUp
    case hashing
    /// In reset after a fault, to be brought up anew.
    case backingOff(ChainFault)
    /// In reset after a fault that restarts did not cure.
    case faulted(ChainFault)
}
