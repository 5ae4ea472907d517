import Base
import Mining
import Testing

@Suite struct ShareCheckTests {
    private let start = Instant(nanoseconds: 0)
    /// What the recorded share of difficulty 29588.01 was found with.
    private let recorded = Solution(nonce: 0x7552_034C, versionBits: 0x00B4_4000)
    private let ticket = UInt256.largest(withLeadingZeroBits: 40)

    private func target(_ difficulty: UInt64) throws -> UInt256 {
        try #require(Difficulty(difficulty)).target
    }

    private func recordedWork(difficulty: UInt64 = 8192, generation: UInt32 = 1) throws -> Work {
        let template = try KnownJob.recorded.work(
            extranonce1: "4128064f", difficulty: Difficulty(difficulty), generation: generation)
        var source = WorkSource(template, receivedAt: start, firstExtranonce2: 0x17)
        return try source.nextVersionSpace(now: start)
    }

    private func blockWork(extranonce2: String = "220cf1ad") throws -> Work {
        let template = try KnownJob.block881423.work(extranonce1: "04830cee", difficulty: Difficulty(1_000_000))
        var source = WorkSource(
            template, receivedAt: start, firstExtranonce2: try Extranonce2(hex: extranonce2).value)
        return try source.nextVersionSpace(now: start)
    }

    @Test func aShareThatAPoolAcceptedIsFoundGoodAndSubmittedAsItWas() throws {
        var check = ShareCheck(shareTarget: try target(8192))
        guard case .share(let share) = check.check(recorded, of: try recordedWork(), ticket: ticket) else {
            Issue.record("no share")
            return
        }
        #expect(share.hash.text == "0000000000023704cface997bcf7388694ea43dae96c51d80658687a7d8827fe")
        #expect(agree(share.hash.difficulty, 29588.013979792577))
        #expect(String(decoding: share.jobID, as: UTF8.self) == "875b4b7")
        #expect(share.extranonce2.text == "17000000")
        #expect(text(share.time) == "685468d7")
        #expect(text(share.nonce) == "7552034c")
        #expect(share.versionBits.map { text($0) } == "00b44000")
        #expect(share.generation == 1)
    }

    @Test func aBlockIsTold() throws {
        var check = ShareCheck(shareTarget: try target(1_000_000))
        let solution = Solution(nonce: 0xFF05_FB02, versionBits: 0x0E59_6000)
        let work = try blockWork()
        #expect(
            text(work.header.merkleRoot.bytes) == "76f63a35f1b8b5016d3eb0cce2eebbdf58bf8fbea4e870c8f770346bdfcf622d")
        guard case .block(let share) = check.check(solution, of: work, ticket: ticket) else {
            Issue.record("no block")
            return
        }
        #expect(share.hash.text == "0000000000000000000269d52c24ea451225613aab095d90d771d4e29aa96cdd")
        #expect(
            [share.extranonce2.text, text(share.time), text(share.nonce), text(try #require(share.versionBits))]
                == ["220cf1ad", "679ac169", "ff05fb02", "0e596000"])
    }

    @Test func aMinerOfAnotherMakeFoundTheSameDifficulty() throws {
        let template = try KnownJob.may2023.work(
            extranonce1: "01000000", mask: nil, difficulty: Difficulty(683))
        var source = WorkSource(template, receivedAt: start)
        let work = try source.nextVersionSpace(now: start)
        #expect(
            text(work.header.merkleRoot.bytes) == "5bdc1968499c3393873edf8e07a1c3a50a97fc3a9d1a376bbf77087dd63778eb")
        let solution = Solution(nonce: 0x0A02_9ED1, versionBits: 0)
        #expect(
            text(work.header(for: solution).bytes)
                == "040000204595850c738349a3fa5274a511b72ec265a4f23d5243050000000000000000005bdc1968499c3393873edf8e07a1c3a50a97fc3a9d1a376bbf77087dd63778ebb52570643aae0517d19e020a"
        )
        var check = ShareCheck(shareTarget: work.shareTarget)
        guard case .share(let share) = check.check(solution, of: work, ticket: ticket) else {
            Issue.record("no share")
            return
        }
        #expect(share.hash.text == "00000000005fe144efbc66241c0094b8fdc2702b7729226fdfed70ca8094c0b5")
        #expect(agree(share.hash.difficulty, 683.5109367, digits: 10))
        #expect(share.versionBits == nil)
    }

    @Test func difficultyIsExactToTheLastUnit() throws {
        let work = try recordedWork(difficulty: 29588)
        var check = ShareCheck(shareTarget: try target(29588))
        guard case .share = check.check(recorded, of: work, ticket: ticket) else {
            Issue.record("29588.01 must meet 29588")
            return
        }
        let harder = try recordedWork(difficulty: 29589)
        var strict = ShareCheck(shareTarget: try target(29589))
        guard case .belowPool(let hash) = strict.check(recorded, of: harder, ticket: ticket) else {
            Issue.record("29588.01 must not meet 29589")
            return
        }
        #expect(agree(hash.difficulty, 29588.013979792577))
    }

    @Test func anyErrorOnTheWayIsAHardwareError() throws {
        let work = try recordedWork()
        var check = ShareCheck(shareTarget: work.shareTarget)
        var wrong = [
            Solution(nonce: recorded.nonce, versionBits: 0),
            Solution(nonce: recorded.nonce.byteSwapped, versionBits: recorded.versionBits),
            Solution(nonce: recorded.nonce ^ 1, versionBits: recorded.versionBits),
        ]
        wrong.append(Solution(nonce: recorded.nonce, versionBits: recorded.versionBits ^ 0x2000))
        for solution in wrong {
            guard case .hardwareError(let hash) = check.check(solution, of: work, ticket: ticket) else {
                Issue.record("\(solution) must fail")
                continue
            }
            #expect(hash.difficulty < 1)
        }
        let otherExtranonce = try blockWork(extranonce2: "230cf1ad")
        let solution = Solution(nonce: 0xFF05_FB02, versionBits: 0x0E59_6000)
        guard case .hardwareError = check.check(solution, of: otherExtranonce, ticket: ticket) else {
            Issue.record("another extranonce2 must fail")
            return
        }
    }

    @Test func aBranchInTheWrongByteOrderChangesTheRoot() throws {
        var job = KnownJob.recorded
        let reversed = try decoded(job.branches[0]).reversed()
        job.branches[0] = text(reversed)
        let template = try job.work(extranonce1: "4128064f", difficulty: Difficulty(8192))
        #expect(
            text(template.merkleRoot(try Extranonce2(hex: "17000000")).bytes)
                != "06ddf5f08c36414b95ea54db71a0c28761a98bcf6355919e044f88725519a7cb")
    }

    @Test func aShareMeetsTheOldOrTheNewDifficulty() throws {
        // Found under 8192, checked after a rise to 100,000.
        var raised = ShareCheck(shareTarget: try target(8192))
        raised.shareTarget = try target(100_000)
        guard case .share = raised.check(recorded, of: try recordedWork(), ticket: ticket) else {
            Issue.record("the old difficulty must do")
            return
        }
        // Found under 100,000, checked after a fall to 8192.
        var lowered = ShareCheck(shareTarget: try target(100_000))
        let work = try recordedWork(difficulty: 100_000)
        guard case .belowPool = lowered.check(recorded, of: work, ticket: ticket) else {
            Issue.record("29588 is below 100,000")
            return
        }
        lowered.shareTarget = try target(8192)
        guard case .share = lowered.check(recorded, of: work, ticket: ticket) else {
            Issue.record("the new difficulty must do")
            return
        }
    }

    @Test func aShareIsSubmittedOnce() throws {
        let work = try recordedWork()
        var check = ShareCheck(shareTarget: work.shareTarget)
        guard case .share = check.check(recorded, of: work, ticket: ticket) else {
            Issue.record("the first must pass")
            return
        }
        // Bits outside the mask are not part of the version, so this is the same share.
        let disguised = Solution(nonce: recorded.nonce, versionBits: recorded.versionBits | 1)
        for solution in [recorded, disguised] {
            guard case .duplicate(let hash) = check.check(solution, of: work, ticket: ticket) else {
                Issue.record("\(solution) must be a duplicate")
                continue
            }
            #expect(agree(hash.difficulty, 29588.013979792577))
        }
        // The same numbers under another job are another share.
        guard case .share = check.check(recorded, of: try recordedWork(generation: 2), ticket: ticket) else {
            Issue.record("another job must pass")
            return
        }
        check.forgetShares()
        guard case .share = check.check(recorded, of: work, ticket: ticket) else {
            Issue.record("forgotten shares must pass")
            return
        }
    }

    @Test func duplicatesAreToldAmongTheMostRecentShares() throws {
        var check = ShareCheck(shareTarget: .max, memory: 8)
        let works = try (0..<9).map { try recordedWork(generation: UInt32($0)) }
        func isNew(_ index: Int) -> Bool {
            if case .share = check.check(recorded, of: works[index], ticket: .max) { return true }
            return false
        }
        #expect((0..<9).allSatisfy(isNew))
        #expect(!(1..<9).contains(where: isNew))
        // The oldest had to give way, and takes the place of the next oldest.
        #expect(isNew(0))
        #expect(!isNew(2))
        #expect(isNew(1))
        #expect(isNew(2))
        #expect(!isNew(8))
    }
}
