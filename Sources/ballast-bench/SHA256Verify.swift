import SHA256

extension Benchmark {
    static var sha256Verify: Benchmark {
        Benchmark(
            name: "sha256-verify", options: "[--headers N] [--seed N] [--json]",
            summary: "Compares the nonces that each kernel finds in random headers with those of the portable one."
        ) { (options: inout Options) throws(BenchmarkError) in
            let headers = try options.takeNumber("--headers", in: 1...1_000_000) ?? 512
            let seed = try options.takeNumber("--seed", in: 0...Int(Int32.max)) ?? 1
            let isJSON = options.takeFlag("--json")
            try options.finish()
            var output = try Output(
                "sha256-verify", columns: ["kernel", "headers", "nonces", "hits"], isJSON: isJSON)
            for kernel in ScanKernel.runnable {
                try verify(kernel, headers: headers, seed: UInt64(seed), &output)
            }
        }
    }
}

/// Scans about 2,100 nonces of each header with a filter of 12 bits, from any start and of any count.
private func verify(
    _ kernel: ScanKernel, headers: Int, seed: UInt64, _ output: inout Output
) throws(BenchmarkError) {
    var random = SplitMix64(state: seed)
    var nonces: UInt64 = 0
    var found = 0
    for index in 0..<headers {
        let header = (0..<80).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        guard let block = ScanBlock(header: header) else { throw .failed("a header is not 80 bytes") }
        let first = UInt32(truncatingIfNeeded: random.next())
        let count = 1024 + random.next() % 2048
        var hits = NonceHits()
        var expected = NonceHits()
        let searched = kernel.scan(block, from: first, count: count, topLimit: 0x000F_FFFF, into: &hits)
        let reference = ScanKernel.scalar.scan(block, from: first, count: count, topLimit: 0x000F_FFFF, into: &expected)
        guard searched == reference, hits == expected else {
            throw .failed(
                "kernel \(kernel.name) differs from the portable one in header \(index), nonces \(first) + \(count)")
        }
        nonces += searched
        found += hits.count
    }
    try output.row([
        .text(kernel.name.description), .integer(headers), .integer(Int(nonces)), .integer(found),
    ])
}

/// The generator of Steele, Lea and Flood (2014): the same sequence on every machine.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
