import Base

/// What to do when the source of the frequency says nothing any more.
public enum LossPolicy: Equatable, Sendable {
    /// Keep the load as it is, begin nothing, raise an alarm: for sensing of one's own, which may have come loose.
    case holdAndDisarm
    /// Take the load off: for a remote command under contract, whose silence means danger.
    case curtail
}

/// What a product asks of the load now.
public struct GridResponse: Equatable, Sendable {
    /// Why the response is what it is.
    public enum Reason: Equatable, Sendable {
        /// The frequency calls for nothing.
        case idle
        /// A response has been called for and may not begin yet.
        case waitingToStart
        /// The response is growing, or follows the frequency.
        case responding
        /// The response stays, although the frequency calls for less.
        case holding
        /// The frequency is back; the response ends at a random time.
        case waitingToRelease(until: Instant)
        /// The response is being taken back.
        case releasing
        /// Over, and not armed again before the instant.
        case resting(until: Instant)
        /// All energy sold has been called.
        case exhausted
        /// The voltage is too low to respond.
        case voltageLockout
        /// The measurement cannot be trusted with a decision.
        case untrusted(MainsCondition)
        /// The network may have split.
        case island
        /// No contract calls for it now.
        case disarmed
        /// The source is silent.
        case sourceLost
    }

    /// Thousandths of the offered power: positive to shed, negative to absorb.
    public var permille: Int32
    public var reason: Reason
    /// When the whole of it must be there.
    public var deadline: Instant?
    /// While set, power may exceed what it was before the event by so many thousandths at most.
    public var reboundCap: Int32?
    /// Whether somebody should look: the product cannot do its duty.
    public var isAlarm: Bool

    public init(
        permille: Int32, reason: Reason, deadline: Instant? = nil, reboundCap: Int32? = nil, isAlarm: Bool
    ) {
        self.permille = permille
        self.reason = reason
        self.deadline = deadline
        self.reboundCap = reboundCap
        self.isAlarm = isAlarm
    }

    public var shed: Int32 { max(0, permille) }
    public var absorb: Int32 { max(0, -permille) }
}
