import Base
import Buses
import Peripherals
import Twin

/// What measures a board's power.
enum SimulatedMeter {
    case ina226(INA226)
    case ina260(INA260)

    func power(now: Instant) -> Reading<Milliwatts> {
        switch self {
        case .ina226(let meter): meter.power(now: now)
        case .ina260(let meter): meter.power(now: now)
        }
    }

    /// Gives an INA226 its scale; the other part has a fixed one.
    func setUp() {
        guard case .ina226(let meter) = self else { return }
        do throws(ChipFault) { try meter.configure() } catch { return }
    }
}

/// The regulator of a desk-top miner's only board.
final class SimulatedRegulator {
    private let bus: any I2CBus
    private let address: I2CAddress
    private var regulator: TPS546D24A?

    init(_ bus: any I2CBus, _ address: I2CAddress) {
        self.bus = bus
        self.address = address
    }

    /// Identifies and programs it; it stays off. Takes some twenty milliseconds of simulated time.
    /// - Returns: whether it answered.
    func start(_ clock: ManualClock) -> Bool {
        regulator = nil
        var startup = TPS546D24A.Startup(on: bus, at: address, profile: .fiveVolt)
        do throws(ChipFault) {
            // Six attempts a few milliseconds apart at most.
            for _ in 0..<20 {
                if case .done(let started) = try startup.advance(now: clock.now) {
                    regulator = started
                    return true
                }
                clock.advance(by: .milliseconds(5))
            }
        } catch {
            return false
        }
        return false
    }

    /// - Returns: whether it has been told.
    func set(_ isOn: Bool) -> Bool {
        guard let regulator else { return false }
        do throws(ChipFault) {
            if isOn { try regulator.clearFaults() }
            try regulator.setOutput(isOn)
            return true
        } catch {
            return false
        }
    }

    func temperature(now: Instant) -> Reading<Celsius> {
        regulator?.temperature(now: now) ?? .failed(.settling)
    }
}
