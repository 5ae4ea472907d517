import Platform

/// Measures parts of Ballast on the machine it runs on.
///
/// Each benchmark is one file and one entry of `Benchmark.all`.
@main
enum Main {
    static func main() {
        var words = Process.arguments.dropFirst()
        let name = words.popFirst()
        do throws(BenchmarkError) {
            try run(name, Options(words))
        } catch {
            Process.exit(report(error, of: name))
        }
    }

    private static func run(_ name: String?, _ options: Options) throws(BenchmarkError) {
        guard let name else { throw .usage("no benchmark named") }
        if name == "help" || name == "--help" {
            var stream = StandardStream.output
            stream.writeLine(Benchmark.usage)
            return
        }
        guard let benchmark = Benchmark.all.first(where: { $0.name.description == name }) else {
            throw .usage("there is no such benchmark")
        }
        var remaining = options
        try benchmark.run(&remaining)
    }

    /// Says on standard error what went wrong; the exit code for it.
    private static func report(_ error: BenchmarkError, of name: String?) -> Int32 {
        let origin = "ballast-bench" + (name.map { " \($0)" } ?? "")
        var stream = StandardStream.error
        switch error {
        case .usage(let reason):
            stream.writeLine("\(origin): \(reason)\n\(Benchmark.usage)")
            return 2
        case .failed(let reason):
            stream.writeLine("\(origin): \(reason)")
            return 1
        }
    }
}
