import SHA256

extension Benchmark {
    static var sha256Count: Benchmark {
        Benchmark(
            name: "sha256-count", options: "KERNEL NONCES",
            summary: "Searches exactly so many nonces and does nothing else, for counting instructions from outside."
        ) { (options: inout Options) throws(BenchmarkError) in
            let name = try options.takeWord("the kernel's name")
            let count = Int(try options.takeWord("the number of nonces"))
            try options.finish()
            guard let count, count > 0 else { throw .usage("the number of nonces must be a number above 0") }
            guard let kernel = ScanKernel.runnable.first(where: { $0.name.description == name }) else {
                let names = ScanKernel.runnable.map { $0.name.description }.joined(separator: ", ")
                throw .failed("this CPU has no kernel \"\(name)\", only \(names)")
            }
            guard let block = ScanBlock(header: genesisHeader) else {
                throw .failed("the built-in header is not 80 bytes")
            }
            // Far from the nonce that solves the block, so that no hit stops the search.
            var hits = NonceHits()
            let searched = kernel.scan(block, from: 0, count: UInt64(count), topLimit: 0, into: &hits)
            guard searched == UInt64(count), hits.count == 0 else { throw .failed("found what is not there") }
        }
    }
}
