import Base
import Buses
import Peripherals

/// Makes the stations of a board, as far as it may be touched.
struct StationMaker {
    private let board: Board
    private let clearance: Clearance
    private let hardware: any PartsHardware
    private(set) var buses: [(name: String, bus: any I2CBus, breaker: BusBreaker)] = []
    private(set) var stations: [any Station] = []
    private(set) var fans: [(index: Int, station: FanStation)] = []
    private(set) var supplies: [(index: Int, station: SupplyStation)] = []
    private(set) var plugs: [(chain: String, station: PlugStation)] = []
    private(set) var news: [PartNews] = []

    init(_ board: Board, clearance: Clearance, hardware: any PartsHardware) {
        self.board = board
        self.clearance = clearance
        self.hardware = hardware
    }

    /// Fans first: they are what a fault elsewhere must not delay.
    mutating func makeAll() {
        openBuses()
        for index in board.fans.indices { makeFan(index) }
        for chain in board.chipChains { makePlug(chain) }
        for index in board.supplies.indices { makeSupply(index) }
        makeSensors()
        for index in board.meters.indices { makeMeter(index) }
        for index in board.eeproms.indices { makeMemory(index) }
    }

    private mutating func openBuses() {
        for description in board.i2c where clearance.allows("i2c.\(description.name)") {
            let opened = open("i2c.\(description.name)") { (hardware) throws(BusFault) in
                try hardware.i2c(description)
            }
            guard let opened else { continue }
            let breaker = BusBreaker(GuardedI2CBus(opened, occupants: board.occupants(of: description.name)))
            buses.append((name: description.name, bus: breaker, breaker: breaker))
        }
    }

    private func bus(_ name: String) -> (any I2CBus)? { buses.first { $0.name == name }?.bus }

    /// Opens something, or tells why it cannot be.
    private mutating func open<Opened>(
        _ path: String, _ body: (any PartsHardware) throws(BusFault) -> Opened
    ) -> Opened? {
        do throws(BusFault) {
            return try body(hardware)
        } catch {
            news.append(.lost(path, .bus(error)))
            return nil
        }
    }

    // MARK: Fans

    private mutating func makeFan(_ index: Int) {
        let fan = board.fans[index]
        guard clearance.allows(fan), let driver = driver(of: fan) else { return }
        let station = FanStation(
            "fans.\(fan.name)", fan: index, driver: driver, minimum: DutyCycle(percent: Int32(fan.minimumDuty)))
        fans.append((index: index, station: station))
        stations.append(station)
    }

    private mutating func driver(of fan: FanDescription) -> FanDriver? {
        let path = "fans.\(fan.name)"
        switch fan.kind {
        case .pwm:
            guard let output = board.pwm.first(where: { $0.name == fan.pwm }) else { return nil }
            let channel = open(path) { (hardware) throws(BusFault) in try hardware.pwm(output) }
            var tachometers: [any Tachometer] = []
            for name in fan.tachometers where clearance.allowsLine(name) {
                guard let line = board.lines.first(where: { $0.name == name }) else { continue }
                let opened = open("lines.\(name)") { (hardware) throws(BusFault) in
                    try hardware.tachometer(line, pulsesPerRevolution: fan.pulsesPerRevolution)
                }
                if let opened { tachometers.append(opened) }
            }
            return channel.map { .pwm($0, output, tachometers) }
        case .hwmon:
            let opened = open(path) { (hardware) throws(BusFault) in
                try hardware.fan(chip: fan.chip, channel: fan.channel)
            }
            return opened.map { .kernel($0.pwm, $0.speed) }
        case .emc2101: return bus(fan.bus).map { .emc2101(EMC2101(on: $0, at: fan.address)) }
        case .emc2103: return bus(fan.bus).map { .emc2103(EMC2103(on: $0, at: fan.address)) }
        case .emc2301: return emc230x(.emc2301, fan)
        case .emc2302: return emc230x(.emc2302, fan)
        case .emc2303: return emc230x(.emc2303, fan)
        case .emc2305: return emc230x(.emc2305, fan)
        }
    }

    private func emc230x(_ model: EMC2305.Model, _ fan: FanDescription) -> FanDriver? {
        bus(fan.bus).map {
            .emc230x(
                EMC2305(model, on: $0, at: fan.address, range: fan.speedRange), fan: UInt8(clamping: fan.channel))
        }
    }

    // MARK: Boards

    private mutating func makePlug(_ chain: ChipChainDescription) {
        guard let name = chain.plug, clearance.allowsLine(name),
            let line = board.lines.first(where: { $0.name == name })
        else { return }
        let opened = open("lines.\(name)") { (hardware) throws(BusFault) in try hardware.input(line) }
        guard let opened else { return }
        let station = PlugStation(chain: chain.name, line: opened)
        plugs.append((chain: chain.name, station: station))
        stations.append(station)
    }

    private mutating func makeMemory(_ index: Int) {
        let memory = board.eeproms[index]
        guard clearance.allows("eeproms.\(memory.name)"), let bus = bus(memory.bus) else { return }
        stations.append(
            MemoryStation(
                "eeproms.\(memory.name)", memory: index, chain: memory.chain, part: AT24C02(on: bus, at: memory.address)
            ))
    }

    // MARK: Supplies and meters

    private mutating func makeSupply(_ index: Int) {
        let supply = board.supplies[index]
        guard clearance.allows(supply) else { return }
        var line: (any OutputLine)?
        if let name = supply.enable, let description = board.lines.first(where: { $0.name == name }) {
            line = open("lines.\(name)") { (hardware) throws(BusFault) in try hardware.output(description) }
            // Without its line a supply cannot be cut.
            if line == nil { return }
        }
        guard let driver = driver(of: supply) else { return }
        let sensor = board.sensors.firstIndex {
            $0.kind == .tps546 && $0.bus == supply.bus && $0.address == supply.address && clearance.allows($0)
        }
        let station = SupplyStation(
            "supplies.\(supply.name)", supply: index, driver: driver, line: line, voltage: supply.start, sensor: sensor)
        supplies.append((index: index, station: station))
        stations.append(station)
    }

    private func driver(of supply: SupplyDescription) -> (any SupplyDriver)? {
        if supply.kind == .line { return LineSupplyDriver() }
        guard let bus = bus(supply.bus) else { return nil }
        let limits = supply.minimum...max(supply.minimum, supply.maximum)
        switch supply.kind {
        case .apw:
            let configuration = APWSupply.Configuration(
                transport: supply.transport, limits: limits, expectedType: supply.type,
                allowUnverifiedType: supply.allowsUnverifiedType,
                allowUnverifiedADCScale: supply.allowsUnverifiedADCScale)
            return APWDriver(
                on: bus, at: supply.address, configuration: configuration, usesWatchdog: supply.usesWatchdog)
        case .pic16: return PIC16Driver(on: bus, at: supply.address, limits: limits)
        case .tps546: return TPS546Driver(on: bus, at: supply.address, profile: supply.profile.values)
        case .ds4432u: return DS4432UDriver(DS4432U(on: bus, at: supply.address, limits: limits))
        case .t1: return T1SupplyDriver(T1Supply(on: bus, at: supply.address), output: supply.output)
        case .line: return nil
        }
    }

    private mutating func makeMeter(_ index: Int) {
        let meter = board.meters[index]
        guard clearance.allows("meters.\(meter.name)"), let bus = bus(meter.bus) else { return }
        let driver: MeterStation.Driver
        switch meter.kind {
        case .ina260: driver = .ina260(INA260(on: bus, at: meter.address))
        case .ina226:
            // The finest scale that still reaches the greatest expected current: a count is 1/32768 of it, rounded up.
            let scale = (Int64(meter.maximumAmperes) * 1_000_000 + 32_767) / 32_768
            let configuration = INA226.Configuration(
                shuntMicroohms: Int32(clamping: meter.shuntMicroohms), microamperesPerCount: Int32(clamping: scale))
            driver = .ina226(INA226(on: bus, at: meter.address, configuration: configuration))
        }
        stations.append(MeterStation("meters.\(meter.name)", meter: index, driver: driver))
    }

    // MARK: Sensors

    /// One station for each part, however many of its channels are named.
    private mutating func makeSensors() {
        var done: [Int] = []
        for (index, sensor) in board.sensors.enumerated() where clearance.allows(sensor) {
            if done.contains(index) { continue }
            if sensor.kind == .hwmon {
                let source = open("sensors.\(sensor.name)") { (hardware) throws(BusFault) in
                    try hardware.temperature(chip: sensor.chip, channel: sensor.channel)
                }
                guard let source else { continue }
                stations.append(
                    KernelSensorStation(index, chain: sensor.chain, offset: sensor.offset, source: source))
                continue
            }
            guard let bus = bus(sensor.bus), let driver = SensorDriver(sensor.kind, on: bus, at: sensor.address) else {
                continue
            }
            var channels: [SensorStation.Channel] = []
            for (other, candidate) in board.sensors.enumerated()
            where candidate.bus == sensor.bus && candidate.address == sensor.address && clearance.allows(candidate) {
                channels.append(
                    SensorStation.Channel(sensor: other, number: candidate.channel, offset: candidate.offset))
                done.append(other)
            }
            stations.append(
                SensorStation("sensors.\(sensor.name)", chain: sensor.chain, driver: driver, channels: channels))
        }
    }
}

extension Board {
    /// What the board file names at the guarded addresses of a bus.
    func occupants(of bus: String) -> [(address: I2CAddress, occupant: GuardedI2CBus.Occupant)] {
        var occupants: [(address: I2CAddress, occupant: GuardedI2CBus.Occupant)] = []
        for memory in eeproms where memory.bus == bus {
            occupants.append((address: memory.address, occupant: .eeprom))
        }
        for supply in supplies where supply.bus == bus && supply.kind == .pic16 {
            occupants.append((address: supply.address, occupant: .controller))
        }
        return occupants
    }
}
