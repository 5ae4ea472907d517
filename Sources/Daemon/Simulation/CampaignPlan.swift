import Base
import Buses
import Peripherals
import Thermal
import Twin

/// A simulated rig and the thermal configuration that fits it.
struct CampaignPlan {
    var twin: TwinRigConfiguration
    var thermal: ThermalConfiguration
    /// The sensors of the thermal channels, in their order.
    var sensors: [Sensor]

    /// A channel's part on the simulated buses.
    enum Sensor {
        case tmp75(bus: UInt16, I2CAddress)
        case tmp421(bus: UInt16, I2CAddress)
        case emc2101
        case tps546
    }

    private static func limits(
        _ target: Int32, _ hot: Int32, _ critical: Int32, _ powerDown: Int32
    ) throws(CampaignFault) -> TemperatureLimits {
        guard
            let limits = TemperatureLimits(
                target: .degrees(target), hot: .degrees(hot), critical: .degrees(critical),
                powerDown: .degrees(powerDown))
        else { throw .wiring("limits out of order") }
        return limits
    }

    /// Three S19 boards. Real ones have 126 chips; here twelve stand for them, with the same power, heat capacity and
    /// resistance together, because chips one by one would only take time.
    static func s19() throws(CampaignFault) -> CampaignPlan {
        var twin = TwinRigConfiguration.s19()
        for index in twin.boards.indices { twin.boards[index] = lumped(twin.boards[index], into: 12) }
        // Each fan gets an output of its own, as on boards with a fan controller.
        twin.pwms = (0..<4).map { TwinRigConfiguration.PWM(chip: 0, channel: UInt32($0), fans: [$0]) }
        let tops: [I2CAddress] = [0x4C, 0x4D, 0x4E]
        let meters: [I2CAddress] = [0x40, 0x41, 0x44]
        let inlets: [I2CAddress] = [0x48, 0x49, 0x4A]
        let outlets: [I2CAddress] = [0x4C, 0x4D, 0x4E]
        var sensors: [Sensor] = []
        var channels: [ThermalChannel] = []
        for board in 0..<3 {
            // As on S17 boards: a TMP421 with the diode of a chip at the warm end; and a monitor for the board's power.
            twin.parts.append(
                TwinRigConfiguration.Part(
                    bus: 2, address: tops[board],
                    kind: .tmp421(own: .boardOutlet(board), remotes: [.chip(board: board, chip: 11)])))
            twin.parts.append(
                TwinRigConfiguration.Part(
                    bus: 2, address: meters[board], kind: .ina226(board: board, shuntMicroohms: 500)))
            sensors += [
                .tmp421(bus: 2, tops[board]), .tmp75(bus: 0, outlets[board]), .tmp75(bus: 0, inlets[board]),
            ]
            channels.append(
                ThermalChannel(
                    name: "board\(board + 1).die", owner: .board(board), kind: .die, limits: try limits(72, 80, 86, 92),
                    slewPerSecond: .degrees(2), noise: Celsius(millidegrees: 63)))
            channels.append(
                ThermalChannel(
                    name: "board\(board + 1).outlet", owner: .board(board), kind: .board,
                    limits: try limits(66, 74, 80, 86), slewPerSecond: .degrees(1),
                    noise: Celsius(millidegrees: 63)))
            channels.append(
                ThermalChannel(
                    name: "board\(board + 1).inlet", owner: .board(board), kind: .board,
                    limits: try limits(60, 70, 78, 84), policy: .removable, slewPerSecond: .degrees(1),
                    noise: Celsius(millidegrees: 63), minimumRise: .degrees(1)))
        }
        twin.parts.append(TwinRigConfiguration.Part(bus: 1, address: 0x48, kind: .tmp75(.inletAir)))
        sensors.append(.tmp75(bus: 1, 0x48))
        channels.append(
            ThermalChannel(
                name: "inlet", owner: .rig, kind: .inlet, limits: try limits(40, 50, 55, 60), policy: .removable,
                slewPerSecond: Celsius(millidegrees: 500)))
        twin.parts.append(TwinRigConfiguration.Part(bus: 1, address: 0x49, kind: .tmp75(.supply)))
        sensors.append(.tmp75(bus: 1, 0x49))
        channels.append(
            ThermalChannel(
                name: "supply", owner: .rig, kind: .supply, limits: try limits(75, 85, 95, 105),
                slewPerSecond: .degrees(1)))
        let fan = fan(twin.fans[0])
        let boards = twin.boards.map {
            ThermalBoard(
                maximumPower: Milliwatts(clamping: Int64($0.chips) * Int64($0.chipPower.value)), minimumGoodSensors: 2)
        }
        let checks = (0..<3).map { ThermalCrossCheck(3 * $0, 3 * $0 + 1, within: .degrees(25)) }
        return CampaignPlan(
            twin: twin,
            thermal: try thermal(
                channels, checks, fans: Array(repeating: fan, count: 4), boards: boards, minimumFans: 3),
            sensors: sensors)
    }

    /// A Bitaxe: one chip, whose diode hangs on the fan controller, and a regulator that measures itself.
    static func bitaxe() throws(CampaignFault) -> CampaignPlan {
        let twin = TwinRigConfiguration.bitaxe()
        let channels = [
            ThermalChannel(
                name: "die", owner: .board(0), kind: .die, limits: try limits(65, 72, 80, 88),
                slewPerSecond: .degrees(2), noise: Celsius(millidegrees: 63), resolution: Celsius(millidegrees: 125)),
            ThermalChannel(
                name: "regulator", owner: .board(0), kind: .regulator, limits: try limits(85, 95, 105, 115),
                policy: .errorProne, slewPerSecond: .degrees(2), resolution: .degrees(1), minimumRise: .degrees(1)),
        ]
        let boards = twin.boards.map {
            ThermalBoard(maximumPower: Milliwatts(clamping: Int64($0.chipPower.value) * 10 / 9))
        }
        return CampaignPlan(
            twin: twin,
            thermal: try thermal(channels, [], fans: [fan(twin.fans[0])], boards: boards, minimumFans: 1),
            sensors: [.emc2101, .tps546])
    }

    private static func thermal(
        _ channels: [ThermalChannel], _ checks: [ThermalCrossCheck], fans: [ThermalFan], boards: [ThermalBoard],
        minimumFans: Int
    ) throws(CampaignFault) -> ThermalConfiguration {
        var tuning = ThermalTuning()
        // Campaigns let boards trip far more often than a day in the field does; lock-outs are unlocked at once.
        tuning.tripsPerHour = 8
        do throws(ThermalConfigurationFault) {
            return try ThermalConfiguration(
                channels: channels, crossChecks: checks, fans: fans, boards: boards,
                zones: [ThermalZone(minimumFans: minimumFans)], tuning: tuning)
        } catch {
            throw .configuration(error)
        }
    }

    private static func fan(_ curve: TwinFanCurve) -> ThermalFan {
        let full = curve.fastest.value
        let slow = curve.slowest.value
        let quarter = slow + (full - slow) * 17 / 92
        return ThermalFan(
            curve: FanCurve(RPM(0), RPM(quarter), RPM(full / 2), RPM(full * 3 / 4), RPM(full)))
    }

    /// A board of fewer chips that together are like the given one.
    private static func lumped(_ board: TwinBoardConfiguration, into chips: Int) -> TwinBoardConfiguration {
        let factor = Int32(board.chips) / Int32(max(chips, 1))
        var lumped = board
        lumped.chips = chips
        lumped.groups = min(board.groups, 3)
        lumped.chipPower = Milliwatts(
            clamping: Int64(board.chipPower.value) * Int64(board.chips) / Int64(max(chips, 1)))
        lumped.dieToSink = board.dieToSink / factor
        lumped.sinkToStream = board.sinkToStream / factor
        lumped.dieCapacity = board.dieCapacity * factor
        lumped.sinkCapacity = board.sinkCapacity * factor
        lumped.boardCapacity = board.boardCapacity * factor
        return lumped
    }
}

/// The drivers of a plan, on the simulated buses.
struct CampaignParts {
    var sensors: [SimulatedSensor] = []
    var fans: [SimulatedFan] = []
    var meters: [SimulatedMeter] = []
    var regulator: SimulatedRegulator?

    init(_ plan: CampaignPlan, _ twin: TwinRig) throws(CampaignFault) {
        var controller: EMC2101?
        for part in plan.twin.parts {
            guard let bus = twin.i2c(part.bus) else { throw .wiring("a bus") }
            switch part.kind {
            case .emc2101: controller = EMC2101(on: bus, at: part.address)
            case .tps546d24a: regulator = SimulatedRegulator(bus, part.address)
            case .ina260: meters.append(.ina260(INA260(on: bus, at: part.address)))
            case .ina226(_, let shunt):
                meters.append(
                    .ina226(
                        INA226(
                            on: bus, at: part.address,
                            configuration: INA226.Configuration(shuntMicroohms: shunt, microamperesPerCount: 4000))))
            default: break
            }
        }
        for sensor in plan.sensors { sensors.append(try CampaignParts.sensor(sensor, twin, controller, regulator)) }
        for pwm in plan.twin.pwms {
            guard let channel = twin.pwm(pwm.chip, pwm.channel), let tachometer = twin.tachometer(pwm.fans[0]) else {
                throw .wiring("a fan")
            }
            fans.append(SimulatedFan(channel, tachometer))
        }
        if let controller { fans.append(SimulatedFan(controller)) }
        for meter in meters { meter.setUp() }
    }

    private static func sensor(
        _ sensor: CampaignPlan.Sensor, _ twin: TwinRig, _ controller: EMC2101?, _ regulator: SimulatedRegulator?
    ) throws(CampaignFault) -> SimulatedSensor {
        switch sensor {
        case .tmp75(let number, let address):
            guard let bus = twin.i2c(number) else { throw .wiring("a bus") }
            return SimulatedSensor(TMP75(.tmp75, on: bus, at: address))
        case .tmp421(let number, let address):
            guard let bus = twin.i2c(number) else { throw .wiring("a bus") }
            return SimulatedSensor(TMP421(.tmp421, on: bus, at: address))
        case .emc2101:
            guard let controller else { throw .wiring("a fan controller") }
            return SimulatedSensor(controller)
        case .tps546:
            guard let regulator else { throw .wiring("a regulator") }
            return SimulatedSensor(regulator)
        }
    }
}
