import Base
import Mining
import SHA256
import Testing

/// Work, scan and check fit together.
@Suite struct ScanTests {
    /// Searches work in uneven runs, and compares what the scan turns up with the hash of every single nonce.
    @Test func scanningFindsAllSharesOfAWorkAndNoOthers() throws {
        let now = Instant(nanoseconds: 0)
        let difficulty = try #require(Difficulty(significand: 1, exponent: -7))
        let template = try KnownJob.recorded.work(extranonce1: "4128064f", difficulty: difficulty)
        var source = WorkSource(template, receivedAt: now)
        var check = ShareCheck(shareTarget: difficulty.target)
        var found: [UInt32] = []
        var expected: [UInt32] = []
        for limit: UInt64 in [1, 700, 1024, 2275] {
            let work = try source.nextNonces(upTo: limit, now: now)
            let block = try #require(ScanBlock(header: work.header.bytes))
            var hits = NonceHits()
            let searched = ScanKernel.scalar.scan(
                block, from: work.header.nonce, count: work.nonceCount, topLimit: work.searchTarget.top32, into: &hits)
            #expect(searched == work.nonceCount)
            for index in 0..<hits.count {
                let solution = try #require(work.solution(nonce: hits[index], slot: 0))
                if case .share(let share) = check.check(solution, of: work, ticket: .max) { found.append(share.nonce) }
            }
            var header = work.header
            for _ in 0..<work.nonceCount {
                if UInt256(header.hash) <= work.shareTarget { expected.append(header.nonce) }
                header.nonce += 1
            }
        }
        #expect(found == expected)
        #expect(!found.isEmpty)
    }
}
