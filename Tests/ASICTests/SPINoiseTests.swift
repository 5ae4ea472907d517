import ASIC
import Base
import Testing

/// Chips on a bus that damages one byte in so many.
struct NoisyChips<Chips: FakeSPIChips>: FakeSPIChips {
    var chips: Chips
    var random: SplitMix64
    /// One byte in this many is wrong; none when 0.
    var period: Int
    var versionCount: UInt64 { chips.versionCount }

    mutating func exchange(_ frame: ArraySlice<UInt8>, pollLength: Int, now: Instant) -> [UInt8] {
        var received = chips.exchange(frame, pollLength: pollLength, now: now)
        guard period > 0 else { return received }
        for index in received.indices where Int.random(in: 0..<period, using: &random) == 0 {
            received[index] = UInt8.random(in: 0...255, using: &random)
        }
        return received
    }

    mutating func reset(asserted: Bool) { chips.reset(asserted: asserted) }
    mutating func power(on: Bool) { chips.power(on: on) }
    mutating func setSupply(_ vid: SupplyVID) -> Bool { chips.setSupply(vid) }
}

@Suite struct SPINoiseTests {
    /// From nothing but noise to one damaged byte in ten thousand: a chain waits between its rounds instead of spinning, and when
    /// the noise is over it hashes.
    @Test(arguments: [1, 3, 100, 3_000, 10_000])
    func anA1ChainOutlivesNoise(period: Int) throws {
        let plan = try A1Plan(chipCount: 6, minimumChipCount: 3)
        var bench = try SPIBench(
            A1Chain(plan: plan, now: Instant(nanoseconds: 0)),
            NoisyChips(chips: FakeA1Chips(count: 6), random: SplitMix64(seed: UInt64(period)), period: period))
        try bench.start()
        try bench.run(for: .seconds(60))
        bench.chips.period = 0
        if case .faulted = bench.chain.stage { try bench.start() }
        // Chips that were misread are called again after half a minute, and a chain waits up to a minute.
        #expect(try bench.run(for: .seconds(300)) { $0.chain.stage == .hashing })
        let jobs = bench.chips.chips.jobs.count
        try bench.run(for: .seconds(2))
        #expect(bench.chips.chips.jobs.count > jobs)
    }

    @Test(arguments: [1, 3, 100, 3_000, 10_000])
    func aT1ChainOutlivesNoise(period: Int) throws {
        let plan = try T1Plan(chipCount: 6, minimumChipCount: 3)
        var bench = try SPIBench(
            T1Chain(plan: plan, now: Instant(nanoseconds: 0)),
            NoisyChips(chips: FakeT1Chips(count: 6), random: SplitMix64(seed: UInt64(period)), period: period))
        try bench.start()
        try bench.run(for: .seconds(30))
        bench.chips.period = 0
        if case .faulted = bench.chain.stage { try bench.start() }
        #expect(try bench.run(for: .seconds(300)) { $0.chain.stage == .hashing })
        let jobs = bench.chips.chips.jobs.count
        try bench.run(for: .seconds(2))
        #expect(bench.chips.chips.jobs.count > jobs)
    }
}
