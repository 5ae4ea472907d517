import ASIC
import Mining
import Testing

@Suite struct SPIA1FrameTests {
    /// Frames as documented, with the bytes polled for a chain of eight and the place of the answer.
    static let frames: [(request: A1Request, frame: String, poll: Int, answerAt: Int?)] = [
        (.reset(strategy: A1Request.dropJobs), "04 00 ED ED 00 00", 32, 32),
        (.readRegister(chip: 1), "0A 01 00 00", 8, 2),
        (.readRegister(chip: 5), "0A 05 00 00", 24, 18),
        (
            .writeClock(A1Clock(feedback: 50, preDivider: 1, postDivider: 1)!, chip: 0),
            "09 00 42 32 21 84 00 00 00 00", 32, 32
        ),
        (.readResult, "08 00 00 00 00 00 00 00", 40, nil),
        (.startSelfTest, "01 00 00 00 00 00", 254, nil),
        (.fixSelfTest, "03 00 00 00", 32, 32),
    ]

    @Test(arguments: frames.indices)
    func framesAreAsDocumented(index: Int) throws {
        let (request, frame, poll, answerAt) = Self.frames[index]
        #expect(request.frame == bytes(frame))
        #expect(request.frame.count == request.frameLength)
        #expect(request.pollLength(chipCount: 8) == poll)
        if let answerAt { #expect(request.replyOffset(chipCount: 8) == answerAt) }
        #expect(try A1Request(frame: request.frame[...]) == request)
    }

    @Test func aJobCarriesMidstateAndTail() throws {
        let header = SPIVector.header
        let job = A1Job(
            id: 1, midstate: header.midstate, merkleTail: header.merkleRoot.words[7], time: header.time,
            bits: header.bits, reportBits: 0x1D00_FFFF)
        let request = A1Request.writeJob(job, chip: 3)
        #expect(request.frame == SPIVector.a1Job)
        #expect(request.pollLength(chipCount: 8) == 10)
        #expect(try A1Request(frame: SPIVector.a1Job[...]) == request)
    }

    /// `ack_off` of the transaction rule, for every chip of every chain, worked out anew.
    @Test(arguments: 1...64)
    func answersStandWhereTheChainDelaysThemTo(chipCount: Int) throws {
        for chip in 1...chipCount {
            let read = A1Request.readRegister(chip: UInt8(chip))
            // Frame and poll together, less what the answer and the frame take up.
            let total = read.frameLength + read.pollLength(chipCount: chipCount)
            #expect(read.replyOffset(chipCount: chipCount) == total - (4 + 6))
            #expect(read.replyOffset(chipCount: chipCount) == 4 * chip - 2)
            var received = [UInt8](repeating: 0, count: total)
            let status = A1Status(
                clockBytes: [0x42, 0x32], isLocked: true, queue: .oneFree, queuedJobs: (0, 2), cores: 31)
            received.replaceSubrange(4 * chip - 2..<4 * chip + 6, with: status.answer(chip: UInt8(chip)))
            #expect(read.acknowledgement(in: received[...], chipCount: chipCount)?.first == 0x1A)
            // The answer of another chip, or at another place, is none.
            let other = A1Request.readRegister(chip: UInt8(chip % 64 + 1))
            #expect(other.acknowledgement(in: received[...], chipCount: chipCount) == nil)
            #expect(read.acknowledgement(in: received.dropFirst(2), chipCount: chipCount) == nil)
        }
        let fix = A1Request.fixSelfTest
        #expect(fix.replyOffset(chipCount: chipCount) == 4 * chipCount)
        #expect(fix.pollLength(chipCount: chipCount) == 4 * chipCount)
    }

    @Test func beforeChipsAreCountedEightAreAssumed() {
        #expect(A1Request.reset(strategy: 0xED).pollLength(chipCount: nil) == 32)
    }

    @Test(arguments: 1...64)
    func enumerationTellsTheCountTwice(chipCount: Int) throws {
        var received = [UInt8](repeating: 0, count: 260)
        received[4 * chipCount] = 0x01
        received[4 * chipCount + 3] = UInt8(chipCount)
        let both = try #require(A1Enumeration(in: received[...]))
        #expect(both.reported == chipCount)
        #expect(both.estimated == chipCount)
        received[4 * chipCount + 3] = 0
        let again = try #require(A1Enumeration(in: received[...]))
        #expect(again.reported == 0)
        #expect(again.chipCount == chipCount)
    }

    @Test func silenceIsNoEnumeration() {
        #expect(A1Enumeration(in: [UInt8](repeating: 0, count: 260)[...]) == nil)
        #expect(A1Enumeration(in: []) == nil)
    }

    @Test func aStatusSaysWhatTheRegisterHolds() throws {
        let request = A1Request.readRegister(chip: 1)
        let received = [0, 0] + bytes("1A 01 84 96 01 03 12 1F") + [0, 0]
        let answer = try #require(request.acknowledgement(in: received[...], chipCount: 1))
        let status = try #require(A1Status(answer: answer))
        #expect(status.clockBytes == [0x84, 0x96])
        #expect(status.isLocked)
        #expect(status.queue == .full)
        #expect(status.queuedJobs == (1, 2))
        #expect(status.cores == 31)
        #expect(status.answer(chip: 1) == bytes("1A 01 84 96 01 03 12 1F"))
    }

    @Test func resultsAreSearchedWordByWord() {
        let found = [0, 0, 0, 0] + bytes("28 11 4C 03 52 75") + [0, 0, 0, 0]
        #expect(A1ResultAnswer(in: found[...]) == .result(jobID: 2, chip: 17, nonce: 0x7552_034C))
        #expect(A1ResultAnswer(in: [0, 0, 8, 0, 0, 0, 0, 0][...]) == .empty)
        #expect(A1ResultAnswer(in: [0, 8, 1, 0, 0, 0, 0, 0][...]) == nil)
        #expect(A1ResultAnswer(in: [UInt8](repeating: 0, count: 48)[...]) == nil)
        // Cut off in the middle of the nonce.
        #expect(A1ResultAnswer(in: bytes("00 00 28 11 4C 03")[...]) == nil)
        let answer = A1ResultAnswer.result(jobID: 2, chip: 17, nonce: 0x7552_034C)
        #expect(answer.bytes == bytes("28 11 4C 03 52 75"))
    }

    static let clocks: [(megahertz: UInt32, feedback: UInt16, pre: UInt8, post: UInt8, bytes: String)] = [
        (800, 50, 1, 1, "42 32"), (800, 100, 2, 1, "44 64"), (600, 150, 2, 2, "84 96"), (200, 200, 4, 3, "C8 C8"),
    ]

    @Test(arguments: clocks.indices)
    func clocksAreAsDocumented(index: Int) throws {
        let row = Self.clocks[index]
        let clock = try #require(A1Clock(feedback: row.feedback, preDivider: row.pre, postDivider: row.post))
        #expect(clock.frequency == .megahertz(row.megahertz))
        #expect([clock.bytes.0, clock.bytes.1] == bytes(row.bytes))
        #expect(A1Clock(bytes: clock.bytes) == clock)
        #expect(try #require(A1Clock(nearest: .megahertz(row.megahertz))).frequency == .megahertz(row.megahertz))
    }

    @Test func theSearchPrefersSmallFactorsThenThePostDivider() {
        #expect(A1Clock(nearest: .megahertz(800)) == A1Clock(feedback: 50, preDivider: 1, postDivider: 1))
        #expect(A1Clock(nearest: .megahertz(600)) == A1Clock(feedback: 75, preDivider: 1, postDivider: 2))
        #expect(A1Clock(nearest: ClockFrequency(hertz: 1000)) == nil)
        #expect(A1Clock(feedback: 512, preDivider: 1, postDivider: 1) == nil)
        #expect(A1Clock(feedback: 1, preDivider: 0, postDivider: 1) == nil)
        #expect(A1Clock(feedback: 1, preDivider: 1, postDivider: 4) == nil)
    }

    @Test func everyWholeMegahertzIsMetClosely() throws {
        for megahertz in UInt32(200)...1000 {
            let clock = try #require(A1Clock(nearest: .megahertz(megahertz)))
            #expect(abs(Double(clock.frequency.hertz) / Double(megahertz * 1_000_000) - 1) < 0.002)
        }
    }

    @Test(arguments: ["", "0A", "04 00 ED", "09 00 42", "02 00", "1A 01 00 00", "08 01", "09 00 00 00"])
    func framesThatChipsCannotTakeAreRefused(hex: String) {
        #expect(throws: FrameError.self) { try A1Request(frame: bytes(hex)[...]) }
    }

    @Test func plansAreChecked() throws {
        #expect(throws: ChainPlanError.chipCount(65)) { try A1Plan(chipCount: 65) }
        #expect(throws: ChainPlanError.chipCount(0)) { try A1Plan(chipCount: 0) }
        #expect(throws: ChainPlanError.minimumChipCount(9)) { try A1Plan(chipCount: 8, minimumChipCount: 9) }
        #expect(throws: ChainPlanError.self) { try A1Plan(chipCount: 8, frequency: .megahertz(801)) }
        #expect(throws: ChainPlanError.self) { try A1Plan(chipCount: 8, frequency: .megahertz(199)) }
        #expect(try A1Plan(chipCount: 8).frequency == .megahertz(800))
    }
}
