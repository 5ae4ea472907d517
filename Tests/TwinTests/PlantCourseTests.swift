import Base
import Buses
import Testing
import Twin

@Suite struct PlantCourseTests {
    /// A hash over everything that can be seen of an eventful quarter of an hour, to the last bit of every temperature.
    func course(seed: UInt64, looking: Bool = false) throws -> UInt64 {
        let bench = PlantBench(.s19(boards: 2), seed: seed)
        try bench.setFans(percent: 50)
        try bench.mine()
        try bench.rig.schedule(
            try TwinScenario.parse(
                Array(
                    """
                    at 20s fail fan1 stall for 40s
                    at 30s fail board2 dead-chips 40
                    at 40s fail sensors spikes 120C
                    at 50s set ambient 33C
                    at 70s fail air dust 30%
                    at 90s fail mains outage for 2s
                    """.utf8)))
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }
        let bus = I2CDevice(try bench.bus(), at: 0x48)
        for second in 0..<110 {
            if looking {
                for _ in 0..<10 {
                    bench.run(.milliseconds(100))
                    _ = bench.rig.acPower
                    // Driving a line to where it is counts as looking; after the outage it would be something else.
                    if second < 80 { try bench.set(0, true) }
                    _ = try bus.readBigEndianWord(0)
                }
            } else {
                bench.run(.seconds(1))
            }
            let energy = bench.rig.energy
            mix(energy.fromMains.bitPattern)
            mix(energy.storedAsHeat.bitPattern)
            mix(energy.storedInSupply.bitPattern)
            for board in bench.rig.boards { mix(UInt64(bitPattern: Int64(board.hottestDie.millidegrees))) }
            mix(UInt64(try bus.readBigEndianWord(0)))
        }
        return hash
    }

    @Test func theSameSeedGivesTheSameCourseToTheLastBit() throws {
        let first = try course(seed: 11)
        #expect(try course(seed: 11) == first)
        #expect(try course(seed: 12) != first)
    }

    @Test func lookingChangesNothing() throws {
        #expect(try course(seed: 11, looking: true) == course(seed: 11))
    }

    @Test func aRigThatWasLeftAloneForAWhileCatchesUp() throws {
        let (often, seldom) = (PlantBench(.s19(boards: 1)), PlantBench(.s19(boards: 1)))
        for bench in [often, seldom] {
            try bench.setFans(percent: 50)
            try bench.mine()
        }
        for _ in 0..<600 { often.run(.milliseconds(100)) }
        seldom.run(.seconds(60))
        #expect(often.rig.energy == seldom.rig.energy)
        #expect(often.rig.now == seldom.rig.now)
    }
}
