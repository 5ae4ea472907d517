import Base
import Daemon
import Platform

/// The program inside the bench's guest (Docs/kernel-bench.md).
///
///     bench-guest serve            answers the checks' transfers, until it is killed
///     bench-guest check            holds Platform's buses against the kernel
///     bench-guest check-orphaned   the same where nobody answers any more
///     bench-guest rig BOARD-FILE   serves the simulated rig of a board file
@main
enum Main {
    static func main() {
        var report = Report()
        let arguments = Process.arguments
        switch arguments.dropFirst().first {
        case "serve":
            report.run("serve") { () throws(SystemError) in
                let simbus = try Simbus(CheckDevices())
                while true { try simbus.serve(milliseconds: -1) }
            }
        case "check":
            SPIChecks.run(&report)
            I2CChecks.run(&report)
            GPIOChecks.run(&report)
            OtherChecks.run(&report)
        case "check-orphaned":
            SPIChecks.runWithoutServer(&report)
            I2CChecks.runWithoutServer(&report)
        case "rig" where arguments.count == 3:
            do throws(ServedRig.Refusal) {
                let rig = try ServedRig(boardFile: arguments[2])
                report.run("serve the rig") { () throws(SystemError) in try RigServer(rig).serve() }
            } catch {
                report.fail(error.message)
            }
        default:
            report.fail("usage: bench-guest serve|check|check-orphaned|rig BOARD-FILE")
        }
        Process.exit(report.finish())
    }
}
