import Base

extension RelayEvent {
    /// The relay's claims are in this slot of the frequency.
    public static let key = PowerClaim.Key(.frequency, slot: 0)

    /// What the arbiter is told of the event, in this order: the claim as of the moment of the decision, then when each stage
    /// of the way off was done.
    public var inputs: [PowerArbiter.Input] {
        switch kind {
        case .off:
            let times: [(OffStage, Instant?)] = [
                (.chipsInReset, chipsInReset), (.boardsDisabled, boardsDisabled), (.supplyOff, supplyOff),
            ]
            var inputs = [PowerArbiter.Input.claim(PowerClaim(Self.key, .off, start: decided))]
            for (stage, time) in times {
                if let time { inputs.append(.stage(stage, at: time)) }
            }
            return inputs
        case .letGo: return [.release(Self.key)]
        case .blind: return [.silent(Self.key)]
        case .sighted, .lineFault: return []
        }
    }
}
