import Base
import Buses

/// A chain's lines, as a simulated board has them.
public protocol ChipLineTarget: TwinChain {
    /// Switches the chain's supply.
    func setPower(_ isOn: Bool)
    /// Lets the chips start (DragonMint boards).
    func setStartEnable(_ isEnabled: Bool)
}

/// An output line of the control board that ends at a simulated chain.
public final class ChipLine: OutputLine {
    /// What the line does when it is active.
    public enum Role: Equatable, Sendable {
        /// Holds the chips in reset.
        case reset
        /// Supplies the chain.
        case power
        /// Lets the chips start.
        case startEnable
    }

    private let role: Role
    private let chain: any ChipLineTarget
    private let clock: any TwinClock
    private let exclusion: any Exclusion
    private var state: Bool

    public init(
        _ role: Role, of chain: any ChipLineTarget, clock: any TwinClock, exclusion: any Exclusion = NoExclusion()
    ) {
        self.role = role
        self.chain = chain
        self.clock = clock
        self.exclusion = exclusion
        // As boards are pulled while nobody drives the lines: reset held, supply off.
        state = role == .reset
    }

    /// Acts on the chain at once.
    public func set(_ active: Bool) throws(BusFault) {
        exclusion.enter()
        defer { exclusion.leave() }
        chain.advance(to: clock.now)
        state = active
        switch role {
        case .reset: chain.setReset(active)
        case .power: chain.setPower(active)
        case .startEnable: chain.setStartEnable(active)
        }
    }

    /// As it was last set.
    public func isActive() throws(BusFault) -> Bool { state }
}
