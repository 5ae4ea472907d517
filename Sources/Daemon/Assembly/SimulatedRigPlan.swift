import Base
import Buses
import Rig
import Twin

/// What a board file with a simulated rig means for the models: a plant like the class of rig that its chips and supplies
/// belong to, wired as the file says.
struct SimulatedRigPlan {
    private let board: Board
    private(set) var configuration: TwinRigConfiguration
    /// Switches of boards without an enable line: closed from the start.
    private(set) var closedSwitches: [(chip: UInt16, offset: UInt32)] = []

    /// A GPIO chip that no board file can name, for lines that are not in the file.
    private static let hiddenChip: UInt16 = .max

    init(_ board: Board, _ simulation: SimulationDescription) {
        self.board = board
        let isDesk = board.supplies.contains { $0.kind == .tps546 || $0.kind == .ds4432u }
        let supply = board.supplies.first { $0.kind == .apw || $0.kind == .line }
        var source: TwinSupplyConfiguration = isDesk ? .fixed5V : .fixed12V
        if let supply {
            source = .apw12
            source.hasEnableLine = supply.enable != nil
            source.standard = supply.start
        }
        configuration = TwinRigConfiguration(
            boards: [], fans: [], supply: source, cooling: isDesk ? .deskAir : .antminerAir,
            ambient: simulation.ambient)
        for (index, chain) in board.chipChains.enumerated() { addBoard(chain, index) }
        for fan in board.fans { addFan(fan, curve: isDesk ? .desk60 : .antminer120) }
        addParts()
        if let name = supply?.enable { addLine(name, .supplyEnable) }
    }

    /// Chips in series between the poles of a chain's supply, so that each has about what it is made for.
    func seriesCount(_ chain: Int) -> Int {
        let description = board.chipChains[chain]
        let model = configuration.boards[chain]
        let perChip: Int32 =
            switch description.kind {
            case .a1: SPIChipModel.a1.chipMillivolts
            case .t1: SPIChipModel.t1.chipMillivolts
            case .bm1362: BM13xxModel.bm1362.chipMillivolts
            case .bm1366: BM13xxModel.bm1366.chipMillivolts
            case .bm1368: BM13xxModel.bm1368.chipMillivolts
            case .bm1370: BM13xxModel.bm1370.chipMillivolts
            case .bm1397: BM13xxModel.bm1397.chipMillivolts
            }
        return max(1, Int((model.referenceVoltage.value + perChip / 2) / perChip))
    }

    // MARK: Boards

    private mutating func addBoard(_ chain: ChipChainDescription, _ index: Int) {
        let feeds = board.supplies.filter { supply in chain.supplies.contains { $0 == supply.name } }
        var model: TwinBoardConfiguration
        switch feeds.last?.kind {
        case .tps546, .ds4432u: model = .bitaxe
        case .pic16: model = .s9
        case .t1: model = .t1
        case .apw, .line, nil: model = .s19
        }
        model.chips = chain.chipCount
        model.groups = min(16, max(1, chain.chipCount / 20))
        model.referenceClock = UInt32(chain.maximumFrequency) * 1_000_000
        model.chipPower = Milliwatts(clamping: chain.maximumWatts * 1000 / chain.chipCount)
        model.referenceVoltage = feeds.last?.start ?? configuration.supply.standard
        configuration.boards.append(model)
        addLine(chain.reset, .boardReset(index))
        if let plug = chain.plug { addLine(plug, .boardPlug(index)) }
        if let enable = chain.enable {
            addLine(enable, .boardEnable(index))
        } else {
            let place = TwinRigConfiguration.Line(
                chip: Self.hiddenChip, offset: UInt32(index), role: .boardEnable(index))
            configuration.lines.append(place)
            closedSwitches.append((chip: place.chip, offset: place.offset))
        }
    }

    private mutating func addLine(_ name: String, _ role: TwinRigConfiguration.Line.Role) {
        guard let place = board.twinPlace(ofLine: name) else { return }
        configuration.lines.append(TwinRigConfiguration.Line(chip: place.chip, offset: place.offset, role: role))
    }

    // MARK: Fans

    private mutating func addFan(_ fan: FanDescription, curve: TwinFanCurve) {
        var fans: [Int] = []
        for tachometer in fan.tachometers {
            fans.append(configuration.fans.count)
            addLine(tachometer, .tachometer(configuration.fans.count))
            configuration.fans.append(curve)
        }
        if fans.isEmpty {
            fans.append(configuration.fans.count)
            configuration.fans.append(curve)
        }
        guard fan.kind == .pwm, let output = board.pwm.first(where: { $0.name == fan.pwm }) else { return }
        configuration.pwms.append(
            TwinRigConfiguration.PWM(chip: output.number, channel: UInt32(output.channel), fans: fans))
    }

    /// The first of the models' fans that a fan of the board file drives.
    private func firstFan(_ wanted: FanDescription) -> Int {
        var number = 0
        for fan in board.fans {
            if fan.name == wanted.name { return number }
            number += max(1, fan.tachometers.count)
        }
        return 0
    }

    // MARK: Parts

    private mutating func addParts() {
        var done: [(bus: String, address: I2CAddress)] = []
        func isNew(_ bus: String, _ address: I2CAddress) -> Bool {
            if done.contains(where: { $0.bus == bus && $0.address == address }) { return false }
            done.append((bus: bus, address: address))
            return true
        }
        for supply in board.supplies where supply.kind != .line && isNew(supply.bus, supply.address) {
            add(supply.bus, supply.address, part(of: supply))
        }
        for fan in board.fans where !fan.bus.isEmpty && isNew(fan.bus, fan.address) {
            add(fan.bus, fan.address, part(of: fan))
        }
        for sensor in board.sensors where !sensor.bus.isEmpty && isNew(sensor.bus, sensor.address) {
            add(sensor.bus, sensor.address, part(of: sensor))
        }
        for meter in board.meters where isNew(meter.bus, meter.address) {
            let part: TwinPart =
                meter.kind == .ina260
                ? .ina260(board: 0) : .ina226(board: 0, shuntMicroohms: Int32(clamping: meter.shuntMicroohms))
            add(meter.bus, meter.address, part)
        }
        for memory in board.eeproms where isNew(memory.bus, memory.address) {
            // The head of an S19 Pro's record.
            add(memory.bus, memory.address, .at24c02([0x11, 0x4A]))
        }
    }

    private mutating func add(_ bus: String, _ address: I2CAddress, _ kind: TwinPart?) {
        guard let kind, let number = board.i2c.first(where: { $0.name == bus })?.number else { return }
        configuration.parts.append(TwinRigConfiguration.Part(bus: number, address: address, kind: kind))
    }

    /// The board that a supply feeds.
    private func fedBoard(_ supply: SupplyDescription) -> Int {
        board.chipChains.firstIndex { $0.supplies.contains { $0 == supply.name } } ?? 0
    }

    private func part(of supply: SupplyDescription) -> TwinPart? {
        switch supply.kind {
        case .apw: .apw(type: supply.type ?? 0x76, firmware: supply.type == 0x74 ? 0x15 : 0x17)
        case .tps546: .tps546d24a(board: fedBoard(supply))
        case .pic16: .pic16f1704(board: fedBoard(supply), lease: .seconds(10))
        case .ds4432u: .ds4432u(board: fedBoard(supply))
        case .t1: .t1Supply
        case .line: nil
        }
    }

    private func part(of fan: FanDescription) -> TwinPart? {
        let number = firstFan(fan)
        switch fan.kind {
        case .pwm, .hwmon: return nil
        case .emc2101:
            let sensor = board.sensors.first { $0.bus == fan.bus && $0.address == fan.address && $0.channel == 1 }
            return .emc2101(own: .inletAir, remote: sensor.map { site(of: $0) } ?? .outletAir, fan: number)
        case .emc2103: return .emc2103(.inletAir, .outletAir, fan: number)
        case .emc2301, .emc2302, .emc2303, .emc2305:
            let mates = board.fans.filter { $0.bus == fan.bus && $0.address == fan.address }
            return .emc230x(fans: mates.map { firstFan($0) })
        }
    }

    private func part(of sensor: SensorDescription) -> TwinPart? {
        /// What a channel of the part measures.
        func site(_ channel: Int) -> TwinSite {
            let named = board.sensors.first {
                $0.bus == sensor.bus && $0.address == sensor.address && $0.channel == channel
            }
            return named.map { self.site(of: $0) } ?? .inletAir
        }
        return switch sensor.kind {
        case .lm75: .lm75(site(0))
        case .tmp75: .tmp75(site(0))
        case .tmp1075: .tmp1075(site(0))
        case .tmp421: .tmp421(own: site(0), remotes: [site(1)])
        case .tmp422: .tmp421(own: site(0), remotes: [site(1), site(2)])
        case .tmp423: .tmp421(own: site(0), remotes: [site(1), site(2), site(3)])
        case .tmp451: .tmp451(own: site(0), remote: site(1))
        case .adt7461: .adt7461(own: site(0), remote: site(1))
        case .nct218: .nct218(site(0))
        case .emc2101: .emc2101(own: site(0), remote: site(1), fan: 0)
        case .emc2103: .emc2103(site(1), site(2), fan: 0)
        case .tps546, .hwmon, .chips: nil
        }
    }

    /// Sensors at a board alternate between its cool and its hot end, in the file's order.
    private func site(of sensor: SensorDescription) -> TwinSite {
        let chain = board.chipChains.firstIndex { $0.name == sensor.chain } ?? 0
        switch sensor.place {
        case .chip:
            let last = max(0, (board.chipChains.indices.contains(chain) ? board.chipChains[chain].chipCount : 1) - 1)
            return .chip(board: chain, chip: last)
        case .board:
            let mates = board.sensors.filter { $0.place == .board && $0.chain == sensor.chain }
            let place = mates.firstIndex { $0.name == sensor.name } ?? 0
            return place + 1 == mates.count ? .boardOutlet(chain) : .boardInlet(chain)
        case .regulator: return .regulator(chain)
        case .inlet, .processor: return .inletAir
        case .outlet: return .outletAir
        case .supply: return .supply
        }
    }
}

extension Board {
    /// Where a simulated line is.
    func twinPlace(ofLine name: String) -> (chip: UInt16, offset: UInt32)? {
        guard let line = lines.first(where: { $0.name == name }), let offset = line.offset,
            let chip = gpio.first(where: { $0.name == line.chip })?.number
        else { return nil }
        return (chip: chip, offset: UInt32(offset))
    }
}
