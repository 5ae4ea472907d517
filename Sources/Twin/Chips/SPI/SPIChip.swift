import Base
import Mining
import SHA256

/// The state of one simulated chip on an SPI chain.
final class SPIChip {
    struct Job {
        var number: UInt32
        var id: UInt8
        var blocks: [ScanBlock]
        /// See `SearchedRange.header`.
        var marks: [UInt64]
        /// The largest hash that is reported, the simulation's ease counted in.
        var target: UInt256
        /// Nonces of each midstate that are through, and the midstate that is next.
        var nonce: UInt64 = 0
        var slot = 0
    }

    struct Result {
        var jobID: UInt8
        var slot: Int
        var nonce: UInt32
    }

    /// What a chip does with the words of the frame that passes.
    enum Passage: Equatable {
        case idle
        /// On their way to the chips behind; the frame is for this chip too.
        case shared
        /// On their way to the chips behind, to be answered by one of them.
        case foreign
        /// Kept, and sent back to the host.
        case echoed
        /// Kept.
        case kept
    }

    /// From 1 on; 0 before the chips were counted.
    var address: UInt8 = 0
    var register = InlineArray<12, UInt8>(repeating: 0)
    var secondRegister = InlineArray<12, UInt8>(repeating: 0)
    /// The clock in hertz; 0 before it was set, and for good once it was made to jump.
    var clock: UInt64 = 0
    var lockedAt = Instant(nanoseconds: 0)
    var hasLostLock = false
    var cores: UInt8 = UInt8(SPIChipModel.cores)
    var jobs: [Job] = []
    var results: [Result] = []
    var credit = 0.0
    var temperature = Celsius.degrees(25)

    // The frame that passes.
    var passage = Passage.idle
    var remaining = 0
    var frame: [UInt8] = []
    /// Words that the chip still has to send.
    var answer: [UInt16] = []

    init() {
        frame.reserveCapacity(164)
        answer.reserveCapacity(16)
        jobs.reserveCapacity(SPIChipModel.queueDepth)
        results.reserveCapacity(SPIChipModel.resultDepth)
    }

    /// As after reset. Cores and credit are the chip's nature.
    func reset() {
        address = 0
        register = InlineArray(repeating: 0)
        secondRegister = InlineArray(repeating: 0)
        clock = 0
        hasLostLock = false
        dropJobs()
        passage = .idle
        remaining = 0
        frame.removeAll(keepingCapacity: true)
        answer.removeAll(keepingCapacity: true)
    }

    func dropJobs() {
        jobs.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
    }

    /// What the queue holds: 0 nothing, 1 one job, 3 two.
    var queueState: UInt8 { jobs.isEmpty ? 0 : jobs.count == 1 ? 1 : 3 }

    /// The ids of the jobs that are held, the one that is searched first.
    var queuedIDs: UInt8 { (jobs.first?.id ?? 0) << 4 | (jobs.count > 1 ? jobs[1].id : 0) }
}
