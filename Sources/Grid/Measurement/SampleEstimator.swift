import Base

/// A measurement of the mains by another device: a meter, a phasor measurement unit, a recording.
public struct MeterSample: Equatable, Sendable {
    public var frequency: Microhertz
    /// In thousandths of nominal, where the device measures it.
    public var voltage: Int32?
    public var at: Instant
    public var timeQuality: FrequencySample.TimeQuality

    public init(
        frequency: Microhertz, voltage: Int32? = nil, at: Instant, timeQuality: FrequencySample.TimeQuality = .local
    ) {
        self.frequency = frequency
        self.voltage = voltage
        self.at = at
        self.timeQuality = timeQuality
    }
}

/// Readings from samples that another device took.
///
/// A device that has lost its bus goes on printing numbers: one slid from 47.4 Hz down to its lowest, another printed
/// 50.00 Hz (Docs/grid.md, "Dead bus"). So a frequency counts only with a voltage behind it, and only while it moves.
public struct SampleEstimator {
    /// What the device measures, and when it is not to be believed.
    public struct Configuration: Equatable, Sendable {
        public var nominal: Millihertz
        public var voltage = VoltageLimits()
        /// Without a sample for so long the source is lost.
        public var staleAfter: Duration = .seconds(5)
        /// A value that has not changed for so long is no measurement.
        public var frozenAfter: Duration = .seconds(30)
        /// Whether to take the time before the first sample for an outage.
        public var beginsAfterOutage = false

        public init(nominal: Millihertz) { self.nominal = nominal }
    }

    /// The rate of change needs so long, whatever the device's own one is made of.
    static let rocofWindow: Duration = .milliseconds(500)
    /// No mains moves faster, in millihertz per second; a sample that would is waited on for the next one.
    static let fastestChange: Int64 = 20_000
    private static let capacity = 64

    public let configuration: Configuration
    private var samples: [MeterSample] = []
    private var outages: OutageWatch
    private var unchangedSince: Instant?
    private var last: MainsReading?
    private var isSagging = false

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        outages = OutageWatch(isRecovering: configuration.beginsAfterOutage)
        samples.reserveCapacity(Self.capacity)
    }

    /// Takes the next sample; one that is not later than the one before is left out.
    public mutating func take(_ sample: MeterSample) -> MainsReading {
        let limits = configuration.voltage
        let previous = samples.last
        if let previous, sample.at <= previous.at {
            return last ?? MainsReading(condition: .acquiring, at: sample.at)
        }
        if previous?.frequency != sample.frequency { unchangedSince = sample.at }
        if let previous, sample.at - previous.at > configuration.staleAfter { samples.removeAll(keepingCapacity: true) }
        if samples.count >= Self.capacity { samples.removeFirst() }
        samples.append(sample)

        let isFrozen = unchangedSince.map { sample.at - $0 >= configuration.frozenAfter } ?? false
        let nominal = Int64(configuration.nominal.value) * 1000
        let isPossible = abs(Int64(sample.frequency.value) - nominal) <= nominal / 5
        let isDead = sample.voltage.map { $0 < limits.deadBelow } ?? false
        let isSick = isFrozen || !isPossible || isDead
        let isGood = !isSick && sample.voltage.map { $0 >= limits.goodFrom } ?? true
        let event = outages.update(isGone: isSick, isGood: isGood, limits: limits, now: sample.at)
        var reading = MainsReading(condition: .valid, voltage: sample.voltage, at: sample.at, event: event)
        let isLow = sample.voltage.map { $0 < limits.sagBelow } ?? false
        if isSick {
            reading.condition = .ghost
        } else if isLow {
            reading.condition = .sag
            if !isSagging, event == nil { reading.event = .sag(permille: sample.voltage ?? 0) }
        } else if outages.isRecovering {
            reading.condition = .recovering
        }
        isSagging = isLow
        if !isSick { fill(&reading, sample, previous) }
        last = reading
        return reading
    }

    /// Looks for samples that do not come. Nil while there is nothing new to say.
    public mutating func check(now: Instant) -> MainsReading? {
        guard let newest = samples.last else { return MainsReading(condition: .lost, at: now) }
        guard now - newest.at > configuration.staleAfter else { return nil }
        let reading = MainsReading(condition: .lost, at: now)
        last = reading
        return reading
    }

    private func fill(_ reading: inout MainsReading, _ sample: MeterSample, _ previous: MeterSample?) {
        let rocof = rateOfChange()
        let fast = FrequencySample(
            frequency: sample.frequency, rocof: rocof, at: sample.at, timeQuality: sample.timeQuality)
        reading.fast = fast
        reading.slow = mean(rocof) ?? fast
        reading.agrees = true
        reading.confirmations = 1
        guard let previous else { return }
        let interval = sample.at - previous.at
        reading.confirmations = interval <= .milliseconds(50) ? 3 : interval <= .milliseconds(200) ? 2 : 1
        let change = abs(Int64(sample.frequency.value) - Int64(previous.frequency.value)) / 1000
        reading.agrees = change * 1000 <= Self.fastestChange * max(1, interval.nanoseconds / 1_000_000)
    }

    /// The least-squares slope over at least half a second, in millihertz per second.
    private func rateOfChange() -> Int32? {
        guard let newest = samples.last else { return nil }
        var (count, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for sample in samples.reversed() {
            let age = Double((newest.at - sample.at).nanoseconds) * 1e-9
            let change = Double(sample.frequency.value) - Double(newest.frequency.value)
            count += 1
            x -= age
            y += change
            xx += age * age
            xy -= age * change
            guard newest.at - sample.at < Self.rocofWindow else {
                let spread = xx - x * x / count
                return spread > 0 ? Int32(nearest: (xy - x * y / count) / spread / 1000) : nil
            }
        }
        return nil
    }

    /// The mean of the last half second, at its middle.
    private func mean(_ rocof: Int32?) -> FrequencySample? {
        guard let newest = samples.last else { return nil }
        var (sum, age, count): (Int64, Int64, Int64) = (0, 0, 0)
        for sample in samples.reversed() {
            guard newest.at - sample.at <= Self.rocofWindow else { break }
            sum += Int64(sample.frequency.value)
            age += (newest.at - sample.at).nanoseconds
            count += 1
        }
        guard count > 0 else { return nil }
        return FrequencySample(
            frequency: Microhertz(clamping: sum / count), rocof: rocof, at: newest.at + .nanoseconds(-age / count),
            timeQuality: newest.timeQuality)
    }
}
