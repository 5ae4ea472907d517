import CSHA256
import Foundation
import Testing

@testable import SHA256

@Suite struct KernelSelectionTests {
    /// A clock that moves by a millisecond whenever it is read.
    final class Ticks {
        private var milliseconds = 0
        func next() -> Duration {
            milliseconds += 1
            return .milliseconds(milliseconds)
        }
    }

    private func select(_ candidates: [ScanKernel]) -> KernelSelection {
        let ticks = Ticks()
        return KernelSelection(candidates: candidates, trial: .milliseconds(2), processorTime: ticks.next)
    }

    @Test func everyKernelOfThisMachinePassesItsSelfTest() {
        let selection = select(ScanKernel.runnable)
        #expect(selection.rejected.isEmpty)
        #expect(selection.ranking.count == ScanKernel.runnable.count)
        #expect(selection.ranking.contains { $0.kernel.name.description == "scalar" })
    }

    /// SHA instructions with the vector registers' upper halves in use are a hundred times slower and still right.
    @Test func noKernelIsFarSlowerThanThePortableOne() throws {
        let selection = KernelSelection {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let scalar = try #require(selection.ranking.first { $0.kernel.name.description == "scalar" })
        for measured in selection.ranking {
            #expect(measured.noncesPerSecond > scalar.noncesPerSecond / 2, "\(measured.kernel.name)")
        }
    }

    @Test func aKernelThatMissesNoncesIsDropped() {
        let blind = ScanKernel(name: "blind", lanes: 1) { _, _, groups, _, _ in groups }
        let selection = select([blind, .scalar])
        #expect(selection.rejected.count == 1)
        #expect(selection.rejected.first?.fault == .failsKnownBlock(nonce: 0x7C2B_AC1D))
        #expect(selection.fastest?.name.description == "scalar")
    }

    @Test func aKernelWithAWrongHashInOneLaneIsDropped() {
        // Solves the known blocks but gets the low bit wrong when that is not what the search looks for.
        let wrong = ScanKernel(name: "wrong", lanes: 1) { work, first, groups, mask, last in
            let passed = ScanKernel.scalar.search(work, first, groups, mask, last)
            if mask == 0 { last.pointee ^= 1 }
            return passed
        }
        #expect(select([wrong]).rejected.first?.fault == .wrongHash(lane: 0))
        #expect(select([wrong]).fastest == nil)
    }

    @Test func aKernelThatIgnoresTheMaskIsDropped() {
        let deaf = ScanKernel(name: "deaf", lanes: 1) { work, first, groups, mask, last in
            ScanKernel.scalar.search(work, first, groups, mask == 0 ? 0 : ~0, last)
        }
        #expect(select([deaf]).rejected.first?.fault == .wrongHits)
    }

    @Test func theFastestComesFirst() {
        // Twice as much time passes while the slow one works.
        var elapsed = Duration.zero
        var tick = Duration.milliseconds(3)
        let selection = KernelSelection(candidates: [.scalar, .scalar], trial: .milliseconds(5)) {
            elapsed += tick
            if elapsed > .milliseconds(8) { tick = .milliseconds(1) }
            return elapsed
        }
        #expect(selection.ranking.count == 2)
        #expect(selection.ranking[0].noncesPerSecond > selection.ranking[1].noncesPerSecond)
    }

    @Test func aClockThatStandsStillEndsTheTrial() {
        let selection = KernelSelection(candidates: [ScanKernel.runnable[0]], trial: .milliseconds(1)) { .zero }
        #expect(selection.ranking.first?.noncesPerSecond == 0)
    }

    @Test func anInstructionSetNeedsTheOnesBelowIt() {
        let features = csha256_features()
        func has(_ feature: csha256_feature) -> Bool { features & feature.rawValue != 0 }
        if has(CSHA256_AVX512) { #expect(has(CSHA256_AVX2)) }
        if has(CSHA256_AVX2) { #expect(has(CSHA256_AVX)) }
    }
}
