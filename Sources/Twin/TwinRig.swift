import Base
import Buses

/// A simulated rig: hash boards with their chips, cooling, power supply, and the buses and lines of its control board.
///
/// The agent's drivers use what `i2c`, `output`, `pwm` and the others return, as they would on a real control board; the
/// remaining properties are for whoever watches. Every call first brings the physics up to the clock. The same
/// configuration, seed and inputs at the same times give the same course, bit for bit.
public final class TwinRig: RemoteTarget {
    public let configuration: TwinRigConfiguration
    public let seed: UInt64
    public let boards: [TwinBoard]
    /// For the ports and lines of chains on this rig's boards, instead of the exclusion that the rig was given: with it
    /// the rig's voltages come along whenever the agent speaks to a chain.
    public let exclusion: TwinExclusion
    /// The control board's watchdog.
    public let controlWatchdog: TwinWatchdog
    let plant: Plant
    private let access: TwinAccess
    private var serialPorts: [any UARTPort] = []
    private var spiBuses: [any SPIBus] = []
    private let buses: [TwinI2CBus]
    private let memories: [AT24C02Model]
    private let controllers: [PIC16F1704Model]
    private let supplyControllers: [APWModel]

    /// Everything off and at room temperature; the time is the clock's.
    public init(
        configuration: TwinRigConfiguration, seed: UInt64, clock: any TwinClock, exclusion: any Exclusion
    ) {
        let units = PlantUnits(configuration, seed: seed, start: clock.now)
        let plant = Plant(units, configuration: configuration, start: clock.now)
        let access = TwinAccess(clock: clock, exclusion: exclusion, plant: plant)
        self.configuration = configuration
        self.seed = seed
        self.plant = plant
        self.access = access
        boards = units.boards.map { TwinBoard($0, access: access) }
        buses = units.wires.map { TwinI2CBus($0, access: access) }
        memories = units.memories
        controllers = units.controllers
        supplyControllers = units.supplyControllers
        controlWatchdog = TwinWatchdog(access: access)
        self.exclusion = TwinExclusion(access: access)
    }

    /// Takes the physics to `now`, without which it comes along with the next call. An instant in the past does nothing.
    public func advance(to now: Instant) {
        _ = access.enter()
        plant.advance(to: now)
        access.leave()
    }

    /// The rig's time.
    public var now: Instant { access.clock.now }

    // MARK: What the control board is wired to

    /// The I2C bus of this number; nil where no part hangs on it.
    public func i2c(_ number: UInt16) -> (any I2CBus)? {
        buses.first { $0.name.number == number }
    }

    /// The serial port of this number, if one was attached.
    public func uart(_ number: UInt16) -> (any UARTPort)? {
        serialPorts.first { $0.name.number == number }
    }

    /// The SPI bus of this number, if one was attached.
    public func spi(_ number: UInt16) -> (any SPIBus)? {
        spiBuses.first { $0.name.number == number }
    }

    /// Adds the port of a chain of chips. Wiring is done before anybody uses the rig.
    public func attach(_ port: any UARTPort) {
        serialPorts.append(port)
    }

    /// Adds the bus of a chain of chips.
    public func attach(_ bus: any SPIBus) {
        spiBuses.append(bus)
    }

    /// The output at `offset` of a GPIO chip.
    public func output(_ chip: UInt16, _ offset: UInt32) -> (any OutputLine)? {
        line(chip, offset, wantsOutput: true)
    }

    /// The line at `offset` of a GPIO chip, to be read; outputs can be read back.
    public func input(_ chip: UInt16, _ offset: UInt32) -> (any InputLine)? {
        line(chip, offset, wantsOutput: false)
    }

    /// The line at `offset` of a GPIO chip; nil for one that leads nowhere, and for tachometer wires.
    public func line(_ chip: UInt16, _ offset: UInt32) -> TwinLine? {
        line(chip, offset, wantsOutput: false)
    }

    /// A PWM output.
    public func pwm(_ chip: UInt16, _ channel: UInt32) -> (any PWMChannel)? {
        plant.pwms.first { $0.chip == chip && $0.channel == channel }.map { TwinPWM($0, access: access) }
    }

    /// The edges of the tachometer wire at `offset` of a GPIO chip.
    public func edges(_ chip: UInt16, _ offset: UInt32) -> (any EdgeSource)? {
        guard case .tachometer(let fan) = role(chip, offset) else { return nil }
        return tachometer(fan)
    }

    /// What counts the pulses of a fan, numbered from 0.
    public func fan(_ number: UInt16) -> (any Tachometer)? { tachometer(Int(number)) }

    /// The tachometer of a fan, numbered from 0.
    public func tachometer(_ fan: Int) -> TwinTach? {
        plant.fans.indices.contains(fan) ? TwinTach(plant.fans[fan], access: access) : nil
    }

    /// The edges of the mains from now on.
    public func mains(nominal: Millihertz, distortion: MainsDistortion = MainsDistortion()) -> TwinMainsLine {
        TwinMainsLine(
            access: access, nominal: nominal, nominalVolts: configuration.mains, distortion: distortion, seed: seed,
            origin: access.clock.now)
    }

    /// The timer that resets the control board.
    public var watchdog: (any HardwareWatchdog)? { controlWatchdog }

    private func role(_ chip: UInt16, _ offset: UInt32) -> TwinRigConfiguration.Line.Role? {
        configuration.lines.first { $0.chip == chip && $0.offset == offset }?.role
    }

    private func line(_ chip: UInt16, _ offset: UInt32, wantsOutput: Bool) -> TwinLine? {
        guard let role = role(chip, offset), let (state, isOutput) = state(of: role) else { return nil }
        guard isOutput || !wantsOutput else { return nil }
        return TwinLine(chip: chip, offset: offset, state: state, isOutput: isOutput, access: access)
    }

    private func state(of role: TwinRigConfiguration.Line.Role) -> (LineState, isOutput: Bool)? {
        func board(_ index: Int) -> BoardUnit? { plant.boards.indices.contains(index) ? plant.boards[index] : nil }
        return switch role {
        case .boardEnable(let index): board(index).map { ($0.enable, true) }
        case .boardReset(let index): board(index).map { ($0.reset, true) }
        case .boardPlug(let index): board(index).map { ($0.plug, false) }
        case .supplyEnable: plant.supply.enable.map { ($0, true) }
        case .tachometer: nil
        }
    }

    // MARK: What there is to see

    /// Power from the mains, mean over a cycle: what a meter at the plug shows.
    public var acPower: Milliwatts { look { Milliwatts(Int32(clampingThousandths: $0.supply.mainsPower)) } }

    /// What a board takes from the supply, by its index; 0 for one that is not there.
    public func boardPower(_ board: Int) -> Milliwatts { boards.indices.contains(board) ? boards[board].power : .zero }

    /// The hottest group of dies of a board, by its index; nil for one that is not there.
    public func hottestDie(_ board: Int) -> Celsius? {
        boards.indices.contains(board) ? boards[board].hottestDie : nil
    }

    /// Whether a board's chips have voltage.
    public func isEnergised(_ board: Int) -> Bool { boards.indices.contains(board) && boards[board].isEnergised }

    /// The hottest die of the rig that there ever was.
    public var hottestEver: Celsius {
        look { plant in Celsius(value: Int32(clampingThousandths: plant.boards.reduce(-273) { max($0, $1.peak) })) }
    }

    /// The temperature at a place, as it is and not as a sensor says.
    public func temperature(at site: TwinSite) -> Celsius {
        look { Celsius(value: Int32(clampingThousandths: $0.temperature(at: site))) }
    }

    /// The true speed of a fan, by its index.
    public func fanSpeed(_ fan: Int) -> RPM {
        look { $0.fans.indices.contains(fan) ? RPM(Int32($0.fans[fan].speed)) : .zero }
    }

    /// The supply's output.
    public var supplyVoltage: Millivolts { look { Millivolts(Int32($0.supply.output)) } }

    /// Whether the supply's output is switched on.
    public var isSupplyOn: Bool { look { $0.supply.isOn } }

    /// The balance of energy, for tests.
    public var energy: TwinEnergy { look { TwinEnergy($0) } }

    /// What must never happen, and how often it has.
    public var violations: TwinViolations {
        look { plant in
            TwinViolations(
                eepromBytesWritten: memories.reduce(0) { $0 + $1.writtenBytes },
                controllerFlashCommands: controllers.reduce(0) { $0 + $1.flashCommands },
                supplyCalibrationWrites: supplyControllers.reduce(0) { $0 + $1.calibrationWrites },
                earlySupplyRestarts: plant.supply.earlyRestarts,
                destroyedChips: plant.boards.reduce(0) { $0 + $1.destroyed })
        }
    }

    /// How often the control board restarted: its watchdog bit, or its power came or went.
    public var controlBoardRestarts: Int { look { $0.controlBoardRestarts } }

    /// Whether the control board has power: without it, nobody could run the agent.
    public var hasControlPower: Bool { look { $0.hasControlPower } }

    /// The names of all sensors, for `TwinFault.sensor`.
    public var sensorNames: [String] { plant.probes.map { $0.name } }

    /// What a fault has made of the agent; the rig goes on, and whoever runs the agent stops calling it.
    public var agent: TwinAgentFault? { look { $0.agent } }

    // MARK: What goes wrong

    /// Puts a fault in place, for a while or until it is cleared.
    /// - Throws: why this rig cannot have it; nothing has then changed.
    public func inject(_ fault: TwinFault, for duration: Duration? = nil) throws(TwinFaultRefusal) {
        try perform(.inject(fault, duration: duration))
    }

    /// Ends a fault: whichever one of its kind is in its place.
    public func clear(_ fault: TwinFault) throws(TwinFaultRefusal) {
        try perform(.clear(fault))
    }

    /// Carries out an action now.
    /// - Throws: why this rig cannot do it; nothing has then changed.
    public func perform(_ action: TwinAction) throws(TwinFaultRefusal) {
        let now = access.enter()
        plant.settle(to: now)
        let refusal = plant.perform(action)
        access.leave()
        if let refusal { throw refusal }
    }

    /// Arranges for everything in a scenario, whose times count from now.
    /// - Throws: why this rig cannot do one of it, and its line; nothing has then been arranged.
    public func schedule(_ scenario: TwinScenario) throws(TwinScenarioError) {
        let now = access.enter()
        let error = plant.schedule(scenario, from: now)
        access.leave()
        if let error { throw error }
    }

    /// The faults that there are, oldest first.
    public var standingFaults: [TwinFault] { look { $0.standing } }

    private func look<Value>(_ at: (Plant) -> Value) -> Value {
        _ = access.enter()
        let value = at(plant)
        access.leave()
        return value
    }
}

extension Plant {
    /// Checks all of a scenario, then arranges for it.
    fileprivate func schedule(_ scenario: TwinScenario, from now: Instant) -> TwinScenarioError? {
        for step in scenario.steps {
            if let refusal = refusal(of: step.action) { return TwinScenarioError(step.place, .refused(refusal)) }
        }
        guard scenario.steps.count <= agenda.room else {
            return TwinScenarioError(
                TwinScenarioError.Place(line: 1, column: 1), .refused(.tooMany(limit: Agenda.limit)))
        }
        for step in scenario.steps { _ = agenda.add(.action(step.action), at: now + step.at) }
        return nil
    }
}

/// What must never happen in a rig, and how often it has.
public struct TwinViolations: Equatable, Sendable {
    public var eepromBytesWritten: Int
    public var controllerFlashCommands: Int
    public var supplyCalibrationWrites: Int
    /// The supply was switched on before its capacitors were discharged; it refuses until they are.
    public var earlySupplyRestarts: Int
    public var destroyedChips: Int
}

/// Where energy comes from and goes to, in watts, and what is stored, in joules.
public struct TwinEnergy: Equatable, Sendable {
    public var fromMains: Double
    public var intoStream: Double
    public var lostInSupply: Double
    public var controlBoard: Double
    /// In dies, heat sinks and circuit boards, above 0 °C.
    public var storedAsHeat: Double
    /// In the supply's bulk capacitor.
    public var storedInSupply: Double

    init(_ plant: Plant) {
        fromMains = plant.supply.mainsPower
        intoStream = plant.cooling.carried
        lostInSupply = plant.supply.lost
        controlBoard = plant.hasControlPower ? plant.controlPower : 0
        storedAsHeat = plant.boards.reduce(0) { $0 + $1.heat.stored }
        storedInSupply = plant.supply.stored
    }
}
