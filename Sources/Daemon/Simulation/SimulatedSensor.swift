import Base
import Buses
import Peripherals

/// A temperature of the simulated rig, read through the part's own driver on the simulated bus.
final class SimulatedSensor {
    private enum Part {
        case tmp75(TMP75)
        case tmp421(TMP421)
        case emc2101(EMC2101)
        case tps546(SimulatedRegulator)
    }

    private var part: Part
    /// The part wants its settings: at start, and whenever it says that it has lost them.
    private var wantsSetUp = true

    init(_ sensor: TMP75) { part = .tmp75(sensor) }
    init(_ sensor: TMP421) { part = .tmp421(sensor) }
    init(_ controller: EMC2101) { part = .emc2101(controller) }
    init(_ regulator: SimulatedRegulator) { part = .tps546(regulator) }

    /// Has its settings written before the next reading.
    func setUpAgain() { wantsSetUp = true }

    /// Its value now, after setting it up where that is called for.
    func read(now: Instant) -> Reading<Celsius> {
        if wantsSetUp { setUp() }
        let reading = sample(now: now)
        if reading.failure == .deviceReset { wantsSetUp = true }
        return reading
    }

    private func sample(now: Instant) -> Reading<Celsius> {
        switch part {
        case .tmp75(let sensor): return sensor.temperature(now: now)
        case .tmp421(var sensor):
            let reading = sensor.temperature(channel: 1, now: now)
            part = .tmp421(sensor)
            return reading
        case .emc2101(let controller): return controller.externalTemperature(now: now)
        case .tps546(let regulator): return regulator.temperature(now: now)
        }
    }

    private func setUp() {
        do throws(ChipFault) {
            switch part {
            case .tmp75(let sensor): try sensor.configure()
            case .tmp421(var sensor):
                defer { part = .tmp421(sensor) }
                try sensor.validate()
                try sensor.configure()
            // Whoever drives the fan, and whoever switches the regulator, sets these up.
            case .emc2101, .tps546: break
            }
            wantsSetUp = false
        } catch {
            // Tried again with the next reading, which reports the bus's fault by itself.
            wantsSetUp = true
        }
    }
}
