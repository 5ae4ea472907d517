import CLinux

/// Measures parts of Ballast on the machine it runs on.
///
/// Each benchmark is one file and one entry of `Benchmark.all`.
@main
enum Main {
    static func main() {
        var words = CommandLine.arguments.dropFirst()
        let name = words.popFirst()
        do throws(BenchmarkError) {
            try run(name, Options(words))
        } catch {
            _exit(report(error, of: name))
        }
    }

    private static func run(_ name: String?, _ options: Options) throws(BenchmarkError) {
        guard let name else { throw .usage("no benchmark named") }
        if name == "help" || name == "--help" {
            return try Output.write(Benchmark.usage, to: .standardOutput)
        }
        guard let benchmark = Benchmark.all.first(where: { $0.name.description == name }) else {
            throw .usage("there is no such benchmark")
        }
        var remaining = options
        try benchmark.run(&remaining)
    }

    /// Says on standard error what went wrong; the exit code for it.
    private static func report(_ error: BenchmarkError, of name: String?) -> CInt {
        let origin = "ballast-bench" + (name.map { " \($0)" } ?? "")
        let (message, code): (String, CInt) =
            switch error {
            case .usage(let reason): ("\(origin): \(reason)\n\(Benchmark.usage)", 2)
            case .failed(let reason): ("\(origin): \(reason)\n", 1)
            }
        do throws(BenchmarkError) {
            try Output.write(message, to: .standardError)
        } catch {
            // Nobody listens on standard error; the exit code still tells.
        }
        return code
    }
}
