import Base
import Buses

/// As scenarios and commands write it.
extension TwinFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sensor(let name, let fault): "sensor:\(name) \(fault.text)"
        case .allSensors(let fault): "sensors \(fault.text)"
        case .fan(let fan, let fault): "fan\(fan + 1) \(fault.text)"
        case .board(let board, let fault): "board\(board + 1) \(fault.text)"
        case .supply(let fault): "supply \(fault.text)"
        case .bus(let bus, .stuck): "i2c-\(bus) stuck"
        case .bus(let bus, .noAcknowledge): "i2c-\(bus) nack"
        case .bus(let bus, .timeout): "i2c-\(bus) timeout"
        case .part(let bus, let address, let fault): "i2c-\(bus)@\(Hex.text(address.value)) \(fault.text)"
        case .air(.hotInlet(let rise)): "air hot \(celsius(rise))"
        case .air(.recirculation(let permille)): "air recirculation \(percent(permille))"
        case .air(.dust(let permille)): "air dust \(percent(1000 - permille))"
        case .mains(volts: 0): "mains outage"
        case .mains(let volts): "mains volts \(volts)V"
        case .agent(.killed): "agent killed"
        case .agent(.stopped): "agent stopped"
        }
    }
}

extension TwinSensorFault {
    fileprivate var text: String {
        switch self {
        case .dead: "dead"
        case .frozen: "frozen"
        case .offset(let offset): "offset \(celsius(offset))"
        case .zero: "zero"
        case .ones: "ones"
        case .openCircuit: "open"
        case .shortCircuit: "short"
        case .fixed(let value): "reads \(celsius(value))"
        case .spikes(let value): "spikes \(celsius(value))"
        case .detached: "detached"
        }
    }
}

extension TwinFanFault {
    fileprivate var text: String {
        switch self {
        case .stalled: "stall"
        case .dead: "dead"
        case .worn(let permille): "worn \(percent(permille))"
        case .tachometerLost: "tach-loss"
        case .tachometerZero: "tach-zero"
        case .lostWrites(let count): "lost-writes \(count)"
        }
    }
}

extension TwinBoardFault {
    fileprivate var text: String {
        switch self {
        case .enableStuck(let closed): closed ? "enable-stuck-on" : "enable-stuck-off"
        case .resetStuck(let active): active ? "reset-stuck-on" : "reset-stuck-off"
        case .regulatorDead: "regulator-dead"
        case .regulatorTripped: "regulator-trip"
        case .absent: "absent"
        case .chainSilent: "silent"
        case .deadChips(let count): "dead-chips \(count)"
        }
    }
}

extension TwinSupplyFault {
    fileprivate var text: String {
        switch self {
        case .undervoltage(let permille): "undervoltage \(percent(permille))"
        case .overtemperature: "overtemperature"
        case .overcurrent: "overcurrent"
        case .noOutput: "no-output"
        case .stuckOn: "stuck-on"
        }
    }
}

extension TwinPartFault {
    fileprivate var text: String {
        switch self {
        case .dead: "dead"
        case .reset: "reset"
        case .lostWrites(let count): "lost-writes \(count)"
        }
    }
}

private func celsius(_ value: Celsius) -> String {
    "\(Decimal.fixed(Double(value.millidegrees) / 1000, places: 3))C"
}

private func percent(_ permille: Int32) -> String {
    "\(Decimal.fixed(Double(permille) / 10, places: 1))%"
}
