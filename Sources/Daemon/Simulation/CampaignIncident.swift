import Base
import Buses
import Twin

/// A class of things that go wrong in a campaign.
public enum IncidentClass: Int, CaseIterable, Sendable {
    case sensorDead, sensorZero, sensorOnes, sensorOpen, sensorShorted, sensorFrozen, sensorLow, sensorHigh
    case sensorFixedCold, sensorFixedHot, sensorSpikes, sensorDetached
    case allSensorsDead, allSensorsFrozen
    case fanStalled, fanDead, fanWorn, tachometerLost, tachometerZero, allFansStalled, allFansWorn, fanWritesLost
    case boardStuckOn, boardStuckOff, resetStuck, boardGone, chainSilent, chipsDead
    case regulatorDead, regulatorTripped
    case supplyLow, supplyHot, supplyEmpty, supplyStuckOn
    case busStuck, busSilent, busSlow, busGlitch
    case partReset, partDead, partWritesLost
    case hotInlet, coldInlet, recirculation, dust
    case mainsDip, mainsLow
    case agentKilled, agentStopped

    public var name: StaticString {
        switch self {
        case .sensorDead: "sensor dead"
        case .sensorZero: "sensor zero"
        case .sensorOnes: "sensor ones"
        case .sensorOpen: "sensor open"
        case .sensorShorted: "sensor shorted"
        case .sensorFrozen: "sensor frozen"
        case .sensorLow: "sensor 20 °C low"
        case .sensorHigh: "sensor 15 °C high"
        case .sensorFixedCold: "sensor says 30 °C"
        case .sensorFixedHot: "sensor says 127 °C"
        case .sensorSpikes: "sensor spikes"
        case .sensorDetached: "sensor detached"
        case .allSensorsDead: "all sensors dead"
        case .allSensorsFrozen: "all sensors frozen"
        case .fanStalled: "fan stalled"
        case .fanDead: "fan dead"
        case .fanWorn: "fan worn"
        case .tachometerLost: "tachometer lost"
        case .tachometerZero: "tachometer counts zero"
        case .allFansStalled: "all fans stalled"
        case .allFansWorn: "all fans worn"
        case .fanWritesLost: "fan writes lost"
        case .boardStuckOn: "board stuck on"
        case .boardStuckOff: "board stuck off"
        case .resetStuck: "board stuck in reset"
        case .boardGone: "board pulled"
        case .chainSilent: "chain silent"
        case .chipsDead: "chips dead"
        case .regulatorDead: "regulator dead"
        case .regulatorTripped: "regulator tripped"
        case .supplyLow: "supply low"
        case .supplyHot: "supply hot"
        case .supplyEmpty: "supply empty"
        case .supplyStuckOn: "supply stuck on"
        case .busStuck: "bus stuck"
        case .busSilent: "bus silent"
        case .busSlow: "bus slow"
        case .busGlitch: "bus glitch"
        case .partReset: "part reset"
        case .partDead: "part dead"
        case .partWritesLost: "part writes lost"
        case .hotInlet: "hot inlet"
        case .coldInlet: "cold inlet"
        case .recirculation: "recirculation"
        case .dust: "dust"
        case .mainsDip: "mains dip"
        case .mainsLow: "mains low"
        case .agentKilled: "agent killed"
        case .agentStopped: "agent stopped"
        }
    }

    /// Within which time the safe state has to be reached; nil where only what holds at all times is asked for.
    public var limit: Duration? { response.limit }

    /// What has to follow, and how soon.
    var response: IncidentResponse {
        switch self {
        case .sensorDead, .sensorZero, .sensorOnes, .sensorOpen, .sensorShorted, .sensorLow, .sensorFixedCold,
            .sensorFixedHot, .sensorDetached, .partDead:
            .boardOff(within: .seconds(10))
        // Nothing tells a frozen sensor from a steady temperature but the missing noise. Its board is still observed by others.
        case .sensorFrozen: .boardOff(within: .seconds(30))
        case .allSensorsDead, .allSensorsFrozen, .busStuck, .busSilent, .busSlow: .allOff(within: .seconds(10))
        case .fanStalled, .fanDead, .fanWorn, .tachometerLost, .tachometerZero, .allFansWorn:
            .othersFull(within: .seconds(2))
        case .allFansStalled: .allOff(within: .seconds(2))
        case .agentKilled, .agentStopped: .allOff(within: .seconds(5))
        case .busGlitch: .staysOn
        case .sensorHigh, .sensorSpikes, .fanWritesLost, .boardStuckOn, .boardStuckOff, .resetStuck, .boardGone,
            .chainSilent, .chipsDead, .regulatorDead, .regulatorTripped, .supplyLow, .supplyHot,
            .supplyEmpty, .supplyStuckOn, .partReset, .partWritesLost, .hotInlet, .coldInlet, .recirculation, .dust,
            .mainsDip, .mainsLow:
            .nothingTooHot
        }
    }
}

/// What has to follow an incident.
enum IncidentResponse: Equatable {
    /// The board of the sensor is off.
    case boardOff(within: Duration)
    case allOff(within: Duration)
    /// The fans that still work run at full speed, or everything is off.
    case othersFull(within: Duration)
    /// No board trips: it is over before anything is lost.
    case staysOn
    /// No more than what holds at all times.
    case nothingTooHot

    var limit: Duration? {
        switch self {
        case .boardOff(let limit), .allOff(let limit), .othersFull(let limit): limit
        case .staysOn, .nothingTooHot: nil
        }
    }
}

extension TwinFault {
    /// Whether fans may turn wrongly or be read wrongly because of it.
    var reachesFans: Bool {
        switch self {
        case .fan, .supply, .bus, .part, .mains, .agent: true
        // The part that measures may be the fans' controller as well.
        case .sensor(_, .dead), .allSensors(.dead): true
        case .sensor, .allSensors, .board, .air: false
        }
    }
}

/// Something that goes wrong once, and where.
struct Incident {
    let kind: IncidentClass
    let faults: [TwinFault]
    let board: Int
    let fan: Int
    let duration: Duration

    /// Whether its sensor goes on with a value that a cool board could have.
    var saysCold: Bool {
        switch kind {
        case .sensorFixedCold, .sensorDetached, .sensorLow: true
        default: false
        }
    }

    /// A random one of the class; nil where the model cannot have it.
    init?(_ kind: IncidentClass, on rig: CampaignRig, _ draws: inout CampaignDraws) {
        let board = draws.next(in: 0...rig.chains.count - 1)
        let fan = draws.next(in: 0...rig.fans.count - 1)
        guard let faults = Incident.faults(kind, rig, board: board, fan: fan) else { return nil }
        self.kind = kind
        self.faults = faults
        self.board = board
        self.fan = fan
        switch kind {
        case .mainsDip: duration = .seconds(draws.next(in: 1...4))
        case .agentKilled: duration = .seconds(1)
        case .busGlitch: duration = .milliseconds(draws.next(in: 100...1500))
        // Long enough for the slowest of the effects that are waited for.
        default: duration = .seconds(draws.next(in: 40...240))
        }
    }

    private static func faults(_ kind: IncidentClass, _ rig: CampaignRig, board: Int, fan: Int) -> [TwinFault]? {
        let isS19 = rig.model == .s19
        // The one sensor whose loss must switch its board off.
        let die = isS19 ? "board\(board + 1).chip11" : "board1.chip0"
        func sensor(_ fault: TwinSensorFault) -> [TwinFault] { [.sensor(die, fault)] }
        switch kind {
        case .sensorDead: return isS19 ? sensor(.dead) : nil
        case .sensorZero: return sensor(.zero)
        case .sensorOnes: return sensor(.ones)
        case .sensorOpen: return sensor(.openCircuit)
        case .sensorShorted: return sensor(.shortCircuit)
        // The Bitaxe's diode is too coarse to show noise: a frozen value cannot be told from a steady one.
        case .sensorFrozen: return isS19 ? sensor(.frozen) : nil
        case .sensorLow: return sensor(.offset(.degrees(-20)))
        case .sensorHigh: return sensor(.offset(.degrees(15)))
        case .sensorFixedCold: return sensor(.fixed(.degrees(30)))
        case .sensorFixedHot: return sensor(.fixed(.degrees(127)))
        case .sensorSpikes: return sensor(.spikes(.degrees(120)))
        case .sensorDetached: return sensor(.detached)
        case .allSensorsDead: return [.allSensors(.dead)]
        case .allSensorsFrozen: return isS19 ? [.allSensors(.frozen)] : nil
        case .fanStalled: return isS19 ? [.fan(fan, .stalled)] : nil
        case .fanDead: return isS19 ? [.fan(fan, .dead)] : nil
        case .fanWorn: return [.fan(fan, .worn(permille: 500))]
        case .tachometerLost: return isS19 ? [.fan(fan, .tachometerLost)] : nil
        case .tachometerZero: return isS19 ? [.fan(fan, .tachometerZero)] : nil
        case .allFansWorn: return rig.fans.indices.map { .fan($0, .worn(permille: 500)) }
        case .allFansStalled: return rig.fans.indices.map { .fan($0, .stalled) }
        case .fanWritesLost: return isS19 ? [.fan(fan, .lostWrites(8))] : nil
        case .boardStuckOn: return [.board(board, .enableStuck(true))]
        case .boardStuckOff: return [.board(board, .enableStuck(false))]
        case .resetStuck: return [.board(board, .resetStuck(true))]
        case .boardGone: return isS19 ? [.board(board, .absent)] : nil
        case .chainSilent: return [.board(board, .chainSilent)]
        case .chipsDead: return [.board(board, .deadChips(isS19 ? 6 : 1))]
        case .regulatorDead: return isS19 ? nil : [.board(board, .regulatorDead)]
        case .regulatorTripped: return isS19 ? nil : [.board(board, .regulatorTripped)]
        default: return surroundings(kind, rig, board: board)
        }
    }

    private static func surroundings(_ kind: IncidentClass, _ rig: CampaignRig, board: Int) -> [TwinFault]? {
        let isS19 = rig.model == .s19
        let bus: UInt16 = isS19 ? 2 : 0
        let addresses: [I2CAddress] = [0x4C, 0x4D, 0x4E]
        let address = addresses[isS19 ? board : 0]
        switch kind {
        case .supplyLow: return [.supply(.undervoltage(permille: 850))]
        case .supplyHot: return [.supply(.overtemperature)]
        case .supplyEmpty: return [.supply(.noOutput)]
        case .supplyStuckOn: return [.supply(.stuckOn)]
        case .busStuck: return [.bus(bus, .stuck)]
        case .busSilent: return [.bus(bus, .noAcknowledge)]
        case .busSlow: return [.bus(bus, .timeout)]
        case .busGlitch: return [.bus(bus, .noAcknowledge)]
        case .partReset: return [.part(bus, address, .reset)]
        case .partDead: return [.part(bus, address, .dead)]
        case .partWritesLost: return [.part(bus, address, .lostWrites(6))]
        case .hotInlet: return [.air(.hotInlet(.degrees(15)))]
        case .coldInlet: return [.air(.hotInlet(.degrees(-25)))]
        case .recirculation: return [.air(.recirculation(permille: 500))]
        case .dust: return [.air(.dust(permille: 600))]
        case .mainsDip: return [.mains(volts: 0)]
        case .mainsLow: return [.mains(volts: 150)]
        case .agentKilled: return [.agent(.killed)]
        case .agentStopped: return [.agent(.stopped)]
        default: return nil
        }
    }
}
