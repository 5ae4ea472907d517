import ASIC
import Base
import Testing
import Twin

@Suite struct SPIMiningTests {
    @Test func aWholeA1BoardComesUpAndItsSharesAreAccepted() throws {
        let rig = try SPIRig.a1()
        try check(rig, for: .seconds(10))
    }

    @Test func aWholeT1BoardComesUpAndItsSharesAreAccepted() throws {
        let rig = try SPIRig.t1()
        try check(rig, for: .seconds(10))
    }

    func check(_ rig: SPIRig, for duration: Duration) throws {
        let cameUp = try rig.bench.bringUp()
        print(cameUp, rig.bench.now, rig.bench.events, rig.bench.faults)
        #expect(cameUp)
        #expect(rig.bench.status.chipsPresent == rig.chain.chipCount)
        try rig.bench.run(for: duration)
        #expect(rig.bench.valid > 60)
        #expect(rig.bench.hardwareErrors == 0)
        #expect(rig.bench.status.duplicates == 0)
        #expect(rig.bench.pool.refusals == [])
        #expect(rig.bench.pool.accepted > 20)
        #expect(rig.chain.refusedJobs == 0)
        print(
            rig.bench.valid, rig.bench.pool.accepted, rig.bench.status, rig.bench.events, rig.chain.hashesPerSecond,
            rig.chain.log.headerCount, rig.bench.validByChip.count)
    }
}
