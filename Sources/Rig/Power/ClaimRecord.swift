import Base

/// The steps of the way off, in their order.
public enum OffStage: UInt8, CaseIterable, Sendable {
    /// Chips in reset: they stop hashing.
    case chipsInReset
    /// Board-enable lines down.
    case boardsDisabled
    /// The supply's output off.
    case supplyOff
    /// Everything on slow buses that follows.
    case bookkeeping
}

/// A claim's life: asked, decided, carried out stage by stage, measured, released.
public struct ClaimRecord: Equatable, Sendable {
    /// What the arbiter made of the claim when it came in.
    public enum Decision: Equatable, Sendable {
        /// It decides the set point.
        case applied
        /// It holds, but another source's claim decides.
        case outranked(by: PowerClaim.Source)
        /// It starts later.
        case pending
        case refused(Refusal)
    }

    /// Why a claim is not taken, or not fully obeyed.
    public enum Refusal: Equatable, Sendable {
        /// Its slot is beyond `PowerClaim.Key.slotCount`, or kept for the arbiter itself.
        case slot
        /// Negative power or more than 1000 ‰.
        case limit
        /// This source may not ask for more power, or `off` was to be a lower limit.
        case direction
        /// It was over before it came.
        case expired
        /// The rig has just started: it goes down to its least power until then.
        case minimumOnTime(until: Instant)
        /// Starts are scarce: the rig goes down to its least power until then.
        case cycleBudget(until: Instant)
    }

    /// How a claim ended.
    public enum Ending: Equatable, Sendable {
        case released
        case expired
        /// Another claim took its slot.
        case replaced
    }

    /// A measured power with its time.
    public struct Measurement: Equatable, Sendable {
        public var power: Milliwatts
        public var at: Instant
    }

    /// Counts all claims since the log was begun.
    public internal(set) var number: UInt64
    public internal(set) var key: PowerClaim.Key
    /// The limit as last asked for, and whether from above or below.
    public internal(set) var limit: PowerLimit
    public internal(set) var direction: PowerClaim.Direction
    /// When the arbiter heard of it, from when it holds, and by when it was to be obeyed.
    public internal(set) var asked: Instant
    public internal(set) var start: Instant
    public internal(set) var deadline: Instant?
    public internal(set) var decision: Decision
    public internal(set) var decided: Instant
    /// How often a claim that follows a signal changed its limit.
    public internal(set) var adjustments: UInt32 = 0
    /// When the claim's expiry passed, or its source fell silent, and its fail policy took over.
    public internal(set) var failed: Instant?
    /// When each stage of the way off was done, by the raw value of `OffStage`; the first time counts.
    public internal(set) var stages: [Instant?] = []
    /// The first measurement at or below the limit of a claim that asks for less, and the last measurement of all.
    public internal(set) var reached: Measurement?
    public internal(set) var measured: Measurement?
    public internal(set) var ended: Instant?
    public internal(set) var ending: Ending?

    init(number: UInt64, _ claim: PowerClaim, _ decision: Decision, now: Instant) {
        self.number = number
        key = claim.key
        limit = claim.limit
        direction = claim.direction
        asked = now
        start = claim.start
        deadline = claim.deadline
        self.decision = decision
        decided = now
    }

    /// When a stage of the way off was done.
    public func time(of stage: OffStage) -> Instant? {
        stages.isEmpty ? nil : stages[Int(stage.rawValue)]
    }

    /// Whether the measured power was at the limit in time; nil without a deadline, or while it is still open.
    public func metDeadline(now: Instant) -> Bool? {
        guard let deadline else { return nil }
        if let reached { return reached.at <= deadline }
        return now > deadline ? false : nil
    }

    mutating func note(_ stage: OffStage, at: Instant) {
        if stages.isEmpty { stages = Array(repeating: nil, count: OffStage.allCases.count) }
        if stages[Int(stage.rawValue)] == nil { stages[Int(stage.rawValue)] = at }
    }

    /// - Parameter highest: the most power that counts as obeying.
    mutating func note(_ measurement: Measurement, highest: Milliwatts) {
        guard measurement.at >= start else { return }
        measured = measurement
        if reached == nil, direction == .atMost, measurement.power <= highest { reached = measurement }
    }
}

/// The records of claims that have ended or were refused, the newest last; old ones give way.
public struct ClaimLog: Equatable, Sendable {
    public static let limit = 64

    public private(set) var ended: [ClaimRecord] = []
    /// Records that gave way.
    public private(set) var dropped: UInt64 = 0
    var nextNumber: UInt64 = 1

    mutating func open(_ claim: PowerClaim, _ decision: ClaimRecord.Decision, now: Instant) -> ClaimRecord {
        defer { nextNumber += 1 }
        return ClaimRecord(number: nextNumber, claim, decision, now: now)
    }

    mutating func close(_ record: ClaimRecord) {
        if ended.count >= Self.limit {
            ended.removeFirst()
            dropped += 1
        }
        ended.append(record)
    }
}
