import Base
import Buses
import Thermal

/// Joins what is seen of the rig, the claims on its power and the controller: what the supervisor's thread holds, and what a
/// simulation drives in simulated time. Pure.
public struct ControlLoop: Sendable {
    /// What is to be done, in terms of the board file.
    public enum Action: Equatable, Sendable {
        /// Drive a fan of the board file.
        case fan(Int, DutyCycle)
        /// Enable a board until its lease ends, or take its load off.
        case boardLine(Int, enable: Bool)
        case boardReset(Int, Bool)
        case chain(Int, ChainOrder)
        /// Order a supply of the board file.
        case supply(Int, SupplyOrder)
        case event(Event)
        case persist(ControlRecord)
        case feedWatchdog
    }

    public private(set) var controller: RigController
    public private(set) var arbiter: PowerArbiter
    public private(set) var observation: RigObservation
    public let wiring: ControlWiring
    private var orders: [ControlAction] = []
    /// The duty that each fan of the board file is to have: the highest of the controller's fans on it.
    private var duties: [DutyCycle?]
    private var told: PowerSetpoint?

    /// - Parameters:
    ///   - memory: what earlier runs have left of the controller's records.
    ///   - powerMemory: what the arbiter before this one has left.
    ///   - seed: for random delays; must differ from rig to rig.
    public init(
        _ configuration: ControlConfiguration, wiring: ControlWiring, power: PowerSettings, memory: ControlMemory,
        powerMemory: PowerMemory? = nil, start: PowerStart = .fresh, seed: UInt64, now: Instant
    ) {
        controller = RigController(configuration, memory: memory, now: now)
        arbiter = PowerArbiter(power, seed: seed, start: start, memory: powerMemory, now: now)
        observation = RigObservation(
            temperatureCount: configuration.thermal.channels.count, fanCount: configuration.thermal.fans.count,
            supplyCount: configuration.supplies.count, boardCount: configuration.boards.count,
            partyCount: configuration.parties.count)
        self.wiring = wiring
        duties = Array(repeating: nil, count: wiring.fans.count)
        orders.reserveCapacity(64)
    }

    // MARK: What is seen

    /// Takes in what a part tells.
    public mutating func take(_ news: PartNews) {
        switch news {
        case .temperature(let sensor, let reading):
            if sensor < wiring.channels.count, let channel = wiring.channels[sensor] {
                observation.temperatures[channel] = reading
            }
        case .duty(let fan, let reading):
            guard wiring.fans.indices.contains(fan) else { return }
            for index in wiring.fans[fan] { observation.fans[index].duty = reading }
        case .speed(let fan, let tachometer, let reading):
            guard wiring.fans.indices.contains(fan) else { return }
            let index = wiring.fans[fan].lowerBound + tachometer
            if wiring.fans[fan].contains(index) { observation.fans[index].speed = reading }
        case .supplyOutput(let supply, let voltage, let power):
            guard supply < wiring.supplies.count, let index = wiring.supplies[supply] else { return }
            observation.supplies[index].voltage = voltage
            if power != .failed(.unverifiedScale) { observation.supplies[index].power = power }
        case .meter(let meter, let voltage, let power): note(meter, voltage, power)
        case .plugged(let chain, let isPlugged):
            for index in wiring.chains.indices where wiring.chains[index].utf8.elementsEqual(chain.utf8) {
                observation.boards[index].isPlugged = isPlugged
            }
        case .supply, .memory, .found, .lost: break
        }
    }

    private mutating func note(_ meter: Int, _ voltage: Reading<Millivolts>, _ power: Reading<Milliwatts>) {
        guard meter < wiring.meters.count, let metered = wiring.meters[meter] else { return }
        switch metered {
        case .board(let index): observation.boards[index].power = power
        case .supply(let index):
            observation.supplies[index].voltage = voltage
            observation.supplies[index].power = power
        case .mains: observation.mainsPower = power
        }
    }

    /// Takes in what a board's thread tells of it.
    public mutating func take(_ status: BoardStatus, ofBoard index: Int, now: Instant) {
        guard observation.boards.indices.contains(index) else { return }
        observation.boards[index].status = status
        observation.boards[index].statusAt = now
        for sensor in wiring.chipSensors where sensor.board == index {
            observation.temperatures[sensor.channel] = status.chipTemperature.map { $0 + sensor.offset }
        }
    }

    /// Takes in what proves that each party of the progress gate is alive, in the gate's order.
    public mutating func note(progress: UInt64, ofParty index: Int) {
        if observation.progress.indices.contains(index) { observation.progress[index] = progress }
    }

    // MARK: What is decided

    /// The regular look at everything: every quarter to one second.
    /// - Parameter unixSeconds: seconds since 1970; nil while the clock has not been set.
    public mutating func tick(unixSeconds: Int64?, now: Instant, into actions: inout [Action]) {
        observation.unixSeconds = unixSeconds
        power(.measured(observation.mainsPower), now: now, into: &actions)
        power(.tick, now: now, into: &actions)
        controller.handle(.tick(observation), now: now, into: &orders)
        translate(into: &actions)
    }

    /// Tells the arbiter something; a new set point reaches the controller in the same call.
    public mutating func power(_ input: PowerArbiter.Input, now: Instant, into actions: inout [Action]) {
        for note in arbiter.handle(input, now: now) {
            if let event = PowerNarration.event(for: note) { actions.append(.event(event)) }
        }
        guard arbiter.setpoint != told else { return }
        told = arbiter.setpoint
        controller.handle(.setpoint(arbiter.setpoint), now: now, into: &orders)
        translate(into: &actions)
    }

    /// Tells the controller something besides ticks and set points.
    public mutating func control(_ input: ControlInput, now: Instant, into actions: inout [Action]) {
        controller.handle(input, now: now, into: &orders)
        translate(into: &actions)
    }

    /// The controller's orders in the board file's terms, in the same order.
    private mutating func translate(into actions: inout [Action]) {
        for order in orders {
            switch order {
            case .fan(let index, let duty):
                guard let fan = wiring.fanInFile(index) else { continue }
                duties[fan] = max(duties[fan] ?? duty, duty)
                // The last fan of an output settles its duty.
                if index == wiring.fans[fan].upperBound - 1, let highest = duties[fan] {
                    duties[fan] = nil
                    actions.append(.fan(fan, highest))
                }
            case .boardLine(let index, let enable): actions.append(.boardLine(index, enable: enable))
            case .boardReset(let index, let isHeld): actions.append(.boardReset(index, isHeld))
            case .chain(let index, let order): actions.append(.chain(index, order))
            case .supply(let index, let order):
                if let supply = wiring.supplyInFile(index) { actions.append(.supply(supply, order)) }
            case .event(let event): actions.append(.event(event))
            case .persist(let record): actions.append(.persist(record))
            case .feedWatchdog: actions.append(.feedWatchdog)
            }
        }
        orders.removeAll(keepingCapacity: true)
    }
}
