import Base

/// The power supply: mains in, one output and a small standby output for fans and control board.
///
/// A lag stands for power factor correction: mains power follows the load late, and the bulk capacitor takes or gives the
/// difference. So energy is conserved, and switching the output off is seen on the mains after tens of milliseconds.
final class SupplyUnit {
    enum Trip: Equatable {
        case overcurrent, overtemperature, watchdog
        /// The bulk capacitor has run empty.
        case brownout
    }

    let configuration: TwinSupplyConfiguration
    let enable: LineState?
    var fault: TwinSupplyFault?
    /// Millivolts asked for.
    var target: Double
    /// Millivolts made.
    private(set) var output: Double = 0
    /// Watts from the mains, mean over a cycle.
    private(set) var mainsPower: Double = 0
    /// Watts lost as heat, from the last step.
    private(set) var lost: Double = 0
    /// Joules in the bulk capacitor.
    private(set) var stored: Double
    /// Degrees.
    private(set) var temperature: Double
    private(set) var trip: Trip?
    /// When the watchdog switches off; nil while it is not armed.
    private(set) var watchdog: Instant?
    /// Switched on before the capacitors were discharged, which the supply refuses.
    private(set) var earlyRestarts = 0
    /// Whether the converter runs.
    private(set) var isOn = false
    /// Whether fans and control board have power.
    private(set) var hasStandby = true
    private var offSince: Instant?
    private var wasEnabled = false
    /// The output rises for the first time since it was switched on.
    private var isStarting = true
    private var overload: Double = 0
    private let efficiency: CurveTable
    private let fallSeconds: Double

    /// Joules at the working voltage of about 415 V, at which the converter gives up, and below which nothing runs.
    /// 75 J for the converter are 20 ms at 3.6 kW, the hold-up time that supplies of this kind are built for.
    private static let full = 180.0, empty = 105.0, dark = 20.0
    /// Overvoltage protection of the capacitor: beyond it, the surplus of the lag turns to heat.
    private static let brim = 215.0
    private static let riseSeconds = 0.008
    /// Millivolts per millisecond, when the set point moves and when the output starts.
    private static let slew = 1.5, startSlew = 60.0
    /// Degrees above ambient per watt lost, and seconds to get there.
    private static let kelvinPerWatt = 0.12, timeConstant = 180.0
    private static let tripTemperature = 95.0, releaseTemperature = 75.0
    /// Seconds of overload before the output trips.
    private static let overloadLimit = 0.02

    init(_ configuration: TwinSupplyConfiguration, enable: LineState?, temperature: Double, fallSeconds: Double) {
        self.configuration = configuration
        self.enable = enable
        self.temperature = temperature
        target = Double(configuration.standard.value)
        stored = SupplyUnit.full
        let points = configuration.efficiencyPermille.map { Double(max($0, 1)) / 1000 }
        efficiency = CurveTable(from: 0, spacing: 0.1, points.count > 1 ? points : [0.9, 0.9])
        self.fallSeconds = fallSeconds
    }

    /// Arms the watchdog, feeds it, or takes it off with nil.
    func setWatchdog(until: Instant?) {
        watchdog = until
    }

    /// Whether the supply reports its output as on: a broken one may be mistaken.
    var reportsOn: Bool { isOn }

    private var isEnabled: Bool { enable?.isActive ?? true }

    /// One step: decides about the output, makes its voltage, and takes the power from the mains.
    ///
    /// - Parameters:
    ///   - mains: volts; 0 without.
    ///   - load: watts taken from the output at its present voltage.
    ///   - standby: watts taken by fans and control board.
    func step(
        to now: Instant, seconds: Double, mains: Double, load: Double, standby: Double, ambient: Double
    ) {
        decide(now: now, load: load, seconds: seconds)
        makeVoltage(seconds: seconds)
        let usable = hasStandby ? standby / 0.85 + Double(configuration.idle.value) / 1000 : 0
        let share = load * 1000 / Double(configuration.rated.value)
        let draw = load / efficiency.value(at: share) + usable
        // Below 80 V the corrector stops (the brown-out that such supplies report).
        if mains >= 80 {
            let wanted = draw + max(SupplyUnit.full - stored, 0) * 2
            let lag = wanted < mainsPower ? fallSeconds : SupplyUnit.riseSeconds
            mainsPower += (wanted - mainsPower) * (seconds / (lag + seconds))
        } else {
            mainsPower = 0
        }
        stored += (mainsPower - draw) * seconds
        var spilled: Double = 0
        if stored > SupplyUnit.brim {
            spilled = (stored - SupplyUnit.brim) / seconds
            stored = SupplyUnit.brim
        } else if stored < 0 {
            stored = 0
        } else if stored > SupplyUnit.full, mains >= 80 {
            // Bleeders bring the capacitor back to its working voltage.
            spilled = (stored - SupplyUnit.full) * 0.5
            stored -= spilled * seconds
        }
        lost = draw - load - (hasStandby ? standby : 0) + spilled
        let settled = ambient + lost * SupplyUnit.kelvinPerWatt
        temperature += (settled - temperature) * (seconds / (SupplyUnit.timeConstant + seconds))
        if stored < SupplyUnit.dark {
            hasStandby = false
            trip = nil
            watchdog = nil
        } else if mains >= 80, stored > SupplyUnit.empty {
            hasStandby = true
        }
    }

    private func decide(now: Instant, load: Double, seconds: Double) {
        let isEnabled = self.isEnabled
        if isEnabled, !wasEnabled, configuration.hasEnableLine, let offSince,
            now - offSince < configuration.discharge
        {
            earlyRestarts += 1
        }
        if !isEnabled { trip = trip == .overtemperature ? trip : nil }
        wasEnabled = isEnabled
        protect(now: now, load: load, seconds: seconds)
        let isRested = offSince.map { !configuration.hasEnableLine || now - $0 >= configuration.discharge } ?? true
        var wantsOn = isEnabled && trip == nil
        if !isOn, !isRested { wantsOn = false }
        if fault == .stuckOn, isOn, stored > SupplyUnit.empty { wantsOn = true }
        if isOn, !wantsOn { offSince = now }
        if wantsOn, !isOn, stored < SupplyUnit.full * 0.9 { wantsOn = false }
        isOn = wantsOn
    }

    private func protect(now: Instant, load: Double, seconds: Double) {
        if fault == .overtemperature || temperature > SupplyUnit.tripTemperature {
            trip = .overtemperature
        } else if trip == .overtemperature, temperature < SupplyUnit.releaseTemperature {
            // The supply's firmware lets go by itself once it is cool, whoever still asks for the output.
            trip = nil
        }
        let isOverloaded = load * 1000 > 1.15 * Double(configuration.rated.value)
        overload = isOverloaded ? overload + seconds : 0
        if fault == .overcurrent || overload > SupplyUnit.overloadLimit { trip = .overcurrent }
        if let watchdog, now >= watchdog {
            trip = .watchdog
            self.watchdog = nil
        }
        if isOn, stored < SupplyUnit.empty { trip = .brownout }
        if !isOn, trip == .brownout, stored > SupplyUnit.full * 0.9 { trip = nil }
    }

    private func makeVoltage(seconds: Double) {
        let milliseconds = seconds * 1000
        guard isOn, fault != .noOutput else {
            // The load empties the output capacitors within a few milliseconds.
            output /= 1 + 3 * milliseconds
            if output < 20 { output = 0 }
            isStarting = true
            return
        }
        var wanted = target
        if case .undervoltage(let permille) = fault { wanted = target * Double(permille) / 1000 }
        let most = (isStarting ? SupplyUnit.startSlew : SupplyUnit.slew) * milliseconds
        output = wanted > output ? min(wanted, output + most) : max(wanted, output - most)
        if output >= wanted { isStarting = false }
        if case .undervoltage = fault { output = min(output, wanted) }
    }
}
