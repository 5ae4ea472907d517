import Foundation
import LoopbackPool

/// Wires the pool to flags, signals, files and the control commands.
///
/// Exit codes: 0 stopped on request, 1 could not listen or write a file, 2 the command line made no sense.
@main
enum Main {
    static func main() {
        let options: Options
        do throws(OptionError) {
            guard let parsed = try Options(arguments: Array(CommandLine.arguments.dropFirst())) else {
                output(Options.help)
                return
            }
            options = parsed
        } catch {
            log("ballast-pool: \(error)\nTry --help.")
            exit(2)
        }
        do {
            try run(options)
        } catch {
            log("ballast-pool: \(error)")
            exit(1)
        }
    }

    private static func run(_ options: Options) throws {
        // A closed pipe shows as a failed write; a request to stop is fetched below. Set before there are threads.
        signal(SIGPIPE, SIG_IGN)
        var stopSignals = sigset_t()
        sigemptyset(&stopSignals)
        sigaddset(&stopSignals, SIGTERM)
        sigaddset(&stopSignals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &stopSignals, nil)

        let isQuiet = options.isQuiet
        let pool = try LoopbackPool(options.configuration) { event in
            if !isQuiet { log("\(event)") }
        }
        let endpoint = "127.0.0.1:\(try pool.start())"
        output("listening on \(endpoint)")
        if let path = options.endpointFile { try write(endpoint, to: path) }
        if options.takesCommands { takeCommands(for: pool) }

        var second = timespec(tv_sec: 1, tv_nsec: 0)
        repeat {
            if let path = options.statisticsFile { try write(Command.json(pool.statistics), to: path) }
        } while sigtimedwait(&stopSignals, nil, &second) < 0
        pool.stop()
        if let path = options.statisticsFile { try write(Command.json(pool.statistics), to: path) }
    }

    /// Answers each line on standard input with one on standard output, on a thread of its own until the input ends.
    private static func takeCommands(for pool: LoopbackPool) {
        Thread.detachNewThread {
            while let line = readLine() {
                do throws(CommandError) {
                    let command = try Command(line: line)
                    output(command.perform(on: pool))
                    if command == .stop { kill(getpid(), SIGTERM) }
                } catch {
                    output("error: \(error)")
                }
            }
        }
    }

    /// Replaces a file in one step, so that readers never see half of it.
    private static func write(_ text: String, to path: String) throws {
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static func output(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func log(_ line: String) {
        // Nobody is left to tell when this fails.
        let bytes = Array((line + "\n").utf8)
        _ = Foundation.write(STDERR_FILENO, bytes, bytes.count)
    }
}
