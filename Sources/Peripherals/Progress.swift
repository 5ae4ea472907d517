import Base

/// How far a sequence with pauses has come.
public enum Progress<Output> {
    /// Nothing to do before the instant.
    case wait(until: Instant)
    /// The sequence is over.
    case done(Output)
}

/// A dialogue with a part that needs pauses, as a step machine: nothing here sleeps.
///
/// The owner of the bus calls `advance` now and again whenever the instant it named has come, and may serve other
/// parts of the bus in between. Called early, it only repeats the instant. A throw ends the sequence, unless the
/// sequence retries by itself, which it does a bounded number of times.
public protocol TimedSequence {
    associatedtype Output

    mutating func advance(now: Instant) throws(ChipFault) -> Progress<Output>
}
