import Daemon
import Platform

@main
enum Main {
    static func main() {
        Process.exit(CommandLineTool.run())
    }
}
