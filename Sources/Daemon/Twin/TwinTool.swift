import Base
import Buses
import Platform
import Rig
import SHA256
import Twin

/// `ballastd twin`: simulated rigs, and what is said to them.
enum TwinTool {
    /// Says something to the simulated rig of a running agent, and what it answers.
    static func tell(agentIn statePath: String, _ command: String) -> Int32 {
        do throws(LineCall.Failure) {
            let answer = try LineCall.make(command, to: TwinDesk.path(in: statePath))
            // The first byte tells how it went.
            return show(
                TwinAnswer(
                    isAccepted: answer.first == TwinDesk.accepted,
                    text: String(decoding: answer.dropFirst(), as: UTF8.self)))
        } catch {
            CommandLineTool.complain(
                "twin: \(error.message); is an agent with a simulated rig running with this state directory?")
            return 1
        }
    }

    /// Says something to a simulated rig that runs by itself.
    static func tell(rigAt path: String, _ command: String) -> Int32 {
        show(RigAssembly.tell(command, at: path))
    }

    /// A refusal goes where errors go.
    private static func show(_ answer: TwinAnswer) -> Int32 {
        guard answer.isAccepted else {
            CommandLineTool.complain("twin: \(answer.text)")
            return 1
        }
        CommandLineTool.say(answer.text)
        return 0
    }

    /// Runs a simulated rig until a signal ends it.
    static func serve(_ boardPath: String, at socketPath: String) -> Int32 {
        let board: Board
        do throws(RunPlan.Refusal) {
            board = try RunPlan.read(boardPath) { (bytes) throws(DocumentError) in
                try Board.read(file: boardPath, bytes: bytes)
            }
        } catch {
            CommandLineTool.complain(error.message)
            return error.exitCode
        }
        guard let simulation = board.simulation else {
            CommandLineTool.complain(
                "twin serve: board \(board.name) is not simulated; expected a board file with \"simulated\"")
            return 2
        }
        guard let kernel = KernelSelection(processorTime: { Clock.threadProcessorTime }).fastest else {
            CommandLineTool.complain("twin serve: no SHA-256 kernel passes its self-test")
            return 1
        }
        do throws(SystemError) {
            let rig = SimulatedRig(board, simulation, kernel: kernel)
            let server = try RigServer(SimulatedRigTarget(board, rig: rig), at: socketPath) {
                rig.twin.advance(to: Clock.now)
            }
            CommandLineTool.complain("twin serve: SIMULATED rig of board \(board.name) at \(socketPath)")
            try server.run()
            return 0
        } catch {
            CommandLineTool.complain("twin serve: \(socketPath): \(error.description)")
            return 1
        }
    }
}
