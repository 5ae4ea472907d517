import ASIC
import Base
import Testing
import Twin

/// A whole board of A1 or T1 chips that may run with half of them, and something that goes wrong with it.
final class FaultedSPIChain {
    enum Family: String, CaseIterable, CustomTestStringConvertible {
        case a1 = "A1 ×32"
        case t1 = "T1 ×63"

        var testDescription: String { rawValue }
    }

    let rig: SPIRig
    let count: Int
    /// Where faults of a single chip strike.
    let middle: Int
    private var validBefore: [Int: Int] = [:]

    init(_ family: Family) throws {
        switch family {
        case .a1: rig = try SPIRig.a1(minimum: 16, logCapacity: 100_000)
        case .t1: rig = try SPIRig.t1(minimum: 31, logCapacity: 100_000)
        }
        count = rig.chain.chipCount
        middle = count / 2
    }

    func inject(_ fault: String) {
        guard let fault = InjectedFault(text: Array(fault.utf8)) else {
            Issue.record("no fault: \(fault)")
            return
        }
        rig.chain.inject(fault, now: rig.bench.now)
    }

    func bringUp() throws {
        #expect(try rig.bench.bringUp())
    }

    /// Lets the fault strike while the chips hash, two seconds after they have begun.
    func suffer(_ fault: String, for time: Duration) throws {
        try rig.bench.run(for: .seconds(2))
        inject(fault)
        // Results from before are collected by then.
        try rig.bench.run(for: .milliseconds(200))
        validBefore = rig.bench.validByChip
        try rig.bench.run(for: time)
    }

    /// What was said, but for what happens on any board.
    var news: [ChainEvent] { rig.bench.events.filter { !ChipFaultTests.isRoutine($0) } }

    /// The chips that have found something since the fault.
    var finders: [Int] {
        rig.bench.validByChip.filter { $0.value > validBefore[$0.key, default: 0] }.map(\.key)
    }

    /// The board hashes; everything that was hashed was hashed once and without gaps; no result was wrong, no share refused.
    ///
    /// - Parameters:
    ///   - chips: that are given work; nil when it does not matter.
    ///   - mayErr: whether results may have been wrong.
    func expectHonestHashing(chips: Int? = nil, mayErr: Bool = false) throws {
        let bench = rig.bench
        #expect(bench.status.stage == .hashing)
        if let chips { #expect(bench.status.chipsPresent == chips) }
        #expect(bench.hardwareErrors == 0 || mayErr)
        #expect(bench.pool.accepted > 5)
        #expect(bench.pool.refusals == [])
        let log = rig.chain.log
        #expect(log.isComplete)
        let hashed = HashedOnce.spi(log.ranges)
        #expect(hashed.repeated == [] && hashed.skipping == [])
    }
}
