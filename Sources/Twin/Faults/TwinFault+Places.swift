extension TwinFault {
    /// Whether it is over as soon as it has happened.
    var isOfTheMoment: Bool {
        if case .part(_, _, .reset) = self { true } else { false }
    }

    /// Whether clearing one clears the other.
    func isSamePlace(as other: TwinFault) -> Bool {
        switch (self, other) {
        case (.sensor(let a, _), .sensor(let b, _)): a == b
        case (.allSensors, .allSensors), (.supply, .supply), (.mains, .mains), (.agent, .agent): true
        case (.fan(let a, let x), .fan(let b, let y)): a == b && x.isSameKind(as: y)
        case (.board(let a, let x), .board(let b, let y)): a == b && x.isSameKind(as: y)
        case (.bus(let a, _), .bus(let b, _)): a == b
        case (.part(let a, let b, let x), .part(let c, let d, let y)): a == c && b == d && x.isSameKind(as: y)
        case (.air(let x), .air(let y)): x.isSameKind(as: y)
        default: false
        }
    }
}

extension TwinFanFault {
    fileprivate func isSameKind(as other: TwinFanFault) -> Bool {
        switch (self, other) {
        case (.tachometerLost, .tachometerLost), (.tachometerZero, .tachometerZero), (.lostWrites, .lostWrites): true
        default: isOfTheRotor && other.isOfTheRotor
        }
    }
}

extension TwinFanFault {
    private var isOfTheRotor: Bool {
        switch self {
        case .stalled, .dead, .worn: true
        case .tachometerLost, .tachometerZero, .lostWrites: false
        }
    }
}

extension TwinBoardFault {
    fileprivate func isSameKind(as other: TwinBoardFault) -> Bool {
        switch (self, other) {
        case (.enableStuck, .enableStuck), (.resetStuck, .resetStuck), (.deadChips, .deadChips): true
        default: self == other
        }
    }
}

extension TwinPartFault {
    fileprivate func isSameKind(as other: TwinPartFault) -> Bool {
        switch (self, other) {
        case (.lostWrites, .lostWrites): true
        default: self == other
        }
    }
}

extension TwinAirFault {
    fileprivate func isSameKind(as other: TwinAirFault) -> Bool {
        switch (self, other) {
        case (.hotInlet, .hotInlet), (.recirculation, .recirculation), (.dust, .dust): true
        default: false
        }
    }
}
