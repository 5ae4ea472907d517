import Base
import Platform
import SHA256

extension Benchmark {
    static var sha256: Benchmark {
        Benchmark(
            name: "sha256", options: "[--rounds N] [--json]",
            summary: "Nonce search kernels: millions of nonces per second of processor time on one thread."
        ) { (options: inout Options) throws(BenchmarkError) in
            let rounds = try options.takeNumber("--rounds", in: 1...1000) ?? 15
            let isJSON = options.takeFlag("--json")
            try options.finish()
            try SHA256Bench(rounds: rounds).run(isJSON: isJSON)
        }
    }
}

/// All kernels in turn, round after round, so that drifts of the clock rate and other load fall on all alike.
private struct SHA256Bench {
    let rounds: Int
    /// Processor time of one kernel in one round.
    let slice: Duration = .milliseconds(50)
    /// The search that is repeated: the nonces around the one that solved block 0.
    let chunk: UInt64 = 32768

    func run(isJSON: Bool) throws(BenchmarkError) {
        let selection = KernelSelection { Clock.threadProcessorTime }
        for rejected in selection.rejected {
            throw .failed("kernel \(rejected.kernel.name) failed its self-test")
        }
        let kernels = selection.ranking.map { $0.kernel }
        var rates: [[Int]] = Array(repeating: [], count: kernels.count)
        for _ in 0..<rounds {
            for index in kernels.indices { rates[index].append(try measure(kernels[index])) }
        }
        guard let scalar = kernels.firstIndex(where: { $0.name.description == "scalar" }) else {
            throw .failed("no portable kernel")
        }
        var output = try Output(
            "sha256", columns: ["kernel", "lanes", "min_mhs", "median_mhs", "max_mhs", "ratio", "rounds"],
            isJSON: isJSON)
        let reference = median(rates[scalar])
        for (index, kernel) in kernels.enumerated() {
            let sorted = rates[index].sorted()
            try output.row([
                .text(kernel.name.description), .integer(kernel.lanes),
                .thousandths(sorted[0]), .thousandths(median(sorted)), .thousandths(sorted[sorted.count - 1]),
                .thousandths(median(sorted) * 1000 / max(1, reference)), .integer(rounds),
            ])
        }
    }

    /// Thousands of nonces per second of processor time.
    private func measure(_ kernel: ScanKernel) throws(BenchmarkError) -> Int {
        let solution: UInt32 = 2_083_236_893
        guard let block = ScanBlock(header: genesisHeader) else { throw .failed("the built-in header is not 80 bytes") }
        var hits = NonceHits()
        var searched: UInt64 = 0
        var elapsed: Duration = .zero
        let start = Clock.threadProcessorTime
        repeat {
            hits.removeAll()
            searched += kernel.scan(block, from: solution - UInt32(chunk / 2), count: chunk, topLimit: 0, into: &hits)
            guard hits.count == 1, hits[0] == solution else {
                throw .failed("kernel \(kernel.name) missed the nonce of block 0")
            }
            elapsed = Clock.threadProcessorTime - start
        } while elapsed < slice
        return Int(searched) * 1000 / max(1, Int(elapsed.nanoseconds / 1000))
    }

    private func median(_ values: [Int]) -> Int {
        values.sorted()[values.count / 2]
    }
}

/// The header of block 0 of the Bitcoin chain.
let genesisHeader: [UInt8] =
    [1, 0, 0, 0] + [UInt8](repeating: 0, count: 32) + [
        0x3B, 0xA3, 0xED, 0xFD, 0x7A, 0x7B, 0x12, 0xB2, 0x7A, 0xC7, 0x2C, 0x3E, 0x67, 0x76, 0x8F, 0x61,
        0x7F, 0xC8, 0x1B, 0xC3, 0x88, 0x8A, 0x51, 0x32, 0x3A, 0x9F, 0xB8, 0xAA, 0x4B, 0x1E, 0x5E, 0x4A,
        0x29, 0xAB, 0x5F, 0x49, 0xFF, 0xFF, 0x00, 0x1D, 0x1D, 0xAC, 0x2B, 0x7C,
    ]
