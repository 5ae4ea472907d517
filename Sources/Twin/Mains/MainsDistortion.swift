/// What is wrong with a simulated mains voltage and with the comparator that watches it.
public struct MainsDistortion: Equatable, Sendable {
    /// A harmonic of the mains.
    public struct Harmonic: Equatable, Sendable {
        /// Its frequency in multiples of the mains', 2–50.
        public var order: Int32
        /// Its amplitude in thousandths of the fundamental's nominal one.
        public var permille: Int32
        /// Its phase against the fundamental in degrees of its own cycle.
        public var degrees: Int32

        public init(order: Int32, permille: Int32, degrees: Int32 = 0) {
            self.order = order
            self.permille = permille
            self.degrees = degrees
        }
    }

    /// Offset of the voltage against the comparator's threshold, in thousandths of the nominal amplitude.
    public var offsetPermille: Int32 = 0
    public var harmonics: [Harmonic] = []
    /// One standard deviation of the time of an edge, in nanoseconds.
    public var jitter: Int32 = 0
    /// How many edges in a thousand bounce: two more follow within 300 µs.
    public var bouncePermille: Int32 = 0
    /// In how many half cycles of a thousand a glitch of two edges comes anywhere.
    public var strayPermille: Int32 = 0
    /// How many edges in a thousand are lost.
    public var missingPermille: Int32 = 0

    public init() {}
}
