import Base

/// What one unit measured at one instant.
public struct SynchrophasorMeasurement: Equatable, Sendable {
    /// The STAT word's word on the data.
    public enum Validity: Equatable, Sendable {
        case good
        /// The unit has an error, or sends no data.
        case unitError
        /// In test mode: not to be used.
        case test
        /// Marked as wrong.
        case error
    }

    public var validity: Validity
    /// Whether the unit's time is tied to UTC.
    public var isInSync: Bool
    /// The unit's configuration will change, or has: ask for it again.
    public var hasNewConfiguration: Bool
    /// STAT bits 8–6: the largest error of the time, as a power of ten; nil where the unit does not tell (0, of 2005) or
    /// does not know (7).
    public var timeError: Duration?
    /// Nil where the unit sent no number.
    public var frequency: Microhertz?
    /// In millihertz per second.
    public var rocof: Int32?
    /// Magnitude of the first voltage phasor, in volts.
    public var voltage: Double?
    /// Since 1970 UTC.
    public var time: Duration

    /// Reads the unit `idCode`, or the first one, out of a data frame.
    public static func read(
        _ frame: SynchrophasorFrame, _ configuration: SynchrophasorConfiguration, unit idCode: UInt16? = nil
    ) throws(SynchrophasorFrame.Fault) -> SynchrophasorMeasurement {
        guard frame.kind == .data else { throw .kind(frame.kind) }
        let index = idCode.map { wanted in configuration.units.firstIndex { $0.idCode == wanted } } ?? 0
        guard let index, index < configuration.units.count else { throw .noSuchUnit(idCode ?? 0) }
        var cursor = SynchrophasorCursor(frame.payload)
        for unit in configuration.units[..<index] { try cursor.skip(unit.length) }
        let unit = configuration.units[index]
        let status = try cursor.word()
        let voltage = try voltage(&cursor, unit)
        let (frequency, rocof) = try rates(&cursor, unit)
        let nanoseconds = Int64(frame.fraction) * 1_000_000_000 / Int64(max(1, configuration.timeBase))
        return SynchrophasorMeasurement(
            validity: [.good, .unitError, .test, .error][Int(status >> 14)], isInSync: status & 0x2000 == 0,
            hasNewConfiguration: status & 0x0400 != 0, timeError: timeError(status >> 6 & 0x7),
            frequency: frequency, rocof: rocof, voltage: voltage,
            time: .seconds(Int64(frame.second)) + .nanoseconds(nanoseconds))
    }

    /// The sample that this is worth, or nil where the unit itself says that it is worth none.
    ///
    /// - Parameters:
    ///   - at: when the frame was received, on the agent's clock.
    ///   - nominalVoltage: in volts, of the first voltage phasor.
    public func sample(at: Instant, nominalVoltage: Double?) -> MeterSample? {
        guard validity == .good, let frequency else { return nil }
        let permille = nominalVoltage.flatMap { nominal in
            voltage.map { Int32(nearest: $0 / max(1, nominal) * 1000) }
        }
        let quality: FrequencySample.TimeQuality =
            !isInSync ? .unlocked : timeError.map { .locked(within: $0) } ?? .local
        return MeterSample(frequency: frequency, voltage: permille, at: at, timeQuality: quality)
    }

    private static func voltage(
        _ cursor: inout SynchrophasorCursor, _ unit: SynchrophasorConfiguration.Unit
    ) throws(SynchrophasorFrame.Fault) -> Double? {
        var voltage: Double?
        for index in 0..<unit.phasors {
            // The length of a rectangular phasor is √(a² + b²), that of a polar one its first number.
            let (a, b, scale): (Double, Double, Double)
            if unit.hasFloatPhasors {
                (a, b) = (Double(try cursor.float()), Double(try cursor.float()))
                scale = 1
            } else {
                let (first, second) = (try cursor.word(), try cursor.word())
                a = unit.isPolar ? Double(first) : Double(Int16(bitPattern: first))
                b = Double(Int16(bitPattern: second))
                scale = Double(unit.phasorUnits[index] & 0xFF_FFFF) * 1e-5
            }
            guard voltage == nil, unit.phasorUnits[index] >> 24 == 0 else { continue }
            let magnitude = scale * (unit.isPolar ? a : (a * a + b * b).squareRoot())
            if magnitude.isFinite { voltage = magnitude }
        }
        return voltage
    }

    private static func rates(
        _ cursor: inout SynchrophasorCursor, _ unit: SynchrophasorConfiguration.Unit
    ) throws(SynchrophasorFrame.Fault) -> (Microhertz?, Int32?) {
        guard unit.hasFloatFrequency else {
            let offset = try cursor.signed()
            let rate = try cursor.signed()
            // 0x8000 stands for no number in 16 bits.
            let frequency =
                offset == .min ? nil : Microhertz(clamping: (Int64(unit.nominal.value) + Int64(offset)) * 1000)
            return (frequency, rate == .min ? nil : Int32(rate) * 10)
        }
        let frequency = Double(try cursor.float())
        let rate = Double(try cursor.float())
        return (
            frequency.isFinite ? Microhertz(hertz: frequency) : nil, rate.isFinite ? Int32(nearest: rate * 1000) : nil
        )
    }

    /// 1: 100 ns, and ten times as much for each step up to 6: 10 ms.
    private static func timeError(_ code: UInt16) -> Duration? {
        guard (1...6).contains(code) else { return nil }
        var error = Duration.nanoseconds(100)
        for _ in 1..<code { error *= 10 }
        return error
    }
}
