import Base
import Mining
import SHA256
import Testing

/// From job to submission, on jobs whose shares are known.
@Suite struct WorkTests {
    private let start = Instant(nanoseconds: 0)

    @Test func aRecordedJobBuildsTheHeaderThatItsShareSolves() throws {
        let template = try KnownJob.recorded.work(extranonce1: "4128064f", difficulty: Difficulty(8192))
        let extranonce2 = try Extranonce2(hex: "17000000")
        #expect(
            text(template.coinbase.transactionID(extranonce2).bytes)
                == "0abff72130542f02b3e2037bc341ec00d9acca1cb91f3e53dd23a508dc196203")
        #expect(
            text(template.merkleRoot(extranonce2).bytes)
                == "06ddf5f08c36414b95ea54db71a0c28761a98bcf6355919e044f88725519a7cb")
        var source = WorkSource(template, receivedAt: start, firstExtranonce2: extranonce2.value)
        let work = try source.nextVersionSpace(now: start)
        let header = work.header(for: Solution(nonce: 0x7552_034C, versionBits: 0x00B4_4000))
        #expect(
            text(header.bytes)
                == "0040b420fd55646bc162b96dfcd4f201a3f4670d1d3996bc96520100000000000000000006ddf5f08c36414b95ea54db71a0c28761a98bcf6355919e044f88725519a7cbd7685468043a02174c035275"
        )
    }

    @Test func theHashChipsJobHasItsKnownMidstate() throws {
        let template = try KnownJob.bm1397.work(extranonce1: "", mask: nil, difficulty: Difficulty(1))
        var source = WorkSource(
            template, receivedAt: start, firstExtranonce2: try Extranonce2(hex: "3a88773a").value)
        let header = try source.nextVersions(upTo: 4, now: start).header
        #expect(text(header.merkleRoot.bytes) == "cd1be82132ef0d12053dcece1fa0247fcfdb61d4dbd3eb32ea9ef9b4c604a846")
        #expect(text(header.midstate) == "52eadf9168739f8a5d490d3d1574ddd6cb21cae1e35917415f7d5de04d3185f2")
        let tail = header.tail
        #expect(text(tail.root) + text(tail.time) + text(tail.bits) == "c604a846d88b656401dd0517")
    }

    @Test func theSlotsOfAMidstateChipAreConsecutiveVariants() throws {
        let template = try KnownJob.bm1397.work(
            extranonce1: "", mask: VersionMask(granted: 0x00FF_FF00, allowed: .max), difficulty: Difficulty(1))
        var source = WorkSource(template, receivedAt: start)
        let work = try source.nextVersions(upTo: 4, now: start)
        #expect(
            (0..<5).map { work.header(slot: $0)?.version } == [0x2000_0004, 0x2000_0104, 0x2000_0204, 0x2000_0304, nil])
        #expect(work.header(slot: -1) == nil)
        #expect(work.solution(nonce: 1, slot: 4) == nil)
        let solution = try #require(work.solution(nonce: 0xABCD, slot: 3))
        #expect(work.header(for: solution).version == 0x2000_0304)
        #expect(work.header(for: solution).nonce == 0xABCD)
        #expect(try source.nextVersions(upTo: 4, now: start).header.version == 0x2000_0404)
    }

    @Test func withoutRollingTheVersionStaysAndIsNotSubmitted() throws {
        let template = try KnownJob.recorded.work(extranonce1: "4128064f", mask: nil, difficulty: Difficulty(1))
        var source = WorkSource(template, receivedAt: start)
        let work = try source.nextVersionSpace(now: start)
        #expect(work.variantCount == 1)
        #expect(work.header(for: Solution(nonce: 0, versionBits: 0x00B4_4000)).version == 0x2000_0000)
    }

    @Test func unfitJobsAreRefusedWithWhatIsWrong() throws {
        let extranonce = Extranonce(prefix: [1, 2, 3, 4], size: 4)
        func error(_ change: (inout JobTemplate, inout Extranonce) -> Void) throws -> WorkTemplateError? {
            var job = try KnownJob.recorded.template()
            var parts = extranonce
            change(&job, &parts)
            let difficulty = try #require(Difficulty(1))
            return #expect(throws: WorkTemplateError.self) {
                try WorkTemplate(
                    job: job, extranonce: parts, versionMask: nil, difficulty: difficulty, generation: 1)
            }
        }
        let branch = try Digest(hex: String(repeating: "00", count: 32))
        #expect(try error { job, _ in job.id = [] } == .jobIDLength(0))
        #expect(try error { job, _ in job.id = [UInt8](repeating: 65, count: 65) } == .jobIDLength(65))
        #expect(try error { _, parts in parts.prefix = [UInt8](repeating: 0, count: 33) } == .extranonce1Length(33))
        #expect(try error { _, parts in parts.size = 0 } == .extranonce2Size(0))
        #expect(try error { _, parts in parts.size = 17 } == .extranonce2Size(17))
        #expect(try error { job, _ in job.merkleBranches = Array(repeating: branch, count: 33) } == .branchCount(33))
        #expect(try error { job, _ in job.bits = 0x1D80_0001 } == .bits(0x1D80_0001, .negative))
    }
}
