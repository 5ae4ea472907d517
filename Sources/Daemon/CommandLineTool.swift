import Base
import Grid
import Platform
import Rig
import SHA256

/// `ballastd`: carries out one command line.
public enum CommandLineTool {
    /// Runs the command of this process and returns its exit code: 0 fine, 1 failed, 2 usage.
    public static func run() -> Int32 {
        do throws(SystemError) {
            try StandardStream.fillGaps()
        } catch {
            complain("a standard stream is missing: \(error.description)")
            return 1
        }
        do throws(Invocation.UsageError) {
            switch try Invocation.parse(Array(Process.arguments.dropFirst())) {
            case .run(let options): return mine(options)
            case .check(let files): return check(files)
            case .twin(.state(let state), let command): return TwinTool.tell(agentIn: state, command)
            case .twin(.socket(let path), let command): return TwinTool.tell(rigAt: path, command)
            case .serveTwin(let board, let path): return TwinTool.serve(board, at: path)
            case .version:
                say("\(Product.name) \(Product.version) (\(architecture))")
                return 0
            case .help:
                say(Invocation.usage)
                return 0
            }
        } catch {
            complain(error.message)
            complain("try: ballastd help")
            return 2
        }
    }

    private static func mine(_ options: Invocation.RunOptions) -> Int32 {
        let plan: RunPlan
        do throws(RunPlan.Refusal) {
            plan = try RunPlan(options)
        } catch {
            complain(error.message)
            return error.exitCode
        }
        do throws(SystemError) {
            try Daemon(plan).run()
            return 0
        } catch {
            complain(error.description)
            return 1
        }
    }

    /// Says of every file whether it is valid; all of them are looked at. A board and a configuration together are checked
    /// against each other.
    private static func check(_ files: Invocation.CheckedFiles) -> Int32 {
        var isValid = true
        var boards: [(path: String, board: Board)] = []
        var configurations: [Configuration] = []
        for path in files.boards {
            do throws(RunPlan.Refusal) {
                let board = try RunPlan.read(path) { (bytes) throws(DocumentError) in
                    try Board.read(file: path, bytes: bytes)
                }
                say("\(path): board \(board.name), \(count(board.chains.count, "chain")), valid")
                boards.append((path, board))
            } catch {
                complain(error.message)
                isValid = false
            }
        }
        for path in files.configurations {
            do throws(RunPlan.Refusal) {
                let configuration = try RunPlan.read(path) { (bytes) throws(DocumentError) in
                    try Configuration.read(file: path, bytes: bytes)
                }
                _ = try GridRecording.named(
                    by: configuration.grid.source, nominal: configuration.grid.nominal ?? Millihertz(50_000),
                    beside: path)
                say(
                    "\(path): configuration of \(configuration.name), \(count(configuration.pools.count, "pool")), valid"
                )
                configurations.append(configuration)
            } catch {
                complain(error.message)
                isValid = false
            }
        }
        for path in files.products where !checkProduct(path) { isValid = false }
        for (path, board) in boards where !sayWhatRuns(path, board, configurations) { isValid = false }
        return isValid ? 0 : 1
    }

    /// Says whether a grid product is valid, and how many of its numbers whoever has the contract still has to set.
    private static func checkProduct(_ path: String) -> Bool {
        do throws(RunPlan.Refusal) {
            let file = try RunPlan.read(path) { (bytes) throws(DocumentError) in
                try ProductFile.read(file: path, bytes: bytes)
            }
            let defaults = file.provenance.count { $0.confidence == .assumed }
            say(
                "\(path): product \(file.product.name), \(count(file.provenance.count, "number")), "
                    + "\(defaults) of them defaults of this project, valid")
            return true
        } catch {
            complain(error.message)
            return false
        }
    }

    private static func count(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    /// Says what of a board stays untouched, and which chains are not run for it. False: a configuration confirms what the
    /// board does not have.
    private static func sayWhatRuns(_ path: String, _ board: Board, _ configurations: [Configuration]) -> Bool {
        do throws(DocumentError) {
            let confirmations = configurations.flatMap { $0.confirmations }
            let clearance = try Clearance(board, confirmed: confirmations)
            for item in clearance.untouched {
                say("\(path): \(item.path) is untouched until confirmed\(item.provenance.reason)")
            }
            for chain in board.chipChains {
                let obstacles = clearance.obstacles(to: chain)
                if !obstacles.isEmpty {
                    say("\(path): chain \(chain.name) is not run: \(obstacles.joined(separator: ", "))")
                }
            }
            return true
        } catch {
            complain(error.message)
            return false
        }
    }

    private static var architecture: String {
        #if arch(arm64)
            "aarch64"
        #elseif arch(arm)
            "armv7"
        #elseif arch(x86_64)
            "x86_64"
        #else
            "unknown architecture"
        #endif
    }

    static func say(_ text: String) {
        var output = StandardStream.output
        output.writeLine(text)
    }

    /// Says what is wrong in one line, whatever the words of the command line hold.
    static func complain(_ text: String) {
        var error = StandardStream.error
        let line = "ballastd: \(text)".utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x2E : $0 }
        error.writeLine(line.span)
    }
}
