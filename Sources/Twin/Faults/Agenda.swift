import Base

/// What is to happen in a simulated rig, and when. Bounded; events of the same instant come in the order they were added.
struct Agenda {
    /// One thing to happen.
    enum Event {
        case inject(TwinFault, duration: Duration?)
        case clear(TwinFault)
        case set(TwinSetting)
    }

    static let limit = 1024

    private var waiting: [(at: Instant, event: Event)] = []

    var count: Int { waiting.count }

    /// - Returns: whether there was room.
    mutating func add(_ event: Event, at instant: Instant) -> Bool {
        guard waiting.count < Agenda.limit else { return false }
        // The next one is last, so that taking it moves nothing.
        let index = waiting.firstIndex { $0.at <= instant } ?? waiting.count
        waiting.insert((instant, event), at: index)
        return true
    }

    mutating func next(until now: Instant) -> Event? {
        guard let last = waiting.last, last.at <= now else { return nil }
        waiting.removeLast()
        return last.event
    }

    /// Drops what waits to end `fault`: it has ended, or begins anew.
    mutating func forgetEnd(of fault: TwinFault) {
        waiting.removeAll {
            if case .clear(let other) = $0.event { other.isSamePlace(as: fault) } else { false }
        }
    }
}

/// Something of the rig's surroundings that can be set.
public enum TwinSetting: Equatable, Sendable {
    case ambient(Celsius)
    case mains(volts: Int32)
    case recirculation(permille: Int32)
}

extension TwinFault {
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
        case (.tachometerLost, .tachometerLost), (.lostWrites, .lostWrites): true
        case (.tachometerLost, _), (.lostWrites, _), (_, .tachometerLost), (_, .lostWrites): false
        default: true
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
