import ASIC
import Base
import Testing
import Twin

@Suite struct SPIMiningTests {
    @Test func aWholeA1BoardComesUpAndItsSharesAreAccepted() throws {
        let rig = try SPIRig.a1()
        try check(rig, for: .seconds(6))
        #expect(rig.chain.refusedJobs == 0)
    }

    @Test func aWholeT1BoardComesUpAndItsSharesAreAccepted() throws {
        let rig = try SPIRig.t1()
        try check(rig, for: .seconds(4))
        #expect(
            rig.bench.events.contains {
                if case .supplyFound(_, averageMillivolts: 404...414) = $0 { true } else { false }
            })
        // The driver looks at one chip's queue only, so now and then a job comes to one that is still full.
        #expect(rig.chain.refusedJobs < 60)
        let temperature = try #require(rig.bench.status.chipTemperature.value)
        #expect((.degrees(20) ... .degrees(125)).contains(temperature))
    }

    func check(_ rig: SPIRig, for duration: Duration) throws {
        #expect(try rig.bench.bringUp())
        #expect(rig.bench.status.chipsPresent == rig.chain.chipCount)
        try rig.bench.run(for: duration)
        #expect(rig.bench.valid > 25)
        #expect(rig.bench.hardwareErrors == 0)
        #expect(rig.bench.duplicates == 0)
        #expect(rig.bench.status.duplicates == 0)
        #expect(rig.bench.pool.refusals == [])
        #expect(rig.bench.pool.accepted > 5)
        #expect(rig.bench.validWithoutChip == 0)
    }
}
