import ASIC
import Base
import Thermal

/// What a board file amounts to for the controller: the boards that may be run, what feeds and cools them, and which of the
/// board file's entries each of them is.
public struct ControlAssembly: Sendable {
    /// Why a board file cannot be controlled.
    public enum Problem: Error, Equatable, Sendable {
        case thermal(ThermalConfigurationFault)
        case control(ControlConfigurationFault)
    }

    public let configuration: ControlConfiguration
    public let wiring: ControlWiring
    /// Power at the mains with every board at its highest clock, and with one of them at its lowest.
    public let rated: Milliwatts
    public let minimum: Milliwatts

    /// What the rig takes besides its boards: its control board and fans. A round figure for the Antminer class, whose fans
    /// take 20–40 W together at full speed.
    static let base = Milliwatts(40_000)
    static let efficiencyPermille: Int32 = 940
    /// Part of a board's full power that it takes without hashing, and below half of which it counts as off.
    static let restDivisor: Int32 = 20
    /// The first temperature from chips that measure themselves may take as long as their bring-up.
    static let chipsAnswerAfter = Duration.seconds(90)
    /// From a reading of the chips to the tick that uses it: a board tells its status once a second, a tick is half a second,
    /// and a busy machine may take a second more.
    static let chipsReportWithin = Duration.milliseconds(2500)
    /// A die is up to this much hotter than its heat sink while it hashes: 9 W, 0.8 °C/W (Docs/twin-plant.md), and a little.
    static let chipsLoadStep = Celsius.degrees(8)

    /// - Parameters:
    ///   - running: the hash boards that may be run, by their place in the board file.
    ///   - hasRelay: whether a thread watches the mains, which then has to prove progress, too.
    public init(_ board: Board, clearance: Clearance, running: [Int], hasRelay: Bool = false) throws(Problem) {
        let chains = running.map { board.chipChains[$0] }
        var wiring = ControlWiring(chains: chains.map { $0.name })
        let supplies = Self.supplies(of: board, clearance, into: &wiring)
        let thermal = try Self.thermal(board, clearance, chains, into: &wiring)
        wiring.meters = board.meters.map { _ in nil }
        // A meter belongs to the board where there is only one: files do not say more.
        if chains.count == 1, !board.meters.isEmpty { wiring.meters[0] = .board(0) }
        var boards: [ControlConfiguration.Board] = []
        for chain in chains { boards.append(Self.board(chain, board, supplies, wiring)) }
        let power = PowerPlan.Profile(base: Self.base, efficiencyPermille: Self.efficiencyPermille)
        var parties = [
            ProgressGate.Party("supervisor", limit: .seconds(5)), ProgressGate.Party("parts", limit: .seconds(10)),
        ]
        for chain in chains { parties.append(ProgressGate.Party("board \(chain.name)", limit: .seconds(10))) }
        if hasRelay { parties.append(ProgressGate.Party("relay", limit: .seconds(2))) }
        do throws(ControlConfigurationFault) {
            configuration = try ControlConfiguration(
                boards: boards, supplies: supplies, thermal: thermal, power: power, parties: parties)
        } catch {
            throw .control(error)
        }
        self.wiring = wiring
        rated = Self.mains(boards.reduce(.zero) { $0 + $1.model.power })
        minimum = Self.mains(
            boards.map { $0.model.power(at: $0.clocks.lowerBound, $0.model.voltage) }.min() ?? Milliwatts(1))
    }

    /// Power at the mains for power at the boards.
    private static func mains(_ power: Milliwatts) -> Milliwatts {
        base + Milliwatts(clamping: Int64(power.value) * 1000 / Int64(efficiencyPermille))
    }

    // MARK: Boards

    private static func board(
        _ chain: ChipChainDescription, _ board: Board, _ supplies: [SupplyProfile], _ wiring: ControlWiring
    ) -> ControlConfiguration.Board {
        var supply: Int?
        for (index, description) in board.supplies.enumerated()
        where chain.supplies.contains(where: { $0 == description.name }) {
            supply = supply ?? wiring.supplies[index]
        }
        let full = Milliwatts(clamping: Int64(chain.maximumWatts) * 1000)
        let highest = ClockFrequency.megahertz(UInt32(clamping: chain.maximumFrequency))
        let model = BoardPowerModel(
            rest: Milliwatts(full.value / restDivisor), clock: highest,
            voltage: supply.map { supplies[$0].start } ?? Millivolts(12_000), power: full,
            hashesPerCycle: UInt64(chain.chipCount) * chain.kind.hashesPerCycle)
        return ControlConfiguration.Board(
            name: "board \(chain.name)", supply: supply, model: model,
            clocks: min(lowestClock(chain), highest)...highest, offBelow: Milliwatts(full.value / (2 * restDivisor)))
    }

    /// The clock that a board is brought up at: where its family's ramp begins, or what the file says.
    private static func lowestClock(_ chain: ChipChainDescription) -> ClockFrequency {
        if let minimum = chain.minimumFrequency { return .megahertz(UInt32(clamping: minimum)) }
        if let family = chain.kind.uartFamily { return family.rampStart }
        return .megahertz(UInt32(clamping: chain.frequency ?? chain.maximumFrequency))
    }

    // MARK: Supplies

    private static func supplies(
        of board: Board, _ clearance: Clearance, into wiring: inout ControlWiring
    ) -> [SupplyProfile] {
        var profiles: [SupplyProfile] = []
        wiring.supplies = []
        for supply in board.supplies {
            guard clearance.allows(supply), let profile = profile(of: supply) else {
                wiring.supplies.append(nil)
                continue
            }
            wiring.supplies.append(profiles.count)
            profiles.append(profile)
        }
        return profiles
    }

    /// Nil for what trims a voltage and switches nothing.
    private static func profile(of supply: SupplyDescription) -> SupplyProfile? {
        let limits = min(supply.minimum, supply.start)...max(supply.maximum, supply.start)
        return switch supply.kind {
        case .apw:
            .apw(supply.name, limits: limits, start: supply.start, isMeasured: supply.allowsUnverifiedADCScale)
        case .tps546: .regulator(supply.name, limits: limits, start: supply.start)
        case .pic16, .line, .t1: .line(supply.name, voltage: supply.start, isMeasured: false)
        case .ds4432u: nil
        }
    }

    // MARK: Heat

    private static func thermal(
        _ board: Board, _ clearance: Clearance, _ chains: [ChipChainDescription], into wiring: inout ControlWiring
    ) throws(Problem) -> ThermalConfiguration {
        var channels: [ThermalChannel] = []
        for sensor in board.sensors {
            guard clearance.allows(sensor), let channel = channel(of: sensor, board, chains) else {
                wiring.channels.append(nil)
                continue
            }
            if sensor.kind == .chips, case .board(let index) = channel.owner {
                wiring.chipSensors.append(
                    ControlWiring.ChipSensor(board: index, channel: channels.count, offset: sensor.offset))
            }
            wiring.channels.append(channels.count)
            channels.append(channel)
        }
        var fans: [ThermalFan] = []
        for fan in board.fans {
            let first = fans.count
            if clearance.allows(fan) { fans += Self.fans(fan) }
            wiring.fans.append(first..<fans.count)
        }
        let boards = chains.map {
            ThermalBoard(
                maximumPower: Milliwatts(clamping: Int64($0.maximumWatts) * 1000), minimumGoodSensors: $0.minimumSensors
            )
        }
        let profile: ThermalConfiguration.Profile =
            switch board.cooling.profile {
            case .air: .air
            case .immersion: .immersion
            case .hydro: .hydro
            }
        let zone = ThermalZone(minimumFans: board.cooling.minimumFans, idle: board.cooling.idle)
        do throws(ThermalConfigurationFault) {
            return try ThermalConfiguration(
                profile: profile, channels: channels, fans: fans, boards: boards, zones: [zone])
        } catch {
            throw .thermal(error)
        }
    }

    /// Nil for sensors of chains that are not run, and for the processor's, which the rig does not cool.
    private static func channel(
        of sensor: SensorDescription, _ board: Board, _ chains: [ChipChainDescription]
    ) -> ThermalChannel? {
        guard let limits = board.limits.first(where: { $0.name == sensor.limits })?.limits else { return nil }
        var owner = ThermalChannel.Owner.rig
        if let name = sensor.chain {
            guard let index = chains.firstIndex(where: { $0.name == name }) else { return nil }
            owner = .board(index)
        }
        let kind: ThermalChannel.Kind
        switch sensor.place {
        case .chip: kind = .die
        case .board: kind = .board
        case .regulator: kind = .regulator
        case .inlet: kind = .inlet
        case .outlet: kind = .outlet
        case .supply: kind = .supply
        case .processor: return nil
        }
        let policy: ThermalChannel.Policy =
            switch sensor.policy {
            case .required: .mustBePresent
            case .removable: .removable
            case .errorProne: .errorProne
            }
        let highest = max(.degrees(125), limits.powerDown + .degrees(20))
        var channel = ThermalChannel(
            name: sensor.name, owner: owner, kind: kind, limits: limits, policy: policy,
            plausible: .degrees(-20)...highest)
        if sensor.kind == .chips {
            guard case .board(let index) = owner, let interval = chains[index].kind.temperatureInterval else {
                return nil
            }
            channel.answersAfterPower = chipsAnswerAfter
            channel.loadStep = chipsLoadStep
            channel.staleAfter = interval + chipsReportWithin
        }
        return channel
    }

    /// One fan for each tachometer on the output, or a single one that nothing counts.
    private static func fans(_ fan: FanDescription) -> [ThermalFan] {
        let full = fan.fullSpeed.map { Int32(clamping: $0) }
        let hasTachometer = full != nil && (fan.kind != .pwm || !fan.tachometers.isEmpty)
        let top = full ?? 0
        // Speed is taken to follow duty in a straight line; the tolerance of the verification covers the rest.
        let curve = FanCurve(.zero, RPM(top / 4), RPM(top / 2), RPM(top / 4 * 3), RPM(top))
        let minimum = Base.DutyCycle(percent: Int32(clamping: fan.minimumDuty))
        let one = ThermalFan(
            minimum: minimum, start: max(minimum, DutyCycle(percent: 60)), curve: curve, hasTachometer: hasTachometer)
        return Array(repeating: one, count: max(1, fan.tachometers.count))
    }
}

extension ChipKind {
    /// Hash engines of one chip, each of which makes a hash per clock cycle. A1 and T1 have 32 cores (Docs/chips-spi.md).
    var hashesPerCycle: UInt64 { uartFamily.map { UInt64($0.smallCores) } ?? 32 }
}

extension ControlAssembly.Problem: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .thermal(.tooMany(let part, let limit)): "more than \(limit) \(Self.name(part))"
        case .thermal(.unsupervised(let board)):
            "hash board \(board + 1) has fewer sensors than its minimum_sensors that heat reaches"
        case .thermal(.tooFewFans): "fewer fans may be driven than minimum_fans"
        case .thermal(.limitsImplausible(let channel)):
            "the limits of sensor \(channel + 1) lie outside what it can measure"
        case .thermal(.notPositive(let part, let index)): "number \(index + 1) of its \(Self.name(part)) has a zero"
        case .thermal: "its sensors, fans and boards do not fit together"
        case .control(.startOutOfLimits(let supply)): "the start_mv of supply \(supply + 1) is outside its limits"
        case .control: "its boards and supplies do not fit together"
        }
    }

    private static func name(_ part: ThermalConfigurationFault.Part) -> String {
        switch part {
        case .boards: "hash boards"
        case .fans: "fans"
        case .channels: "sensors"
        case .zones: "zones"
        }
    }
}
