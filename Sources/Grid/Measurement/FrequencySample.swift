import Base

/// The mains frequency at an instant, however it was obtained.
public struct FrequencySample: Equatable, Sendable {
    /// How well the time of the sample is known, and so how far it can be compared with other places.
    public enum TimeQuality: Equatable, Sendable {
        /// Locked to a time standard, within this error.
        case locked(within: Duration)
        /// On the local clock only.
        case local
        /// The source says that its time cannot be relied on.
        case unlocked
    }

    public var frequency: Microhertz
    /// Rate of change of frequency in millihertz per second; nil while too little has been seen to tell.
    public var rocof: Int32?
    /// The middle of the time that the value is an average over.
    public var at: Instant
    public var timeQuality: TimeQuality

    public init(frequency: Microhertz, rocof: Int32?, at: Instant, timeQuality: TimeQuality) {
        self.frequency = frequency
        self.rocof = rocof
        self.at = at
        self.timeQuality = timeQuality
    }
}

/// A frequency in millionths of a hertz, up to 2147 Hz: fine enough for estimates of the mains frequency, whose noise is
/// some tenths of a millihertz.
public struct Microhertz: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

extension Microhertz {
    /// The frequency nearest to `hertz` that the type can hold; zero for what is no number.
    public init(hertz: Double) { self.init(Int32(nearest: hertz * 1e6)) }

    public var hertz: Double { Double(value) * 1e-6 }
}

extension Int32 {
    /// The integer nearest to `value`, or the end of the range that it lies beyond; zero for what is no number.
    init(nearest value: Double) {
        self = value >= 2_147_483_647 ? .max : value <= -2_147_483_648 ? .min : value.isNaN ? 0 : Int32(value.rounded())
    }
}
