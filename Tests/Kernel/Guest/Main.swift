import Base
import Platform

/// The program inside the bench's guest (Docs/kernel-bench.md).
///
///     bench-guest serve            answers the buses' transfers, until it is killed
///     bench-guest check            holds Platform's buses against the kernel
///     bench-guest check-orphaned   the same where nobody answers any more
@main
enum Main {
    static func main() {
        var report = Report()
        switch Process.arguments.dropFirst().first {
        case "serve":
            report.run("serve") { () throws(SystemError) in
                var server = SimbusServer()
                try server.serve()
            }
        case "check":
            SPIChecks.run(&report)
            I2CChecks.run(&report)
            GPIOChecks.run(&report)
            OtherChecks.run(&report)
        case "check-orphaned":
            SPIChecks.runWithoutServer(&report)
            I2CChecks.runWithoutServer(&report)
        default:
            report.fail("usage: bench-guest serve|check|check-orphaned")
        }
        Process.exit(report.finish())
    }
}
