import ASIC
import Base
import Testing
import Twin

@Suite struct UARTMiningTests {
    @Test(arguments: BM13xxModel.all.indices)
    func aWholeBoardComesUpAndItsSharesAreAccepted(_ index: Int) throws {
        let model = BM13xxModel.all[index]
        let rig = try UARTRig(model)
        #expect(try rig.bench.bringUp())
        #expect(rig.bench.status.chipsPresent == model.usualChipCount)
        try rig.bench.run(for: .seconds(6))
        #expect(rig.bench.valid > 100)
        #expect(rig.bench.hardwareErrors == 0)
        #expect(rig.bench.duplicates == 0)
        #expect(rig.bench.status.duplicates == 0)
        #expect(rig.bench.pool.refusals == [])
        #expect(rig.bench.pool.accepted > rig.bench.valid / 4)
        // Each chip's share of the nonces tells who found it; how BM1368 chips share them is not known.
        let isAttributed = model.digits != 0x1368
        #expect(rig.bench.validWithoutChip == (isAttributed ? 0 : rig.bench.valid))
        if isAttributed { #expect(rig.bench.validByChip.count > model.usualChipCount * 4 / 5) }
        let expected = rig.chain.hashesPerSecond
        #expect(rig.bench.status.standardError < expected / 10)
    }
}
