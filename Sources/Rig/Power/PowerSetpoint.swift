import Base

/// How much power the rig may use now, and why.
public struct PowerSetpoint: Equatable, Sendable {
    /// Why the limit is what it is.
    public enum Reason: Equatable, Sendable {
        /// It is what the source asks for.
        case claimed
        /// Less was allowed than the rig can run on.
        case belowMinimum
        /// Power is on its way up; the next step is due then.
        case rising(next: Instant)
        /// The rig has been off for too short a time.
        case minimumOffTime(until: Instant)
        /// The starts of a day are used up.
        case cycleBudget(until: Instant)
        /// The mains have not been good for long enough; nil while they are not good at all.
        case mainsReturn(until: Instant?)
        /// The source wants off, and has to do with the least power because the rig has just started.
        case minimumOnTime(until: Instant)
        /// The source wants off, and has to do with the least power because the starts of a day are used up.
        case cyclesKept(until: Instant)
    }

    /// Zero is off; otherwise between the rig's least and rated power.
    public var limit: Milliwatts
    /// Whose claim decides.
    public var source: PowerClaim.Source
    public var reason: Reason
    /// Since when the limit has had this value.
    public var since: Instant
    /// By when the rig must be there, where the claim says so.
    public var deadline: Instant?
    /// While a response to the grid is active or power is coming back, no loop may tune clocks or voltages upwards.
    public var isTuningFrozen: Bool

    public var isOff: Bool { limit == .zero }
}
