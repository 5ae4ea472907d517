import ASIC
import Base
import Mining

/// A chain and fake chips joined by a wire, in simulated time.
struct ChainBench {
    var chain: UARTChain
    var chips: FakeChain
    var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var events: [ChainEvent] = []
    private(set) var found: [FoundNonce] = []
    private(set) var workRequests = 0
    /// Whether the reset line is held.
    private(set) var isResetAsserted = false
    /// Frames as they were sent.
    private(set) var frames: [[UInt8]] = []
    /// Answers whenever work is wanted.
    var suppliesWork = false
    /// Reports of nonces are taken as valid.
    private var source: WorkSource
    private var nextWorkID: UInt64 = 1
    private var output = ChainOutput()
    /// Bytes on their way to the host.
    private var wire: [(at: Instant, bytes: [UInt8])] = []

    init(
        _ family: ChipFamily, chipCount: Int = 3, fitted: Int? = nil, minimum: Int? = nil, chipsPerDomain: Int? = nil,
        maximumBaud: UInt32 = 115_200, frequency: ClockFrequency? = nil, ticketDifficulty: UInt64 = 256,
        timing: ChainTiming = ChainTiming()
    ) throws {
        let plan = try ChainPlan(
            family: family, chipCount: chipCount, minimumChipCount: minimum, chipsPerDomain: chipsPerDomain,
            maximumBaud: maximumBaud, frequency: frequency ?? ClockFrequency(hertz: 75_000_000),
            maximumFrequency: .megahertz(600), ticketDifficulty: ticketDifficulty, timing: timing)
        chain = UARTChain(plan: plan, now: now)
        chips = FakeChain(family, chipCount: fitted ?? chipCount)
        source = try AcceptedShare.source(now: now)
    }

    mutating func start() {
        chain.start(now: now, into: &output)
        carryOut()
    }

    mutating func stop() {
        chain.stop(now: now, into: &output)
        carryOut()
    }

    mutating func assign(_ work: Work? = nil, id: UInt64? = nil, isClean: Bool = false) throws {
        let id = id ?? nextWorkID
        nextWorkID = id + 1
        let limit = chain.plan.family.jobFormat == .midstates ? 4 : 1 << 16
        let next = try work ?? source.nextVersions(upTo: UInt64(limit), now: now)
        chain.assign(next, id: id, isClean: isClean, now: now, into: &output)
        carryOut()
    }

    mutating func record(_ nonce: FoundNonce, isValid: Bool) {
        chain.record(nonce, isValid: isValid, now: now, into: &output)
        carryOut()
    }

    /// Gives the host bytes at once.
    mutating func deliver(_ bytes: [UInt8]) {
        chain.receive(bytes[...], now: now, into: &output)
        carryOut()
    }

    /// A nonce from a chip.
    mutating func deliver(_ reply: Response.NonceReply) {
        let length = chain.plan.family.responseLength
        deliver(chips.send(.nonce(reply), length: length))
    }

    /// Lets time pass until `condition` holds or `limit` is over; false in the latter case.
    @discardableResult
    mutating func run(for limit: Duration, until condition: (ChainBench) -> Bool = { _ in false }) throws -> Bool {
        let end = now + limit
        // Bounded even if the chain should ask to be woken in the past.
        for _ in 0..<200_000 {
            if condition(self) { return true }
            let wake = [chain.wakeAt, wire.first?.at].compactMap(\.self).min() ?? end
            guard wake <= end else { break }
            now = max(now, wake)
            if let first = wire.first, first.at <= now {
                wire.removeFirst()
                chain.receive(first.bytes[...], now: now, into: &output)
            } else {
                chain.timer(now: now, into: &output)
            }
            carryOut()
            if suppliesWork, workRequests > 0 {
                workRequests = 0
                try assign()
            }
        }
        now = max(now, end)
        return condition(self)
    }

    /// Brings the chain up; false when it does not come up in two simulated minutes.
    mutating func bringUp() throws -> Bool {
        start()
        return try run(for: .seconds(120)) { $0.chain.stage == .hashing }
    }

    private mutating func carryOut() {
        let actions = output.actions
        let bytes = output.bytes
        output.removeAll()
        for action in actions {
            switch action {
            case .send(let range):
                frames.append(Array(bytes[range]))
                let answer = chips.receive(bytes[range])
                if !answer.isEmpty { wire.append((now + .milliseconds(1), answer)) }
            case .setBaud(let rate): chips.hostBaud = rate
            case .discardInput: wire.removeAll()
            case .reset(let asserted):
                isResetAsserted = asserted
                chips.isInReset = asserted
                if asserted { chips.reset() }
            case .needsWork: workRequests += 1
            case .found(let nonce): found.append(nonce)
            case .event(let event): events.append(event)
            }
        }
    }
}
