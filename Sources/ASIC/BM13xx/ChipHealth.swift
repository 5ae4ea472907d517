import Base

/// What a chip says about itself.
public struct ChipHealth: Sendable {
    /// Hashes that the chip did.
    public internal(set) var total = HashCounter()
    /// Hashes that failed the chip's own check.
    public internal(set) var errors = HashCounter()
    /// Hashes per voltage domain (BM1370).
    public internal(set) var domains = InlineArray<4, HashCounter>(repeating: HashCounter())
    /// Hash rate by the chip's own measure (BM1397), in units of 2²⁰ hashes per second.
    public internal(set) var mebihashesPerSecond: UInt32?
    /// When the chip answered last; at first when it was to begin hashing.
    public internal(set) var answeredAt: Instant?
    /// Die temperature (BM1368), and when it came.
    public internal(set) var temperature: (millicelsius: Int32, at: Instant)?

    /// A 32-bit counter of 2³² hashes each, which wraps.
    public struct HashCounter: Sendable {
        private var latest: (value: UInt32, at: Instant)?
        /// Over the time between the latest two readings; nil before the second.
        public private(set) var hashesPerSecond: Double?

        /// Takes a reading. One that follows another within a second is passed over: one count more or less would
        /// be most of the rate.
        mutating func update(_ value: UInt32, now: Instant) {
            if let latest {
                let seconds = Double((now - latest.at).nanoseconds) / 1e9
                guard seconds >= 1 else { return }
                hashesPerSecond = Double(value &- latest.value) * 4_294_967_296 / seconds
            }
            latest = (value, now)
        }
    }

    /// Takes the value of a register; false when it is none that tells of health.
    mutating func update(_ register: Register, _ value: UInt32, now: Instant) -> Bool {
        switch register {
        case .totalCounter: total.update(value, now: now)
        case .errorCounter: errors.update(value, now: now)
        case .domainCounter0: domains[0].update(value, now: now)
        case .domainCounter1: domains[1].update(value, now: now)
        case .domainCounter2: domains[2].update(value, now: now)
        case .domainCounter3: domains[3].update(value, now: now)
        case .hashRate: mebihashesPerSecond = HashRateReading(word: value).mebihashesPerSecond
        case .temperatureResult:
            // A conversion that is not finished leaves the reading before, whose age tells how old it is.
            if let reading = TemperatureResult(word: value).millicelsius { temperature = (reading, now) }
        default: return false
        }
        answeredAt = now
        return true
    }
}
