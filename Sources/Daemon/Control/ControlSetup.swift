import Base
import Rig

/// What the daemon needs to control the power and the heat of a rig.
struct ControlSetup: Sendable {
    let configuration: ControlConfiguration
    let wiring: ControlWiring
    let power: PowerSettings
    let assembly: RigAssembly
    /// Makes the crew of the slow parts, on the thread that it then belongs to.
    let makeParts: @Sendable () -> PartsCrew

    /// Nil where there is nothing to control: no hash board, or none that may be run.
    /// - Throws: what of the board file or the configuration contradicts itself.
    init?(_ assembly: RigAssembly, _ configuration: Configuration, hasRelay: Bool) throws(RunPlan.Refusal) {
        guard !assembly.boards.isEmpty, let makeParts = assembly.makeParts else { return nil }
        self.assembly = assembly
        self.makeParts = makeParts
        let control: ControlAssembly
        do throws(ControlAssembly.Problem) {
            control = try ControlAssembly(
                assembly.board, clearance: assembly.clearance, running: assembly.boards.map { $0.chain },
                hasRelay: hasRelay)
        } catch {
            throw RunPlan.Refusal(
                message: "board \(assembly.board.name): it cannot be controlled: \(error.description)")
        }
        guard let power = configuration.power.settings(rated: control.rated, minimum: control.minimum) else {
            throw RunPlan.Refusal(
                message: "board \(assembly.board.name): power: expected 0 < minimum_watts <= rated_watts; the board"
                    + " file amounts to \(control.minimum.value / 1000) and \(control.rated.value / 1000)")
        }
        self.power = power
        self.configuration = control.configuration
        wiring = control.wiring
    }
}
