import ASIC
import Base
import Mining

/// What the two kinds of SPI chain have in common, as the holder of their bus sees it.
protocol SPIChain {
    var stage: ChainStage { get }
    var wakeAt: Instant? { get }
    var ledger: WorkLedger { get }
    mutating func start(now: Instant, into output: inout SPIOutput)
    mutating func stop(now: Instant, into output: inout SPIOutput)
    mutating func timer(now: Instant, into output: inout SPIOutput)
    mutating func complete(_ number: UInt32, received: ArraySlice<UInt8>, now: Instant, into output: inout SPIOutput)
    mutating func assign(_ work: Work, id: UInt64, isClean: Bool) throws(WorkRefusal)
    mutating func record(_ found: FoundNonce, isValid: Bool, now: Instant, into output: inout SPIOutput)
    mutating func supplyDone(now: Instant, into output: inout SPIOutput)
    mutating func supplyFailed(now: Instant, into output: inout SPIOutput)
}

extension A1Chain: SPIChain {
    mutating func supplyDone(now: Instant, into output: inout SPIOutput) {}
    mutating func supplyFailed(now: Instant, into output: inout SPIOutput) {}
}
extension T1Chain: SPIChain {}

/// The far end of the bus.
protocol FakeSPIChips {
    /// Versions of a header that a chip takes.
    var versionCount: UInt64 { get }
    /// What the chips say while the host sends `frame` and then clocks `pollLength` bytes more.
    mutating func exchange(_ frame: ArraySlice<UInt8>, pollLength: Int, now: Instant) -> [UInt8]
    mutating func reset(asserted: Bool)
    mutating func power(on: Bool)
    /// False when the supply refuses.
    mutating func setSupply(_ vid: SupplyVID) -> Bool
}

/// A chain and fake chips joined by a bus, in simulated time.
struct SPIBench<Chain: SPIChain, Chips: FakeSPIChips> {
    var chain: Chain
    var chips: Chips
    var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var events: [ChainEvent] = []
    private(set) var found: [FoundNonce] = []
    private(set) var workWanted = 0
    /// Clock rates of the bus, lines and settings, in the order in which they were driven.
    private(set) var lines: [Line] = []
    /// Answers whenever work is wanted.
    var suppliesWork = true
    /// The bus fails from now on.
    var isBusDead = false
    private(set) var hertz: UInt32 = 2_000_000
    private(set) var transferCount = 0
    /// Most transfers that followed one another without a wait.
    private(set) var longestBurst = 0
    private var source: WorkSource
    private var nextWorkID: UInt64 = 1
    private var output = SPIOutput()

    enum Line: Equatable {
        case clock(UInt32)
        case reset(Bool)
        case power(Bool)
        case start(Bool)
        case supply(UInt8)
    }

    init(_ chain: Chain, _ chips: Chips) throws {
        self.chain = chain
        self.chips = chips
        source = try AcceptedShare.source(now: now)
    }

    mutating func start() throws {
        chain.start(now: now, into: &output)
        try carryOut()
    }

    mutating func stop() throws {
        chain.stop(now: now, into: &output)
        try carryOut()
    }

    mutating func nextWork() throws -> Work { try source.nextVersions(upTo: chips.versionCount, now: now) }

    mutating func assign(_ work: Work? = nil, isClean: Bool = false) throws {
        let next = try work ?? nextWork()
        try chain.assign(next, id: nextWorkID, isClean: isClean)
        nextWorkID += 1
    }

    mutating func record(_ nonce: FoundNonce, isValid: Bool) throws {
        chain.record(nonce, isValid: isValid, now: now, into: &output)
        try carryOut()
    }

    /// Lets time pass until `condition` holds or `limit` is over; false in the latter case.
    @discardableResult
    mutating func run(for limit: Duration, until condition: (Self) -> Bool = { _ in false }) throws -> Bool {
        let end = now + limit
        // Bounded even if the chain should ask to be woken in the past.
        for _ in 0..<1_000_000 {
            if condition(self) { return true }
            guard let wake = chain.wakeAt, wake <= end else { break }
            now = max(now, wake)
            chain.timer(now: now, into: &output)
            try carryOut()
        }
        now = max(now, end)
        return condition(self)
    }

    /// Brings the chain up; false when it does not come up in three simulated minutes.
    mutating func bringUp() throws -> Bool {
        try start()
        return try run(for: .seconds(180)) { $0.chain.stage == .hashing }
    }

    private mutating func carryOut() throws {
        // One transfer leads to the next; between two waits there are only so many.
        let before = transferCount
        defer { longestBurst = max(longestBurst, transferCount - before) }
        for _ in 0..<1_000 {
            let actions = output.actions
            let bytes = output.bytes
            output.removeAll()
            if actions.isEmpty { return }
            for action in actions { try carryOut(action, bytes) }
        }
        throw RunawayChain()
    }

    private mutating func carryOut(_ action: SPIAction, _ bytes: [UInt8]) throws {
        switch action {
        case .transfer(let transfer):
            transferCount += 1
            now = now + .nanoseconds(Int64(transfer.receivedLength) * 8_000_000_000 / Int64(hertz))
            let answer = chips.exchange(bytes[transfer.bytes], pollLength: transfer.pollLength, now: now)
            chain.complete(transfer.number, received: isBusDead ? [] : answer[...], now: now, into: &output)
        case .setClock(let hertz):
            self.hertz = hertz
            lines.append(.clock(hertz))
        case .reset(let asserted):
            lines.append(.reset(asserted))
            chips.reset(asserted: asserted)
        case .power(let on):
            lines.append(.power(on))
            chips.power(on: on)
        case .startEnable(let on): lines.append(.start(on))
        case .setSupply(let vid):
            lines.append(.supply(vid.number))
            if chips.setSupply(vid) {
                chain.supplyDone(now: now, into: &output)
            } else {
                chain.supplyFailed(now: now, into: &output)
            }
        case .needsWork(let count):
            workWanted = count
            if suppliesWork { for _ in 0..<count { try assign() } }
        case .found(let nonce): found.append(nonce)
        case .event(let event): events.append(event)
        }
    }
}

/// A chain that never comes to rest.
struct RunawayChain: Error {}

/// The two places in a fake chip's queue: jobs are done one after the other, each in the same time.
struct FakeQueue {
    private(set) var jobs: [(id: UInt8, doneAt: Instant)] = []
    let searchTime: Duration
    /// Nothing is ever done.
    var isStuck = false

    init(searchTime: Duration) {
        self.searchTime = searchTime
    }

    mutating func advance(to now: Instant) {
        if !isStuck { jobs.removeAll { $0.doneAt <= now } }
    }

    /// False when both places are taken.
    mutating func append(_ id: UInt8, now: Instant) -> Bool {
        guard jobs.count < 2 else { return false }
        jobs.append((id, (jobs.last?.doneAt ?? now) + searchTime))
        return true
    }

    mutating func drop() { jobs.removeAll() }
}
