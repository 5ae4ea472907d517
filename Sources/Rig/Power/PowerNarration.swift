import Base

/// What the log says of claims on power.
enum PowerNarration {
    /// The event for a note of the arbiter; nil for what is not worth a line.
    static func event(for note: PowerArbiter.Note) -> Event? {
        switch note {
        case .taken(let record):
            // The configured target is no news, and a claim that waits for its start is told when it holds.
            guard record.key.source != .configured else { return nil }
            return Event(
                .notice, "power",
                "claim \(record.number): \(record.key.source.name) asks for \(text(record))"
                    + decision(record.decision))
        case .refused(let key, let refusal):
            return Event(.warning, "power", "a claim of \(key.source.name) is refused: \(text(refusal))")
        case .failed(let key, let policy):
            return Event(
                .warning, "power", "\(key.source.name) has fallen silent: its claim's policy is \(policy.name)")
        case .ended(let record):
            guard record.key.source != .configured, record.ending != .replaced else { return nil }
            let end = record.ending == .expired ? "has expired" : "is released"
            return Event(.notice, "power", "claim \(record.number): \(record.key.source.name) \(end)\(outcome(record))")
        case .setpoint(let setpoint):
            // What follows a signal changes all the time; the claim's beginning and end are told.
            let isFollowing = setpoint.source == .frequency || setpoint.source == .surplus
            return Event(isFollowing && !setpoint.isOff ? .debug : .info, "power", text(setpoint))
        }
    }

    /// A set point in words.
    static func text(_ setpoint: PowerSetpoint) -> String {
        let limit = setpoint.isOff ? "off" : "at most \(watts(setpoint.limit))"
        return "the rig may use \(limit), because of \(setpoint.source.name)\(reason(setpoint.reason))"
    }

    private static func watts(_ power: Milliwatts) -> String { Decimal.quantity(Double(power.value) / 1000, unit: "W") }

    private static func text(_ record: ClaimRecord) -> String {
        let limit =
            switch record.limit {
            case .off: "off"
            case .power(let power): watts(power)
            case .permille(let permille): "\(Decimal.fixed(Double(permille) / 10, places: 1)) % of its rated power"
            }
        return record.direction == .atMost ? (record.limit == .off ? limit : "at most \(limit)") : "at least \(limit)"
    }

    private static func decision(_ decision: ClaimRecord.Decision) -> String {
        switch decision {
        case .applied: ""
        case .outranked(let source): "; \(source.name) has the say"
        case .pending: "; it holds later"
        case .refused(let refusal): "; refused: \(text(refusal))"
        }
    }

    private static func text(_ refusal: ClaimRecord.Refusal) -> String {
        switch refusal {
        case .slot: "its slot is not to be had"
        case .limit: "its limit is no power that there can be"
        case .direction: "this source may not ask for that"
        case .expired: "it was over before it came"
        case .minimumOnTime: "the rig has just started and goes down to its least power"
        case .cycleBudget: "the day's starts are scarce, so the rig goes down to its least power"
        }
    }

    private static func reason(_ reason: PowerSetpoint.Reason) -> String {
        switch reason {
        case .claimed: ""
        case .belowMinimum: ": less than it can run on"
        case .rising: ", and on its way up"
        case .minimumOffTime: ", and it has been off for too short a time"
        case .cycleBudget: ", and the day's starts are used up"
        case .mainsReturn: ", and the mains have not been good for long enough"
        case .minimumOnTime: ", which wants off, but it has just started"
        case .cyclesKept: ", which wants off, but the day's starts are scarce"
        }
    }

    /// What was measured while the claim held, and how long it took: never what was commanded.
    private static func outcome(_ record: ClaimRecord) -> String {
        guard let reached = record.reached else {
            return record.measured == nil ? "; no power was measured" : "; its limit was not reached"
        }
        let delay = Double((reached.at - record.start).nanoseconds) / 1e9
        return "; \(watts(reached.power)) measured after \(Decimal.fixed(delay, places: 2)) s"
    }
}
