import Base
import Buses

/// Builds the parts of a simulated rig from its configuration, and connects them.
struct PlantUnits {
    private(set) var boards: [BoardUnit] = []
    private(set) var fans: [FanUnit] = []
    let supply: SupplyUnit
    private(set) var probes: [SensorProbe] = []
    private(set) var wires: [I2CWire] = []
    private(set) var pwms: [PWMOutput] = []
    private(set) var lines: [LineState] = []
    private(set) var memories: [AT24C02Model] = []
    private(set) var controllers: [PIC16F1704Model] = []
    private(set) var supplyControllers: [APWModel] = []
    let cooling: CoolingLoop
    private let start: Instant
    private let ambient: Celsius
    private var draws: SeededDraws

    init(_ configuration: TwinRigConfiguration, seed: UInt64, start: Instant) {
        var draws = SeededDraws(seed: seed)
        self.start = start
        ambient = configuration.ambient
        let degrees = Double(configuration.ambient.millidegrees) / 1000
        let hasEnable = configuration.supply.hasEnableLine
        let enable = LineState(atPowerOn: false)
        let drawn = 0.025 + 0.017 * draws.unit()
        let fall = configuration.supply.holdUpMilliseconds.map { Double($0) / 1000 } ?? drawn
        supply = SupplyUnit(
            configuration.supply, enable: hasEnable ? enable : nil, temperature: degrees, fallSeconds: fall)
        if hasEnable { lines.append(enable) }
        fans = configuration.fans.map { FanUnit($0) }
        cooling = CoolingLoop(
            configuration.cooling, ambient: degrees, recirculation: Double(configuration.recirculationPermille) / 1000)
        for board in configuration.boards {
            let (enable, reset) = (LineState(atPowerOn: false), LineState(atPowerOn: true))
            lines += [enable, reset]
            boards.append(BoardUnit(board, enable: enable, reset: reset, temperature: degrees, random: &draws))
        }
        self.draws = draws
        for pwm in configuration.pwms {
            let driven = pwm.fans.filter { fans.indices.contains($0) }.map { fans[$0] }
            pwms.append(PWMOutput(chip: pwm.chip, channel: pwm.channel, fans: driven))
        }
        for part in configuration.parts {
            if let target = model(of: part) { wire(part.bus).attach(target, at: part.address) }
        }
    }

    private mutating func wire(_ number: UInt16) -> I2CWire {
        if let wire = wires.first(where: { $0.number == number }) { return wire }
        let wire = I2CWire(number: number)
        wires.append(wire)
        return wire
    }

    /// Nil for a part that would hang on a board or fan that is not there.
    private mutating func model(of part: TwinRigConfiguration.Part) -> (any TwinI2CTarget)? {
        switch part.kind {
        case .lm75(let site): return LM75Model(.lm75, probe: probe(site, part))
        case .tmp75(let site): return LM75Model(.tmp75, probe: probe(site, part))
        case .tmp1075(let site): return LM75Model(.tmp1075, probe: probe(site, part))
        case .tmp421(let own, let remotes):
            return TMP421Model(own: probe(own, part), remotes: remotes.prefix(3).map { probe($0, part) })
        case .tmp451(let own, let remote):
            return TMP451Model(.tmp451, own: probe(own, part), remote: probe(remote, part))
        case .adt7461(let own, let remote):
            return TMP451Model(.adt7461, own: probe(own, part), remote: probe(remote, part))
        case .nct218(let site): return TMP451Model(.nct218, own: probe(site, part), remote: nil)
        case .emc2101(let own, let remote, let fan):
            guard fans.indices.contains(fan) else { return nil }
            return EMC2101Model(own: probe(own, part), remote: probe(remote, part), fan: fans[fan])
        case .emc2103(let first, let second, let fan):
            guard fans.indices.contains(fan) else { return nil }
            return EMC2103Model(diodes: [probe(first, part), probe(second, part)], fan: fans[fan])
        case .emc230x(let numbers):
            let driven = numbers.filter { fans.indices.contains($0) }.prefix(5).map { fans[$0] }
            return driven.isEmpty ? nil : EMC230xModel(fans: driven, now: start)
        case .ina226(let board, let shunt):
            return tap(board).map { INA226Model($0, shuntMicroohms: shunt) }
        case .ina260(let board): return tap(board).map { INA260Model($0) }
        case .ds4432u(let board): return converter(board).map { DS4432UModel($0) }
        case .tps546d24a(let board): return converter(board).map { TPS546Model($0, supply: supply) }
        case .at24c02, .pic16f1704, .apw, .t1Supply: return controller(of: part)
        }
    }

    private mutating func controller(of part: TwinRigConfiguration.Part) -> (any TwinI2CTarget)? {
        switch part.kind {
        case .at24c02(let contents):
            let memory = AT24C02Model(contents)
            memories.append(memory)
            return memory
        case .pic16f1704(let board, let lease):
            guard let converter = converter(board) else { return nil }
            let controller = PIC16F1704Model(converter, lease: lease)
            controllers.append(controller)
            return controller
        case .apw(let type, let firmware):
            let controller = APWModel(supply, type: type, firmware: firmware)
            supplyControllers.append(controller)
            return controller
        case .t1Supply: return T1SupplyModel(boards.compactMap { $0.converter })
        default: return nil
        }
    }

    private func converter(_ board: Int) -> Converter? {
        boards.indices.contains(board) ? boards[board].converter : nil
    }

    private func tap(_ board: Int) -> InputTap? {
        boards.indices.contains(board) ? InputTap(board: boards[board], supply: supply) : nil
    }

    private mutating func probe(_ site: TwinSite, _ part: TwinRigConfiguration.Part) -> SensorProbe {
        let wanted = site.name
        // A site that is measured more than once gets numbers: inlet, inlet.2, …
        let before = probes.count { $0.site == site }
        let probe = SensorProbe(
            before == 0 ? wanted : "\(wanted).\(before + 1)", at: site, bus: part.bus, address: part.address,
            temperature: ambient, seed: draws.next())
        probes.append(probe)
        return probe
    }
}

extension TwinSite {
    /// As sensors are named in text; boards count from 1, chips from 0, as on their bus.
    public var name: String {
        switch self {
        case .chip(let board, let chip): "board\(board + 1).chip\(chip)"
        case .boardInlet(let board): "board\(board + 1).inlet"
        case .boardOutlet(let board): "board\(board + 1).outlet"
        case .regulator(let board): "board\(board + 1).regulator"
        case .inletAir: "inlet"
        case .outletAir: "outlet"
        case .supply: "supply"
        }
    }
}
