import ASIC
import Base
import Testing
import Twin

/// A whole board of UART chips that may run with half of them, and something that goes wrong with it.
final class FaultedChain {
    let rig: UARTRig
    let count: Int
    /// Where faults of a single chip strike.
    let middle: Int
    private var validBefore: [Int: Int] = [:]

    /// - Parameter zeroBits: of a hash that chips report: the fewer, the sooner a chip is missed.
    init(_ model: BM13xxModel, zeroBits: Int = 8) throws {
        count = model.usualChipCount
        middle = count / 2
        rig = try UARTRig(model, minimum: middle, zeroBits: zeroBits, shift: 32, logCapacity: 100_000)
    }

    func inject(_ fault: String) {
        guard let fault = InjectedFault(text: Array(fault.utf8)) else {
            Issue.record("no fault: \(fault)")
            return
        }
        rig.chain.inject(fault, now: rig.bench.now)
    }

    func bringUp() throws {
        try rig.bench.start()
        #expect(try rig.bench.run(for: .seconds(90)) { self.rig.bench.status.stage == .hashing })
    }

    /// Lets the fault strike while the chips hash.
    func suffer(_ fault: String, for time: Duration) throws {
        inject(fault)
        // What is on the line at that moment still arrives.
        try rig.bench.run(for: .milliseconds(50))
        validBefore = rig.bench.validByChip
        try rig.bench.run(for: time)
    }

    func recover(within time: Duration) throws {
        #expect(try rig.bench.run(for: time) { self.rig.bench.status.stage == .hashing })
    }

    /// What was said, but for what happens on any board and for line rates.
    var news: [ChainEvent] {
        rig.bench.events.filter { event in
            switch event {
            case .lineRate, .lineRateFallback: false
            default: !ChipFaultTests.isRoutine(event)
            }
        }
    }

    /// The line rates that the host went back to.
    var fallbacks: [UInt32] {
        rig.bench.events.compactMap { if case .lineRateFallback(_, let rate) = $0 { rate } else { nil } }
    }

    /// Only chips before `middle` have found anything since the fault.
    func expectOnlyNearChipsToFind() throws {
        guard rig.model.digits != 0x1368 else { return }
        let after = rig.bench.validByChip.filter { $0.value > validBefore[$0.key, default: 0] }.map(\.key)
        #expect(after.count > middle / 4)
        #expect(after.allSatisfy { $0 < middle }, "\(after.sorted())")
    }

    /// The board hashes; everything that was hashed was hashed once and without gaps; no share was refused.
    ///
    /// - Parameters:
    ///   - chips: that answered when they were last counted; nil when it does not matter.
    ///   - hasErrors: whether results were wrong; nil when either may be.
    func expectHonestHashing(chips: Int? = nil, hasErrors: Bool? = false) throws {
        let bench = rig.bench
        #expect(bench.status.stage == .hashing)
        if let chips { #expect(bench.status.chipsPresent == chips) }
        if let hasErrors { #expect((bench.hardwareErrors > 0) == hasErrors) }
        #expect(bench.pool.accepted > 5)
        #expect(bench.pool.refusals == [])
        let log = rig.chain.log
        #expect(log.isComplete)
        let hashed = HashedOnce.uart(log.ranges)
        #expect(hashed.repeated == [] && hashed.skipping == [])
    }
}

extension BM13xxModel: CustomTestStringConvertible {
    public var testDescription: String { "BM\(String(digits, radix: 16)) ×\(usualChipCount)" }
}
