import Base
import Buses
import Peripherals
import Thermal
import Twin

/// A kind of rig that campaigns run.
public enum CampaignModel: Int, CaseIterable, Sendable {
    /// Three boards of the S19 class in one stream, four fans on PWM outputs.
    case s19
    /// A desk-top miner of the Bitaxe kind: one chip, one fan on an EMC2101.
    case bitaxe

    public var name: StaticString {
        switch self {
        case .s19: "s19"
        case .bitaxe: "bitaxe"
        }
    }
}

/// The simulated rig and the drivers on it: what the agent's threads are on a control board.
final class CampaignRig {
    let model: CampaignModel
    let clock: ManualClock
    let twin: TwinRig
    let chains: [IdealChain]
    let sensors: [SimulatedSensor]
    let fans: [SimulatedFan]
    let configuration: ThermalConfiguration
    private let meters: [SimulatedMeter]
    private let enables: [TwinLine]
    private let resets: [TwinLine]
    private let supplyEnable: TwinLine?
    private let regulator: SimulatedRegulator?
    private var isRegulatorOn = false
    private var supplyOffAt: Instant?
    /// Whether a board is switched on as far as the agent knows.
    private(set) var isSwitchedOn: [Bool]

    init(_ model: CampaignModel, seed: UInt64) throws(CampaignFault) {
        let plan: CampaignPlan = model == .s19 ? try .s19() : try .bitaxe()
        self.model = model
        clock = ManualClock(now: Instant(nanoseconds: 1_000_000_000))
        twin = TwinRig(configuration: plan.twin, seed: seed, clock: clock, exclusion: NoExclusion())
        configuration = plan.thermal
        var chains: [IdealChain] = []
        var enables: [TwinLine] = []
        var resets: [TwinLine] = []
        for (index, board) in plan.twin.boards.enumerated() {
            let chain = IdealChain(
                chipCount: board.chips, referenceClock: board.referenceClock,
                minimum: Millivolts(board.referenceVoltage.value / 2))
            twin.boards[index].attach(chain)
            chains.append(chain)
            guard let enable = twin.line(0, UInt32(1 + index)), let reset = twin.line(0, UInt32(11 + index)) else {
                throw .wiring("a board's lines")
            }
            enables.append(enable)
            resets.append(reset)
        }
        self.chains = chains
        self.enables = enables
        self.resets = resets
        supplyEnable = plan.twin.supply.hasEnableLine ? twin.line(0, 0) : nil
        isSwitchedOn = Array(repeating: false, count: chains.count)
        let parts = try CampaignParts(plan, twin)
        sensors = parts.sensors
        fans = parts.fans
        meters = parts.meters
        regulator = parts.regulator
    }

    /// Reads everything that hangs on the rig into the controller's inputs.
    func sense(_ inputs: inout ThermalInputs) {
        let now = clock.now
        for index in sensors.indices { inputs.channels[index] = sensors[index].read(now: now) }
        for index in fans.indices {
            inputs.fans[index] = ThermalInputs.Fan(
                applied: fans[index].applied(now: now), speed: fans[index].speed(now: now))
        }
        for index in chains.indices {
            let power: ThermalInputs.Power =
                if let measured = meters[index].power(now: now).value { .measured(measured) } else { .unknown }
            inputs.boards[index] = ThermalInputs.Board(isEnergised: isSwitchedOn[index], power: power)
        }
    }

    /// Carries a decision out. `wanted` is what the rest of the agent would like of each board, in thousandths.
    func act(_ decision: ThermalDecision, wanted: [Int32]) {
        let now = clock.now
        for index in fans.indices { fans[index].set(decision.fans[index].duty, now: now) }
        var isAnyOn = false
        for index in chains.indices {
            var permille: Int32 = 0
            if case .allow(let ceiling) = decision.boards[index].ceiling { permille = min(ceiling, wanted[index]) }
            let isOn = permille > 0
            if isOn != isSwitchedOn[index] { meters[index].setUp() }
            isSwitchedOn[index] = isOn
            isAnyOn = isAnyOn || isOn
            drive(enables[index], isOn)
            drive(resets[index], !isOn)
            let clock = UInt64(configurationClock(index)) * UInt64(permille) / 1000
            chains[index].setBusy(permille: 1000)
            chains[index].setClock(UInt32(clock))
        }
        // Power that flows although its switch is open has to be stopped further up.
        if decision.degraded.contains(.poweredWhileOff) { isAnyOn = false }
        switchSupply(isAnyOn, now: now)
    }

    private func configurationClock(_ index: Int) -> UInt32 { twin.configuration.boards[index].referenceClock }

    private func switchSupply(_ isOn: Bool, now: Instant) {
        if let supplyEnable {
            // It has to discharge for 30 s before it may come back.
            let mayStart = supplyOffAt.map { now - $0 > .seconds(32) } ?? true
            if !isOn, supplyOffAt == nil { supplyOffAt = now }
            if isOn, mayStart { supplyOffAt = nil }
            drive(supplyEnable, isOn && mayStart)
        }
        guard let regulator, isOn != isRegulatorOn else { return }
        // Where it fails it is tried again at the next tick; the board's enable line has acted already.
        if regulator.set(isOn) { isRegulatorOn = isOn }
    }

    private func drive(_ line: TwinLine, _ active: Bool) {
        // Lines of the simulated board cannot fail; what is stuck shows in the measured power.
        do throws(BusFault) {
            // The rig looks closer after a line has been driven, which costs time: only where it is not as it should be.
            if try line.isActive() != active { try line.set(active) }
        } catch { return }
    }

    /// What a restarted control board finds: nothing is known, and every part wants its settings.
    /// - Returns: whether all parts that need a start have had it; to be tried again otherwise.
    func start() -> Bool {
        for index in isSwitchedOn.indices { isSwitchedOn[index] = false }
        for sensor in sensors { sensor.setUpAgain() }
        for fan in fans { fan.setUpAgain() }
        for meter in meters { meter.setUp() }
        supplyOffAt = clock.now
        isRegulatorOn = false
        guard let regulator else { return true }
        return regulator.start(clock)
    }
}

/// Why a campaign could not be run.
public enum CampaignFault: Error, Sendable {
    /// The model's configuration was refused.
    case configuration(ThermalConfigurationFault)
    /// The simulated rig lacks something that the harness expects.
    case wiring(String)
    /// A part did not start.
    case part(String)
}
