import Base

/// What a simulated chip does at the moment, from which the plant computes its power.
public struct ChipActivity: Equatable, Sendable {
    /// The clock of the hash engines in hertz; 0 in reset, without supply or with an unlocked PLL.
    public var clock: UInt32
    /// Part of the engines that are working, 0–1000; 0 without work.
    public var busyPermille: Int

    public init(clock: UInt32, busyPermille: Int) {
        self.clock = clock
        self.busyPermille = busyPermille
    }
}

/// The chips of a simulated hash board as the plant around them sees them: supply, reset and heat go in, activity comes out.
/// Their bus is the business of the model behind this protocol.
public protocol TwinChain: AnyObject {
    var chipCount: Int { get }

    /// Takes the chips to `now`: what was to happen by then has happened. Cheap when nothing has.
    func advance(to now: Instant)

    /// The voltage across the whole chain. Below what the chips need to keep their state they lose it, and start as after
    /// power-on when it comes back.
    func setSupply(_ voltage: Millivolts)

    /// Holds the chips in reset or lets them go.
    func setReset(_ isAsserted: Bool)

    /// What the chip's own sensor measures. `chip` counts from the host, 0…`chipCount` − 1.
    func setTemperature(_ temperature: Celsius, ofChip chip: Int)

    /// What a chip is doing now.
    func activity(ofChip chip: Int) -> ChipActivity

    /// Breaks or mends the chain; `false` when the model has no such fault.
    func inject(_ fault: TwinChainFault) -> Bool
}

/// What can go wrong with a chain as a whole.
public enum TwinChainFault: Equatable, Sendable {
    /// No chip answers or works any more, until it is taken back.
    case silent(Bool)
    /// So many chips at the far end are dead, as behind one that passes nothing on; 0 takes it back.
    case deadChips(Int)
}

extension TwinChain {
    /// A chain that cannot do this says so.
    public func inject(_ fault: TwinChainFault) -> Bool { false }
}
