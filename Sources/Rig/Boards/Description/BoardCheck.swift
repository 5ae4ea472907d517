import Base
import Buses

/// Looks through a board file that reads well for what cannot be: names that nothing has, pins and addresses that are used
/// twice, figures that contradict each other.
struct BoardCheck {
    /// What only one user can have.
    private enum Resource: Equatable {
        case device(String)
        case pwm(String, channel: Int)
        /// A line by its number in `/sys/class/gpio`.
        case line(number: Int)
        case line(chip: String, offset: Int)
        case line(named: String)
        /// An output line, or a bus that belongs to one chain.
        case use(String)
        case address(bus: String, I2CAddress)
        case chainName(String)
    }

    private struct Claim {
        var resource: Resource
        /// Where the resource is claimed.
        var path: String
        /// Parts that share an address: the same kind may be claimed again under another `share`.
        var part: String
        var share: String
    }

    /// With readings further apart than this, a board whose sensor has died would not be off within ten seconds: before
    /// that come their way to the controller and its five seconds of patience (Docs/thermal.md).
    private static let longestSupervision = Duration.milliseconds(2500)

    private let board: Board
    private var claims: [Claim] = []
    /// The first thing that cannot be: where it stands, and what is wrong with it.
    private(set) var firstComplaint: (path: String, problem: String)?

    init(_ board: Board) {
        self.board = board
        checkBuses()
        checkLines()
        checkSupplies()
        checkChains()
        checkFans()
        checkSensors()
        checkProvenance()
    }

    // MARK: Sections

    private mutating func checkBuses() {
        for bus in board.i2c { claim(.device(bus.device), "i2c.\(bus.name).device") }
        for port in board.uarts { claim(.device(port.device), "uart.\(port.name).device") }
        for bus in board.spi { claim(.device(bus.device), "spi.\(bus.name).device") }
        for chip in board.gpio {
            let path = "gpio.\(chip.name)"
            if (chip.label == nil) == (chip.device == nil) {
                complain(path, "expected either \"label\" or \"device\"")
            }
            if let device = chip.device { claim(.device(device), "\(path).device") }
        }
        for output in board.pwm {
            claim(.pwm(output.device, channel: output.channel), "pwm.\(output.name).channel")
        }
        if let watchdog = board.watchdog { claim(.device(watchdog.device), "watchdog.device") }
        let usesModels = board.simulation.map { !$0.isBehindKernel } ?? false
        for (path, device) in devices where DeviceNode.isSimulated(device) != usesModels {
            let expected = !usesModels ? "a path of this board" : "twin:NAME: the board is simulated"
            complain(path, "found \"\(device)\"; expected \(expected)")
        }
    }

    private var devices: [(path: String, device: String)] {
        var devices: [(path: String, device: String)] = []
        for bus in board.i2c { devices.append((path: "i2c.\(bus.name).device", device: bus.device)) }
        for port in board.uarts { devices.append((path: "uart.\(port.name).device", device: port.device)) }
        for bus in board.spi { devices.append((path: "spi.\(bus.name).device", device: bus.device)) }
        for output in board.pwm { devices.append((path: "pwm.\(output.name).device", device: output.device)) }
        for chip in board.gpio {
            if let device = chip.device { devices.append((path: "gpio.\(chip.name).device", device: device)) }
        }
        if let watchdog = board.watchdog { devices.append((path: "watchdog.device", device: watchdog.device)) }
        return devices
    }

    private mutating func checkLines() {
        for line in board.lines {
            let path = "lines.\(line.name)"
            if (line.chip == nil) != (line.offset == nil) {
                complain(path, "expected \"gpio\" and \"offset\" together")
            }
            if line.chip == nil, line.lineName == nil, line.sysfs == nil {
                complain(path, "expected \"gpio\" and \"offset\", \"line\" or \"sysfs\" to say which line this is")
            }
            var number = line.sysfs
            if let name = line.chip, let offset = line.offset {
                refer(name, to: board.gpio.map { $0.name }, "a gpio", "\(path).gpio")
                claim(.line(chip: name, offset: offset), "\(path).offset")
                if let base = board.gpio.first(where: { $0.name == name })?.base {
                    if let number, number != base + offset {
                        complain("\(path).sysfs", "found \(number); gpio.\(name) and offset make it \(base + offset)")
                    }
                    number = base + offset
                }
            }
            if let number { claim(.line(number: number), path) }
            if let name = line.lineName { claim(.line(named: name), "\(path).line") }
        }
        if let mains = board.mains { input(mains.line, "mains.line") }
    }

    private mutating func checkSupplies() {
        for supply in board.supplies {
            let path = "supplies.\(supply.name)"
            if let (key, problem) = supply.complaint() { complain("\(path).\(key)", problem) }
            if let enable = supply.enable { output(enable, "\(path).enable") }
            guard supply.kind != .line else { continue }
            let share = supply.kind == .t1 ? "output \(supply.output)" : "supply"
            address(supply.address, on: supply.bus, supply.kind.name, share, path)
        }
        for meter in board.meters {
            address(meter.address, on: meter.bus, meter.kind.name, "meter", "meters.\(meter.name)")
        }
        for memory in board.eeproms {
            let path = "eeproms.\(memory.name)"
            address(memory.address, on: memory.bus, "eeprom", "memory", path)
            if let chain = memory.chain { refer(chain, to: chainNames, "a chain", "\(path).chain") }
        }
    }

    private mutating func checkChains() {
        for (index, chain) in board.chains.enumerated() {
            guard case .chips(let chain) = chain else { continue }
            let path = "chains[\(index)]"
            claim(.chainName(chain.name), "\(path).name")
            let buses = chain.kind.uartFamily == nil ? board.spi.map { $0.name } : board.uarts.map { $0.name }
            refer(chain.bus, to: buses, chain.busKey == "spi" ? "an spi" : "a uart", "\(path).\(chain.busKey)")
            claim(.use("\(chain.busKey) \(chain.bus)"), "\(path).\(chain.busKey)")
            output(chain.reset, "\(path).reset")
            if let enable = chain.enable { output(enable, "\(path).enable") }
            if let start = chain.start { output(start, "\(path).start") }
            if let plug = chain.plug { input(plug, "\(path).plug") }
            for (position, supply) in chain.supplies.enumerated() {
                refer(supply, to: board.supplies.map { $0.name }, "a supply", "\(path).supplies[\(position)]")
            }
            if let (key, problem) = chain.complaint() { complain("\(path).\(key)", problem) }
        }
        if board.chains.filter({ if case .cpu = $0 { true } else { false } }).count > 1 {
            complain("chains", "more than one chain of kind \"cpu\"; expected at most one")
        }
    }

    private mutating func checkFans() {
        for fan in board.fans {
            let path = "fans.\(fan.name)"
            switch fan.kind {
            case .pwm:
                refer(fan.pwm, to: board.pwm.map { $0.name }, "a pwm", "\(path).pwm")
                claim(.use("pwm \(fan.pwm)"), "\(path).pwm")
                for (index, line) in fan.tachometers.enumerated() { input(line, "\(path).tachometers[\(index)]") }
            case .hwmon: claim(.use("hwmon \(fan.chip) fan \(fan.channel)"), "\(path).channel")
            case .emc2101, .emc2103, .emc2301, .emc2302, .emc2303, .emc2305:
                address(fan.address, on: fan.bus, fan.kind.name, "fan \(fan.channel)", path)
            }
        }
    }

    private mutating func checkSensors() {
        for sensor in board.sensors {
            let path = "sensors.\(sensor.name)"
            refer(sensor.limits, to: board.limits.map { $0.name }, "limits", "\(path).limits")
            if let chain = sensor.chain { refer(chain, to: chainNames, "a chain", "\(path).chain") }
            switch sensor.kind {
            case .hwmon: claim(.use("hwmon \(sensor.chip) temperature \(sensor.channel)"), "\(path).channel")
            case .chips:
                claim(.use("chips of \(sensor.chain ?? "")"), "\(path).chain")
                checkChips(sensor, path)
            default:
                address(sensor.address, on: sensor.bus, sensor.kind.name, "temperature \(sensor.channel)", path)
            }
        }
    }

    /// Chips that measure nothing would never give a value, and the board would wait for it.
    private mutating func checkChips(_ sensor: SensorDescription, _ path: String) {
        guard let chain = board.chipChains.first(where: { $0.name == sensor.chain }) else { return }
        guard let interval = chain.kind.temperatureInterval else {
            let able = ChipKind.all.filter { $0.temperatureInterval != nil }.map { $0.name }
            return complain(
                "\(path).kind",
                "found \"chips\"; \(chain.kind.name) chips measure no temperature that can be read, only"
                    + " \(able.joined(separator: " and ")) do")
        }
        if sensor.policy == .required, interval > Self.longestSupervision {
            complain(
                "\(path).policy",
                "found \"required\"; expected \"removable\" or \"error-prone\": \(chain.kind.name) chips are asked every"
                    + " \(Decimal.span(interval)), too seldom to supervise a board by")
        }
    }

    private mutating func checkProvenance() {
        guard board.simulation == nil else { return }
        for item in board.items where item.provenance == .simulated {
            complain("\(item.path).source", "found \"simulated\"; the board has no key \"simulated\"")
        }
    }

    // MARK: Rules

    private var chainNames: [String] { board.chipChains.map { $0.name } }

    private mutating func complain(_ path: String, _ problem: String) {
        if firstComplaint == nil { firstComplaint = (path, problem) }
    }

    private mutating func refer(_ name: String, to known: [String], _ what: String, _ path: String) {
        guard !known.contains(where: { $0 == name }) else { return }
        let hint: String
        if known.isEmpty {
            hint = "the board has none"
        } else if let nearest = NearestName.match(name, among: known) {
            hint = "did you mean \"\(nearest)\"?"
        } else {
            hint = "there are \(known.joined(separator: ", "))"
        }
        complain(path, "found \"\(name)\"; expected the name of \(what) of this board: \(hint)")
    }

    private mutating func output(_ name: String, _ path: String) {
        refer(
            name, to: board.lines.filter { $0.direction == .output }.map { $0.name }, "a line of direction \"out\"",
            path)
        claim(.use("line \(name)"), path)
    }

    private mutating func input(_ name: String, _ path: String) {
        refer(
            name, to: board.lines.filter { $0.direction == .input }.map { $0.name }, "a line of direction \"in\"", path)
        claim(.use("line \(name)"), path)
    }

    private mutating func address(
        _ address: I2CAddress, on bus: String, _ part: String, _ share: String, _ path: String
    ) {
        refer(bus, to: board.i2c.map { $0.name }, "an i2c", "\(path).bus")
        claim(.address(bus: bus, address), "\(path).address", part: part, share: share)
    }

    private mutating func claim(_ resource: Resource, _ path: String, part: String = "", share: String = "") {
        for claim in claims where claim.resource == resource {
            if !part.isEmpty, claim.part == part, claim.share != share { continue }
            complain(path, "used twice: \(claim.path) has it already")
            return
        }
        claims.append(Claim(resource: resource, path: path, part: part, share: share))
    }
}
