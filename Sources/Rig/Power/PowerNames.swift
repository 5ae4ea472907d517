/// The words of claims in files, records and logs.
extension PowerClaim.Source {
    public var name: String {
        switch self {
        case .safety: "safety"
        case .frequency: "frequency"
        case .remote: "remote"
        case .technician: "technician"
        case .schedule: "schedule"
        case .surplus: "surplus"
        case .pool: "pool"
        case .configured: "configured"
        }
    }
}

extension PowerClaim.Direction {
    public var name: String {
        switch self {
        case .atMost: "at_most"
        case .atLeast: "at_least"
        }
    }
}

extension PowerClaim.FailPolicy {
    public var name: String {
        switch self {
        case .release: "release"
        case .hold: "hold"
        case .off: "off"
        }
    }
}

extension PowerClaim.Rise {
    public var name: String {
        switch self {
        case .following: "following"
        case .staged: "staged"
        case .jittered: "jittered"
        }
    }
}

extension OffStage {
    public var name: String {
        switch self {
        case .chipsInReset: "chips_in_reset"
        case .boardsDisabled: "boards_disabled"
        case .supplyOff: "supply_off"
        case .bookkeeping: "bookkeeping"
        }
    }
}
