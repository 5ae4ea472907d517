/// The kernels that may be used on this machine: those whose instructions the CPU has and that passed their self-test,
/// in the order of their measured speed.
///
/// Measured, not looked up in a table: which instruction set wins differs from one processor to the next (Docs/sha256.md).
public struct KernelSelection: Sendable {
    /// A kernel and its speed.
    public struct Measured: Sendable {
        public let kernel: ScanKernel
        /// Nonces per second of processor time on one thread; 0 when the clock did not move.
        public let noncesPerSecond: UInt64
    }

    /// A kernel that failed its self-test and why.
    public struct Rejected: Sendable {
        public let kernel: ScanKernel
        public let fault: KernelFault
    }

    /// The usable kernels, fastest first.
    public private(set) var ranking: [Measured] = []
    /// The kernels dropped, for the log. Any entry here means that the CPU or the build is broken.
    public private(set) var rejected: [Rejected] = []

    /// The kernel to use; nil when not even the portable one computes right.
    public var fastest: ScanKernel? { ranking.first?.kernel }

    /// Tests and measures every kernel this CPU can run.
    /// - Parameters:
    ///   - trial: How long to measure each kernel.
    ///   - processorTime: The processor time used by the calling thread, so that other load does not count.
    public init(trial: Duration = .milliseconds(20), processorTime: () -> Duration) {
        self.init(candidates: ScanKernel.runnable, trial: trial, processorTime: processorTime)
    }

    init(candidates: [ScanKernel], trial: Duration, processorTime: () -> Duration) {
        for kernel in candidates {
            do throws(KernelFault) {
                try kernel.selfTest()
            } catch {
                rejected.append(Rejected(kernel: kernel, fault: error))
                continue
            }
            let speed = Self.noncesPerSecond(of: kernel, trial: trial, processorTime: processorTime)
            let rank = ranking.firstIndex { $0.noncesPerSecond < speed } ?? ranking.count
            ranking.insert(Measured(kernel: kernel, noncesPerSecond: speed), at: rank)
        }
    }

    private static func noncesPerSecond(
        of kernel: ScanKernel, trial: Duration, processorTime: () -> Duration
    ) -> UInt64 {
        // Any header costs the same. Small chunks end the trial in time on slow boards; their number is bounded in case the
        // clock stands still.
        let block = ScanBlock(midstate: .zero, tail: (0, 0, 0))
        let chunk: UInt64 = 2048
        let mostChunks: UInt64 = 4096
        var hits = NonceHits()
        var searched: UInt64 = 0
        var elapsed: Duration = .zero
        let start = processorTime()
        while elapsed < trial, searched < chunk * mostChunks {
            hits.removeAll()
            searched += kernel.scan(
                block, from: UInt32(truncatingIfNeeded: searched), count: chunk, topLimit: 0, into: &hits)
            elapsed = processorTime() - start
        }
        let microseconds = UInt64(max(0, elapsed / .microseconds(1)))
        return microseconds == 0 ? 0 : searched * 1_000_000 / microseconds
    }
}
