import Base
import Buses

/// The physics of a simulated rig: everything between the mains, the control board's pins and the room's air.
///
/// Time goes in steps on a grid of whole milliseconds: 20 ms where nothing happens quickly, 1 ms around everything that
/// switches. What is read from the rig does not change its course, and the course follows from the seed and from what
/// was driven when.
final class Plant {
    let boards: [BoardUnit]
    let fans: [FanUnit]
    let supply: SupplyUnit
    let probes: [SensorProbe]
    let wires: [I2CWire]
    let pwms: [PWMOutput]
    /// All outputs of the control board.
    let lines: [LineState]
    var cooling: CoolingLoop
    /// Volts of the mains, and what a fault makes of them.
    var nominalMains: Double
    var mainsFault: Double?
    /// What its waveform is to do.
    var wave = MainsCourse()
    /// Part of the outgoing air that comes in again, and what a fault makes of it.
    var nominalRecirculation: Double
    var recirculationFault: Double?
    /// What has become of the agent.
    var agent: TwinAgentFault?
    /// Up to where the physics has come.
    private(set) var time: Instant
    /// When the hardware watchdog bites; nil while it is not armed.
    var watchdogDeadline: Instant?
    var watchdogTimeout = Duration.seconds(60)
    /// How often the control board restarted, and when last: the watchdog bit, or its power came back.
    private(set) var controlBoardRestarts = 0
    private(set) var lastRestart: Instant?
    /// What has been arranged to happen.
    var agenda = Agenda()
    /// The faults that there are, oldest first: at most one in each place.
    var standing: [TwinFault] = []
    private var fineUntil: Instant
    private var nextSample: Instant
    private var hadControlPower = true
    let controlPower: Double

    static let coarse = Duration.milliseconds(20)
    static let fine = Duration.milliseconds(1)
    /// How long steps stay fine after something has switched: the lag of the mains power has then died away.
    private static let transient = Duration.milliseconds(400)
    /// How often chips are asked what they do, and told how hot they are.
    private static let sampling = Duration.milliseconds(100)

    init(_ units: PlantUnits, configuration: TwinRigConfiguration, start: Instant) {
        boards = units.boards
        fans = units.fans
        supply = units.supply
        probes = units.probes
        wires = units.wires
        pwms = units.pwms
        lines = units.lines
        cooling = units.cooling
        nominalMains = Double(configuration.mains)
        nominalRecirculation = Double(configuration.recirculationPermille) / 1000
        controlPower = Double(configuration.controlBoard.value) / 1000
        time = start
        fineUntil = start
        nextSample = start
        measure()
    }

    var hasControlPower: Bool { supply.hasStandby }

    /// Watts that fans and control board take.
    var standbyPower: Double {
        guard supply.hasStandby else { return 0 }
        return fans.reduce(controlPower) { $0 + $1.power(isPowered: true) }
    }

    /// Takes the physics to the last grid point that is not after `now`.
    func advance(to now: Instant) {
        // Ends: every step moves `time` towards `now`.
        while true {
            let step = time < fineUntil ? Plant.fine : Plant.coarse
            guard time + step <= now else { return }
            self.step(step)
        }
    }

    /// Takes the physics to the last millisecond that is not after `now`, before something is switched.
    func settle(to now: Instant) {
        advance(to: now)
        fineUntil = max(fineUntil, now)
        advance(to: now)
    }

    /// A line was driven at `now`: chips feel their reset at once, the rest follows with the next step.
    func lineWasDriven(at now: Instant) {
        for board in boards { board.applyReset(now: now) }
        stepFinely(from: now)
    }

    /// Something has switched at `now`.
    func stepFinely(from now: Instant) {
        fineUntil = max(fineUntil, now + Plant.transient)
        nextSample = time
    }

    private func step(_ duration: Duration) {
        time = time + duration
        let seconds = Double(duration.nanoseconds) / 1_000_000_000
        runAgenda()
        superviseControlBoard()
        var blowing: Double = 0
        for fan in fans {
            fan.step(to: time, seconds: seconds, isPowered: supply.hasStandby)
            blowing += fan.speedShare
        }
        if !fans.isEmpty { blowing /= Double(fans.count) }
        cooling.blow(fans: blowing)
        cooling.recirculation = recirculationFault ?? nominalRecirculation
        let load = boards.reduce(0) { $0 + $1.power }
        let mainsBefore = supply.mainsPower
        supply.step(
            to: time, seconds: seconds, mains: mainsFault ?? nominalMains, load: load, standby: standbyPower,
            ambient: cooling.ambient)
        if time >= nextSample {
            for board in boards { board.sample(now: time) }
            nextSample = time + Plant.sampling
        }
        stepBoards(seconds: seconds, blowing: blowing)
        measure()
        let change = supply.mainsPower - mainsBefore
        if change.magnitude > 5 + mainsBefore / 20 { fineUntil = max(fineUntil, time + Plant.transient) }
    }

    private func stepBoards(seconds: Double, blowing: Double) {
        let stream = cooling.stream
        let share = stream / Double(max(boards.count, 1))
        let convection = cooling.convection
        var heat = fans.reduce(0) { $0 + $1.power(isPowered: supply.hasStandby) }
        for board in boards {
            board.step(
                to: time, seconds: seconds, supply: supply.output, inlet: cooling.inlet, stream: share,
                convection: convection)
            heat += board.heat.shed + board.converterHeat
        }
        cooling.settle(heat: heat, fans: blowing, seconds: seconds)
    }

    private func superviseControlBoard() {
        if let deadline = watchdogDeadline, time >= deadline { restartControlBoard() }
        if hadControlPower != supply.hasStandby {
            hadControlPower = supply.hasStandby
            restartControlBoard()
            if hadControlPower { for wire in wires { wire.powerOn(at: nil, now: time) } }
        }
    }

    /// Outputs fall to what they are before any program drives them.
    private func restartControlBoard() {
        watchdogDeadline = nil
        for line in lines { line.restart() }
        for pwm in pwms { pwm.restart() }
        controlBoardRestarts += 1
        lastRestart = time
        stepFinely(from: time)
    }

    private func measure() {
        for probe in probes {
            probe.temperature = Celsius(value: Int32(clampingThousandths: temperature(at: probe.site)))
            probe.surroundings = Celsius(value: Int32(clampingThousandths: cooling.inlet))
        }
    }

    /// Degrees.
    func temperature(at site: TwinSite) -> Double {
        switch site {
        case .chip(let board, let chip): value(board) { $0.die(ofChip: chip) }
        case .boardInlet(let board): value(board) { $0.heat.plate[0] }
        case .boardOutlet(let board): value(board) { $0.heat.plate[$0.heat.plate.count - 1] }
        case .regulator(let board):
            value(board) { $0.converter?.temperature ?? $0.heat.plate[$0.heat.plate.count - 1] }
        case .inletAir: cooling.inlet
        case .outletAir: cooling.outlet
        case .supply: supply.temperature
        }
    }

    private func value(_ board: Int, _ of: (BoardUnit) -> Double) -> Double {
        boards.indices.contains(board) ? of(boards[board]) : cooling.ambient
    }
}
