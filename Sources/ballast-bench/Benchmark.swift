/// One thing that can be measured.
struct Benchmark {
    let name: StaticString
    /// Its options, as shown in the usage.
    let options: StaticString
    let summary: StaticString
    let run: (inout Options) throws(BenchmarkError) -> Void

    static var all: [Benchmark] {
        [
            .sha256, .sha256Verify, .sha256Count, .jobSwitch, .relay, .chain, .chainCount, .frequency, .products,
            .gridEvent, .plot, .sim,
        ]
    }

    static var usage: String {
        var text = "usage:\n"
        for benchmark in all {
            text += "  ballast-bench \(benchmark.name) \(benchmark.options)\n      \(benchmark.summary)\n"
        }
        return text + "Exit codes: 0 fine, 1 failed, 2 usage."
    }
}

enum BenchmarkError: Error {
    /// The command line cannot be understood.
    case usage(String)
    /// What was measured is wrong, or could not be measured.
    case failed(String)
}

/// The words after the benchmark's name, taken one by one.
struct Options {
    private var words: ArraySlice<String>

    init(_ words: ArraySlice<String>) {
        self.words = words
    }

    /// Whether the flag was given.
    mutating func takeFlag(_ name: String) -> Bool {
        guard let index = words.firstIndex(of: name) else { return false }
        words.remove(at: index)
        return true
    }

    /// The number that follows `name`, or nil when the option was not given.
    mutating func takeNumber(_ name: String, in range: ClosedRange<Int>) throws(BenchmarkError) -> Int? {
        guard let index = words.firstIndex(of: name) else { return nil }
        guard index + 1 < words.endIndex, let number = Int(words[index + 1]), range.contains(number) else {
            throw .usage("\(name) needs a number from \(range.lowerBound) to \(range.upperBound)")
        }
        words.removeSubrange(index...(index + 1))
        return number
    }

    /// The next word that is no option.
    mutating func takeWord(_ meaning: String) throws(BenchmarkError) -> String {
        guard let word = words.popFirst() else { throw .usage("\(meaning) is missing") }
        return word
    }

    /// Throws when words are left over.
    func finish() throws(BenchmarkError) {
        if let word = words.first { throw .usage("unexpected \"\(word)\"") }
    }
}
