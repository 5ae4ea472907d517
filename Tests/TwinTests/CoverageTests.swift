import ASIC
import Base
import Mining
import Testing
import Twin

@testable import LoopbackPool

/// That simulated chips hash what is theirs, all of it and once, and report what they find: judged by hashing everything
/// again with the pool's own SHA-256.
@Suite struct CoverageTests {
    /// A header of a job, named so that two chips with the same one collide.
    struct Key: Hashable {
        var job: UInt32
        var version: UInt32
        var nonce: UInt32
    }

    @Test(arguments: BM13xxModel.all.indices)
    func uartChipsSkipNothingAndHashNothingTwice(_ index: Int) throws {
        let model = BM13xxModel.all[index]
        let rig = try UARTRig(
            model, chips: 3, zeroBits: 6, shift: 34, hashesPerSecond: 4000, logCapacity: 4000)
        #expect(try rig.bench.bringUp())
        try rig.bench.run(for: .seconds(2))
        let log = rig.chain.log
        #expect(log.isComplete)
        #expect(log.headerCount > 4000)
        var seen: Set<Key> = []
        var qualifying = 0
        for range in log.ranges {
            let work = try #require(rig.bench.work(UInt64(range.job)))
            var header = work.header
            if model.jobFormat == .midstates {
                header = try #require(work.header(slot: Int(range.version)))
            } else {
                header.version = range.version
            }
            for step in 0..<range.count {
                header.nonce = range.firstNonce &+ step * range.stride
                let isNew = seen.insert(Key(job: range.job, version: header.version, nonce: header.nonce)).inserted
                #expect(isNew)
                let hash = TextbookSHA256.doubleHash(Array(header.bytes))
                // The number's most significant bits are the last byte's: six zeros there.
                if hash[31] >> 2 == 0 { qualifying += 1 }
            }
        }
        #expect(UInt64(seen.count) == log.headerCount)
        #expect(rig.chain.reportedNonces == UInt64(qualifying))
        #expect(rig.bench.status.hardwareErrors == 0)
        for chip in 0..<3 { try expectNoGap(model, log.ranges.filter { $0.chip == chip }) }
    }

    /// Every job of the chip is searched from its beginning, engine by engine, counter by counter.
    private func expectNoGap(_ model: BM13xxModel, _ ranges: [SearchedRange]) throws {
        #expect(!ranges.isEmpty)
        var next: [UInt32: Int] = [:]
        for range in ranges {
            let unit = next[range.job, default: 0]
            next[range.job] = unit + 1
            // Versions of the mask 1FFFE000 are numbered from its lowest bit; slots as they are.
            let version = model.jobFormat == .midstates ? Int(range.version) : Int(range.version >> 13 & 0xFFFF)
            let first = ranges.first { $0.job == range.job }
            let start = try #require(first).firstNonce
            // The counter is bits 24–0 of the nonce in the order of its bytes, without the core.
            let counter = { (nonce: UInt32) in nonce.byteSwapped & 0x1FF_FFFF }
            let step = Int((counter(range.firstNonce) &- counter(start)) & 0x1FF_FFFF)
            let group = version / model.engines
            let stepsBefore = ranges.prefix { $0.job != range.job || $0 != range }.count {
                $0.job == range.job && Int($0.version >> 13 & 0xFFFF) / model.engines < group
            }
            let unitInGroup = model.jobFormat == .midstates ? unit : unit - stepsBefore
            #expect(version % model.engines == unitInGroup % model.engines)
            #expect(step == unitInGroup / model.engines)
        }
    }

    @Test(arguments: [false, true])
    func spiChipsSkipNothingAndHashNothingTwice(_ isT1: Bool) throws {
        let rig = isT1 ? try SPIRig.t1(chips: 2, logCapacity: 4000) : try SPIRig.a1(chips: 2, logCapacity: 4000)
        #expect(try rig.bench.bringUp())
        try rig.bench.run(for: .seconds(2))
        let log = rig.chain.log
        #expect(log.isComplete)
        #expect(log.headerCount > 5000)
        var seen: Set<Key> = []
        for range in log.ranges {
            #expect(range.stride == 1)
            // All nonces before it have been searched.
            let before = Key(job: range.job, version: range.version, nonce: range.firstNonce &- 1)
            #expect(range.firstNonce == 0 || seen.contains(before))
            for step in 0..<range.count {
                let isNew = seen.insert(
                    Key(job: range.job, version: range.version, nonce: range.firstNonce + step)
                ).inserted
                #expect(isNew)
            }
        }
        #expect(UInt64(seen.count) == log.headerCount)
    }
}
