import Base

/// Something to do to a simulated rig.
public enum TwinAction: Equatable, Sendable {
    /// Puts a fault in place, for a while or until it is cleared.
    case inject(TwinFault, duration: Duration?)
    /// Ends a fault, whichever one of its kind is in its place.
    case clear(TwinFault)
    /// Ends all faults that there are; what is still to come is to come.
    case clearAll
    case set(TwinSetting)
}

/// Something of the rig's surroundings that can be set.
public enum TwinSetting: Equatable, Sendable {
    case ambient(Celsius)
    case mains(volts: Int32)
    /// Where the mains frequency goes, and how fast, in millihertz a second; nil: at once.
    case frequency(Millihertz, perSecond: Int32?)
    /// The phase of the mains steps; positive is later.
    case phase(degrees: Int32)
    case recirculation(permille: Int32)
}

/// What is to happen in a simulated rig, and when. Bounded; what is due at the same instant comes in the order it was added.
struct Agenda {
    /// One thing to happen.
    enum Event {
        case action(TwinAction)
        /// The time of a fault is over.
        case end(TwinFault)
    }

    static let limit = 1024

    private var waiting: [(at: Instant, event: Event)] = []

    /// How many more there is room for.
    var room: Int { Agenda.limit - waiting.count }

    /// - Returns: whether there was room.
    mutating func add(_ event: Event, at instant: Instant) -> Bool {
        guard room > 0 else { return false }
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
            if case .end(let other) = $0.event { other.isSamePlace(as: fault) } else { false }
        }
    }
}
