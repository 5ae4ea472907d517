/// The jobs that a pool knows: those that shares may be sent for, and the names of those that have become stale.
struct JobBook: Sendable {
    private struct Entry: Sendable {
        let job: PoolJob
        /// The hashes of the shares accepted for this job, to find duplicates.
        var accepted: Set<Number256> = []
    }

    /// Jobs that are kept until a clean one comes; the oldest goes first.
    static let liveLimit = 512
    /// Names of stale jobs that are remembered, to tell a late share from an invented one.
    static let retiredLimit = 1024
    /// Shares accepted for one job; more cannot be told from duplicates and are refused.
    static let acceptedLimit = 100_000

    private let source: JobSource
    private let scriptReserve: Int
    private var sequence: UInt32 = 1
    private var block: UInt32 = 1
    private var live: [String: Entry] = [:]
    private var order: [String] = []
    private var retired: [String] = []

    /// The newest job.
    private(set) var current: PoolJob

    /// Starts with the first job of `source`. `scriptReserve` is the size of both extranonces together, in bytes.
    init(source: JobSource, scriptReserve: Int, time: UInt32) {
        self.source = source
        self.scriptReserve = scriptReserve
        current = source.job(sequence: 1, block: 1, scriptReserve: scriptReserve, time: time, isClean: true)
        live[current.id] = Entry(job: current)
        order = [current.id]
    }

    /// Makes a new job the current one, on top of a new block if so wished; a recording stays on its block.
    mutating func advance(newBlock: Bool, time: UInt32) {
        sequence &+= 1
        if newBlock { block &+= 1 }
        current = source.job(
            sequence: sequence, block: block, scriptReserve: scriptReserve, time: time, isClean: newBlock)
        if current.isClean {
            retired.append(contentsOf: order)
            order = []
            live = [:]
        }
        live[current.id] = Entry(job: current)
        order.append(current.id)
        if order.count > Self.liveLimit {
            let oldest = order.removeFirst()
            live[oldest] = nil
            retired.append(oldest)
        }
        if retired.count > Self.retiredLimit { retired.removeFirst(retired.count - Self.retiredLimit) }
    }

    /// The job named `id` if shares may be sent for it.
    func job(_ id: String) -> PoolJob? { live[id]?.job }

    /// Whether `id` was a job once.
    func isRetired(_ id: String) -> Bool { retired.contains(id) }

    func acceptedCount(job id: String) -> Int { live[id]?.accepted.count ?? 0 }

    func hasAccepted(_ hash: Number256, job id: String) -> Bool { live[id]?.accepted.contains(hash) ?? false }

    mutating func recordAccepted(_ hash: Number256, job id: String) {
        live[id]?.accepted.insert(hash)
    }
}
