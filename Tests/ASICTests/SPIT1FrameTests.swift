import ASIC
import Base
import Mining
import Testing

@Suite struct SPIT1FrameTests {
    static func register(_ megahertz: UInt32) -> T1Register {
        T1Register(level: T1ClockLevel(upTo: .megahertz(megahertz))!)
    }

    static let frames: [(request: T1Request, frame: String)] = [
        (.reset(.all), "04 00 00 00"),
        (.reset(.jobs), "04 00 ED ED"),
        (.reset(.selfTest), "04 00 20 20"),
        (.reset(.clean), "04 00 FF FF"),
        (.startSelfTest, "01 00 00 00"),
        (.collectSelfTest, "0B 00 00 00"),
        (.fixSelfTest, "03 00 00 00"),
        (.readRegister(chip: 34), "0A 22"),
        (.readResult, "08 00 00 00"),
        (.writeRegister(register(120), chip: 0), "09 00 02 50 40 C2 00 00 00 A0 00 24 00 00 D5 FA"),
        (.writeRegister(register(1200), chip: 0), "09 00 02 64 40 02 00 00 00 A0 00 20 00 00 56 4F"),
        (.writeRegister(register(1332), chip: 0), "09 00 02 6F 40 02 00 00 00 A0 00 20 00 00 8D AA"),
        (.writeRegister(register(1332), chip: 5), "09 05 02 6F 40 02 00 00 00 A0 00 20 00 00 88 AF"),
        (.writeConverterDivider(5, chip: 0), "0D 00 02 50 A0 06 28 05 03 00 00 00 00 00 11 47"),
        (.writeConverterDivider(0x40, chip: 0), "0D 00 02 50 A0 06 28 40 03 00 00 00 00 00 1E 83"),
    ]

    @Test(arguments: frames.indices)
    func framesAreAsDocumented(index: Int) throws {
        let (request, frame) = Self.frames[index]
        #expect(request.frame == bytes(frame))
        #expect(request.frame.count == request.frameLength)
        #expect(try T1Request(frame: request.frame[...]) == request)
    }

    @Test(arguments: frames.indices)
    func damagedFramesWithAChecksumAreRefused(index: Int) {
        let frame = Self.frames[index].request.frame
        guard frame.count == 16 else { return }
        for byte in 2..<16 {
            var damaged = frame
            damaged[byte] ^= 0x04
            #expect(throws: FrameError.checksum) { try T1Request(frame: damaged[...]) }
        }
    }

    @Test func theChecksumIsModbusOverSwappedWords() {
        #expect(CRC16.modbus("123456789".utf8) == 0x4B37)
        let text = Array("12345678".utf8)
        let swapped = Array("21436587".utf8)
        #expect(T1Checksum.checksum(of: swapped[...]) == CRC16.modbus(text))
    }

    @Test func aJobCarriesFourMidstatesLastFirst() throws {
        let header = SPIVector.header
        func midstate(_ version: UInt32) -> SIMD8<UInt32> { SPIVector.header(version: version).midstate }
        let job = T1Job(
            id: 1,
            midstates: (midstate(0x2000_0000), midstate(0x2000_4000), midstate(0x2000_8000), midstate(0x2001_0000)),
            merkleTail: header.merkleRoot.words[7], time: header.time, bits: header.bits, reportBits: 0x1D00_01FF)
        let request = T1Request.writeJob(job, chip: 3)
        #expect(request.frame == SPIVector.t1Job)
        #expect(request.pollLength(chipCount: 68) == 0)
        #expect(try T1Request(frame: SPIVector.t1Job[...]) == request)
        var damaged = SPIVector.t1Job
        damaged[100] ^= 1
        #expect(throws: FrameError.checksum) { try T1Request(frame: damaged[...]) }
    }

    @Test func microIdentifiersAreBitsOfTheSlot() {
        #expect((0..<4).map { T1Job.microID(ofSlot: $0) } == [0, 2, 4, 8])
        for slot in 0..<4 { #expect(T1Job.slot(ofMicroID: T1Job.microID(ofSlot: slot)) == slot) }
        #expect(T1Job.slot(ofMicroID: 1) == nil)
        #expect(T1Job.slot(ofMicroID: 255) == nil)
    }

    @Test func aRegisterReplySaysWhatTheChipMeasures() throws {
        let reply = bytes("1A 03 02 6F 40 02 00 00 00 A1 E4 23 00 20 BF CA")
        let request = T1Request.readRegister(chip: 3)
        let answer = try request.answer(in: ([0, 0, 0, 0] + reply)[...])
        var register = T1Register(level: T1ClockLevel(301)!)
        register.converterValue = 0x1E4
        register.queueState = 3
        register.cores = 32
        #expect((0..<12).map { register[$0] } == Array(answer.dropFirst(2)))
        #expect(register.isQueueFull)
        #expect(register.runs(at: T1ClockLevel(301)!))
        #expect(!register.runs(at: T1ClockLevel(300)!))
        #expect(T1Register.millicelsius(converterValue: register.converterValue) == 69_833)
        #expect(request.answer(head: (0x1A, 3), payload: Array(answer.dropFirst(2))) == reply)
        #expect(throws: T1AnswerError.missing) { try T1Request.readRegister(chip: 4).answer(in: reply[...]) }
        var damaged = reply
        damaged[8] ^= 0x10
        #expect(throws: T1AnswerError.checksum) { try request.answer(in: damaged[...]) }
    }

    @Test func aResultReplyNamesJobChipAndMidstate() throws {
        let reply = bytes("28 11 00 04 4C 03 52 75 B3 4F")
        let result = T1Result(jobID: 2, chip: 17, microID: 4, nonce: 0x7552_034C)
        #expect(result.bytes == reply)
        let answer = try T1Request.readResult.answer(in: ([0x08, 0, 0, 0] + reply)[...])
        #expect(Array(answer) == Array(reply.dropLast(2)))
    }

    @Test(arguments: 1...68)
    func theAnswerOfTheFarthestChipIsWithinThePoll(chipCount: Int) throws {
        for request in Self.frames.map(\.request) {
            let length = request.frameLength + request.pollLength(chipCount: chipCount)
            var received = [UInt8](repeating: 0, count: length)
            let head: (UInt8, UInt8) = request.code == 0x0A ? (0x1A, 34) : (request.code, 1)
            let answer = request.answer(head: head, payload: Array(repeating: 0, count: request.payloadLength))
            // Four bytes of delay a chip, counted from the frame's end.
            let place = request.frameLength + 4 * chipCount
            received.replaceSubrange(place..<place + answer.count, with: answer)
            #expect(received.count == length)
            #expect(try request.answer(in: received[...]).first == head.0)
        }
    }

    @Test func aChainWithoutResultsGivesNone() {
        let echo: [UInt8] = [0, 0, 0, 0, 0x08, 0, 0, 0] + [UInt8](repeating: 0, count: 20)
        #expect(throws: T1AnswerError.missing) { try T1Request.readResult.answer(in: echo[...]) }
        #expect(throws: T1AnswerError.missing) { try T1Request.readResult.answer(in: []) }
    }

    @Test func levelsGoUpWithoutGapOrRepetition() throws {
        let levels = try (0..<324).map { try #require(T1ClockLevel($0)) }
        #expect(levels.map(\.frequency) == levels.map(\.frequency).sorted())
        #expect(Set(levels.map(\.frequency)).count == 324)
        #expect(T1ClockLevel(324) == nil)
        #expect(T1ClockLevel(-1) == nil)
        for level in levels { #expect(T1ClockLevel(upTo: level.frequency) == level) }
        #expect(T1ClockLevel(upTo: .megahertz(119)) == nil)
    }

    /// The corners of the vendor's table: level, dividers, kilohertz.
    static let corners: [(level: Int, pre: UInt8, feedback: UInt16, post: UInt8, kilohertz: UInt32)] = [
        (0, 1, 80, 3, 120_000), (1, 1, 81, 3, 121_500), (19, 1, 99, 3, 148_500), (20, 1, 50, 2, 150_000),
        (49, 1, 79, 2, 237_000), (50, 2, 160, 2, 240_000), (89, 2, 199, 2, 298_500), (90, 2, 100, 1, 300_000),
        (189, 2, 199, 1, 597_000), (190, 2, 100, 0, 600_000), (289, 2, 199, 0, 1_194_000), (290, 1, 100, 0, 1_200_000),
        (301, 1, 111, 0, 1_332_000), (323, 1, 133, 0, 1_596_000),
    ]

    @Test(arguments: corners.indices)
    func levelsHaveTheTabledDividers(index: Int) throws {
        let row = Self.corners[index]
        let level = try #require(T1ClockLevel(row.level))
        #expect(level.preDivider == row.pre)
        #expect(level.feedback == row.feedback)
        #expect(level.postDividerPower == row.post)
        #expect(level.frequency == ClockFrequency(hertz: row.kilohertz * 1000))
    }

    @Test func theConverterDividerFollowsTheClock() throws {
        #expect(T1ClockLevel.lowest.converterDivider == 5)
        #expect(try #require(T1ClockLevel(301)).converterDivider == 0x40)
        // The converter stays near 650 kHz: within one step of its divider.
        for number in 0..<324 {
            let level = try #require(T1ClockLevel(number))
            let kilohertz = Double(level.frequency.hertz) / 2000 / 16 / Double(level.converterDivider)
            #expect((640...830).contains(kilohertz))
        }
    }

    @Test func theLowClockBitIsSetBelow552Megahertz() throws {
        #expect(Self.register(549)[9] == 0x24)
        #expect(Self.register(552)[9] == 0x20)
    }

    @Test func voltagesScaleWithTheConverter() {
        #expect(T1Register.millivolts(converterValue: 0) == 0)
        #expect(T1Register.millivolts(converterValue: 331) == 403)
        #expect(T1Register.millivolts(converterValue: 1023) == 1246)
        #expect(T1Register.millicelsius(converterValue: 588) == 500)
        #expect(T1Register.millicelsius(converterValue: 1023) == -289_500)
    }

    @Test(arguments: ["", "0A", "04 00", "09 00 02 50", "0D 00 02 50", "04 00 33 33", "02 00", "2A 01", "08 01 00 00"])
    func framesThatChipsCannotTakeAreRefused(hex: String) {
        #expect(throws: FrameError.self) { try T1Request(frame: bytes(hex)[...]) }
    }

    @Test func plansAreChecked() throws {
        #expect(throws: ChainPlanError.chipCount(69)) { try T1Plan(chipCount: 69) }
        #expect(throws: ChainPlanError.minimumChipCount(0)) { try T1Plan(minimumChipCount: 0) }
        #expect(throws: ChainPlanError.chipMillivolts(446)) { try T1Plan(chipMillivolts: 446) }
        #expect(throws: ChainPlanError.self) { try T1Plan(frequency: .megahertz(1404)) }
        let wide = ClockFrequency.megahertz(100)...ClockFrequency.megahertz(1392)
        #expect(throws: ChainPlanError.unreachable(.megahertz(300))) {
            try T1Plan(frequency: .megahertz(300), frequencies: wide)
        }
    }
}

extension T1Request {
    /// Bytes of the answer between head and checksum.
    var payloadLength: Int {
        switch self {
        case .readResult: 6
        case .readRegister, .writeConverterDivider, .writeRegister: 12
        default: answerLength == 0 ? 0 : 2
        }
    }
}
