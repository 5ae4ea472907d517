import ASIC
import Base
import Testing
import Twin

/// The faults of `ChipFaultTests` on the other families of UART chips: whatever each of them reports on the way, it hashes in the
/// end, nothing wrong is submitted, and what was wrong is counted.
@Suite struct FamilyFaultTests {
    static let families = BM13xxModel.all.indices.filter { BM13xxModel.all[$0].digits != 0x1366 }

    /// One of each class: `ChipFaultTests` has them all.
    static let outcomes = [1, 3, 5, 7, 9, 12, 13, 14]

    @Test(arguments: families, outcomes)
    func everyFamilySurvives(_ family: Int, _ index: Int) throws {
        let outcome = UARTOutcome.all[index]
        let rig = try UARTRig(BM13xxModel.all[family], chips: 6, minimum: 3, zeroBits: 8, shift: 30)
        let fault = try #require(InjectedFault(text: Array(outcome.fault.utf8)))
        if outcome.isEarly { rig.chain.inject(fault, now: rig.bench.now) }
        try rig.bench.start()
        try rig.bench.run(for: .seconds(60)) { rig.bench.status.stage == .hashing }
        if !outcome.isEarly { rig.chain.inject(fault, now: rig.bench.now) }
        try rig.bench.run(for: .seconds(outcome.seconds))
        #expect(rig.bench.status.stage == .hashing, "\(outcome.fault)")
        #expect(rig.bench.status.chipsPresent == outcome.chips, "\(outcome.fault)")
        #expect(rig.bench.pool.refusals == [], "\(outcome.fault)")
        #expect(rig.bench.pool.accepted > 5, "\(outcome.fault)")
        #expect((rig.bench.hardwareErrors > 0) == outcome.hasErrors, "\(outcome.fault)")
        #expect((rig.bench.status.duplicates > 0) == outcome.hasDuplicates, "\(outcome.fault)")
    }
}
