import Base

/// What is known of a measured quantity: a value with its age, or why there is none. Never a stand-in number.
public enum Reading<Value: Sendable>: Sendable {
    /// The value as it was at the instant.
    case ok(Value, at: Instant)
    /// Nothing newer came in time; the last good value was taken at the instant.
    case stale(since: Instant)
    /// The last attempt gave no value.
    case failed(ReadingFailure)

    /// The value, where there is one.
    public var value: Value? {
        if case .ok(let value, _) = self { value } else { nil }
    }

    /// Why there is no value, where the last attempt failed.
    public var failure: ReadingFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    /// This reading as it counts at `now`: a value older than `limit` is stale.
    public func aged(to now: Instant, limit: Duration) -> Reading {
        if case .ok(_, let taken) = self, now - taken > limit { .stale(since: taken) } else { self }
    }

    /// The same reading of a derived quantity.
    public func map<Other: Sendable>(_ transform: (Value) -> Other) -> Reading<Other> {
        switch self {
        case .ok(let value, let taken): .ok(transform(value), at: taken)
        case .stale(let since): .stale(since: since)
        case .failed(let failure): .failed(failure)
        }
    }
}

extension Reading: Equatable where Value: Equatable {}

/// Why a sensor gave no value.
public enum ReadingFailure: Error, Equatable, Sendable {
    /// The transfer failed; the fault says where and whether the bus or the device is to blame.
    case bus(BusFault)
    /// All ones: nothing drives the line (no pull-up, no power, wrong bus).
    case allOnes
    /// All zeros: a part that has not converted yet or a line held low.
    case allZeros
    /// The diode is open or not connected.
    case openCircuit
    /// The diode is shorted.
    case shortCircuit
    /// The part itself marks its value as invalid.
    case markedInvalid
    /// A value the part cannot produce when it works, or a count that stands for no value.
    case implausible
    /// The part was reconfigured and its next conversion is not in yet.
    case settling
    /// The part has lost the settings it was given, so its numbers mean something else.
    case deviceReset
    /// No tachometer pulse within the time that counts as turning.
    case stopped
    /// The scale of the part's raw count is not verified for this board.
    case unverifiedScale
}

extension ReadingFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bus(let fault): fault.description
        case .allOnes: "reads all ones: no pull-up, no power or wrong bus"
        case .allZeros: "reads all zeros: no conversion yet or line held low"
        case .openCircuit: "diode open"
        case .shortCircuit: "diode shorted"
        case .markedInvalid: "marked invalid by the part"
        case .implausible: "value the part cannot produce"
        case .settling: "settling after reconfiguration"
        case .deviceReset: "part lost its settings"
        case .stopped: "no tachometer pulse"
        case .unverifiedScale: "scale not verified for this board"
        }
    }
}
