import Base

/// A board's own voltage regulator between the supply and its chips.
final class Converter {
    /// What latches it off until it is switched off and on again.
    enum Trip: Equatable {
        case overcurrent, overtemperature
    }

    /// Millivolts asked for.
    var target: Double
    /// Switched on by whoever controls it; the board's enable line has to agree.
    private(set) var isOn = false
    /// When it goes off by itself unless its controller hears something before.
    private(set) var lease: Instant?
    /// It went off because the lease ended.
    private(set) var isLeaseOver = false
    /// Why it has latched off.
    private(set) var trip: Trip?
    /// It reports no fault and makes nothing.
    var isDead = false
    /// Millivolts made.
    private(set) var output: Double = 0
    /// Amperes through it, from the last step.
    private(set) var current: Double = 0
    /// Degrees.
    private(set) var temperature: Double
    let currentLimit: Double
    /// Degrees at which it latches off.
    let temperatureLimit: Double

    /// Part of its input that arrives; the usual value for a buck regulator of this size.
    static let efficiency = 0.92
    /// Millivolts per millisecond, up and down.
    private static let slew = 20.0
    /// Degrees above its surroundings at its current limit and the voltage that it is built for, and seconds to get there:
    /// each converter is cooled for its size. Made up.
    private static let kelvinAtLimit = 20.0
    private static let timeConstant = 20.0
    /// Degrees per watt lost.
    private let kelvinPerWatt: Double

    init(target: Double, currentLimit: Double, temperatureLimit: Double, temperature: Double) {
        self.target = target
        self.currentLimit = currentLimit
        self.temperatureLimit = temperatureLimit
        self.temperature = temperature
        let most = currentLimit * target / 1000
        kelvinPerWatt = Converter.kelvinAtLimit / max(Converter.lost(at: most), 0.001)
    }

    /// Watts lost while so many are delivered.
    private static func lost(at load: Double) -> Double { load * (1 - efficiency) / efficiency }

    /// - Parameter lease: until when it stays on without another word; nil for ever.
    func turn(on: Bool, lease: Instant? = nil) {
        isOn = on
        self.lease = on ? lease : nil
        if on { isLeaseOver = false } else { trip = nil }
    }

    func renew(lease: Instant?) {
        if isOn { self.lease = lease }
    }

    /// Latches it off, as for too much current, or lets go.
    func setTripped(_ isTripped: Bool) {
        trip = isTripped ? .overcurrent : nil
    }

    /// - Parameters:
    ///   - input: millivolts from the supply.
    ///   - load: watts that the chips take at the present output.
    func step(to now: Instant, seconds: Double, input: Double, isEnabled: Bool, load: Double, surroundings: Double) {
        if let lease, now >= lease {
            isOn = false
            isLeaseOver = true
            self.lease = nil
        }
        current = output > 1 ? load / (output / 1000) : 0
        let settled = surroundings + Converter.lost(at: load) * kelvinPerWatt
        temperature += (settled - temperature) * (seconds / (Converter.timeConstant + seconds))
        if current > currentLimit {
            trip = .overcurrent
        } else if temperature > temperatureLimit {
            trip = .overtemperature
        }
        let wanted = isOn && isEnabled && trip == nil && !isDead && input > 3000 ? min(target, input) : 0
        let most = Converter.slew * seconds * 1000
        output = wanted > output ? min(wanted, output + most) : max(wanted, output - most)
    }
}
