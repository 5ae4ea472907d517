import ASIC
import Base
import SHA256
import Testing

@Suite struct BM13xxFrameTests {
    /// 138 of the 156 frames that were found published: with them 13 of ticket masks (`BM13xxRegisterTests`) and five told twice.
    @Test func noPublishedFrameIsMissing() {
        let tables: [[CommandVector]] = [
            CommandVector.common, CommandVector.bm1397, CommandVector.bm1366, CommandVector.bm1368,
            CommandVector.bm1370, CommandVector.bm1362,
        ]
        #expect(tables.map(\.count) == [13, 19, 18, 21, 25, 19])
        #expect(Set(ResponseVector.all.map(\.hex)).count == 19)
        let jobs = [
            JobVector.bm1397OneMidstate, JobVector.bm1397FourMidstates, JobVector.bm1370Job68, JobVector.bm1370Job18,
        ]
        #expect(CommandVector.all.count + ResponseVector.all.count + jobs.count == 138)
    }

    @Test(arguments: CommandVector.all)
    func commandsEncodeAndParse(_ vector: CommandVector) throws {
        #expect(vector.command.frame == bytes(vector.hex))
        #expect(try Command(frame: bytes(vector.hex)[...]) == vector.command)
    }

    @Test(arguments: ResponseVector.all)
    func responsesEncodeAndDecode(_ vector: ResponseVector) throws {
        let frame = bytes(vector.hex)
        let length = try #require(Response.Length(rawValue: frame.count))
        var encoded: [UInt8] = []
        vector.response.append(to: &encoded, length: length)
        #expect(encoded == frame)
        for expected in [length, nil] {
            var receiver = ResponseReceiver(length: expected)
            #expect(frame.compactMap { receiver.receive($0) } == [vector.response])
            #expect(receiver.latestLength == length)
            #expect(receiver.checksumErrorCount == 0)
        }
    }

    @Test func damagedCommandsAreRefused() {
        let good = bytes("55 AA 51 09 00 14 00 00 00 FF 08")
        #expect(throws: FrameError.tooShort(3)) { try Command(frame: good.prefix(3)) }
        #expect(throws: FrameError.preamble) { try Command(frame: [0xAA] + good.dropFirst()) }
        #expect(throws: FrameError.length(9, expected: 8)) { try Command(frame: good.dropLast()) }
        #expect(throws: FrameError.checksum) { try Command(frame: good.dropLast() + [0x09]) }
        // A header of neither command nor job, with a right checksum.
        var foreign = bytes("61 05 00 00")
        foreign.append(CRC5.checksum(of: foreign))
        #expect(throws: FrameError.header(0x61)) { try Command(frame: [0x55, 0xAA] + foreign) }
    }

    @Test func oneMidstateJob() throws {
        let frame = bytes(JobVector.bm1397OneMidstate)
        let job = try MidstateJob(frame: frame[...])
        #expect(job.id == 0x00)
        #expect(job.slotCount == 1)
        #expect(job.bits == 0x1707_9E15)
        #expect(job.time == 0x638E_3275)
        var encoded: [UInt8] = []
        job.append(to: &encoded)
        #expect(encoded == frame)
    }

    @Test func fourMidstateJobFromAPublishedPoolNotification() throws {
        let frame = bytes(JobVector.bm1397FourMidstates)
        let job = try MidstateJob(frame: frame[...])
        #expect(job.id == 0x04)
        #expect(job.slotCount == 4)
        #expect(job.bits == 0x1705_DD01)
        #expect(job.time == 0x6465_8BD8)
        #expect(job.merkleTail == 0xC604_A846)
        let midstate = try #require(
            Digest(bytes: bytes("52eadf9168739f8a5d490d3d1574ddd6cb21cae1e35917415f7d5de04d3185f2")))
        #expect(job.midstates[0] == midstate.words)
        #expect(job.midstates[3] == .zero)
        var encoded: [UInt8] = []
        job.append(to: &encoded)
        #expect(encoded == frame)
    }

    @Test func fullJobs() throws {
        for (hex, id) in [(JobVector.bm1370Job68, UInt8(0x68)), (JobVector.bm1370Job18, 0x18)] {
            let frame = bytes(hex)
            let job = try FullJob(frame: frame[...])
            #expect(job.id == id)
            #expect(job.version == 0x2000_0000)
            var encoded: [UInt8] = []
            job.append(to: &encoded)
            #expect(encoded == frame)
            var damaged = frame
            damaged[20] ^= 1
            #expect(throws: FrameError.checksum) { try FullJob(frame: damaged[...]) }
        }
    }

    @Test func aChipFindsFramesAmongNoise() {
        var receiver = CommandReceiver(jobFormat: .fullHeader)
        let stream =
            [0x55, 0x00, 0x55] + bytes("55 AA 52 05 00 00 0A") + bytes("55 AA 52 05 00 00 0B")
            + bytes(JobVector.bm1370Job68) + bytes("55 AA 53 05 00 00 03")
        var commands: [Command] = []
        var jobs: [UInt8] = []
        for byte in stream {
            switch receiver.receive(byte) {
            case .command(let command): commands.append(command)
            case .fullJob(let job): jobs.append(job.id)
            case .midstateJob, nil: break
            }
        }
        #expect(commands == [.read(.chipIdentity, from: .all), .chainInactive])
        #expect(jobs == [0x68])
        #expect(receiver.skippedBytes == 3 + 7)
    }

    @Test func aChipTakesTheShortLengthByteOfVendorFirmware() throws {
        var frame = bytes(JobVector.bm1370Job68)
        frame[3] = 0x36
        let checksum = CRC16.ccittFalse(frame[2..<86])
        frame[86] = UInt8(checksum >> 8)
        frame[87] = UInt8(checksum & 0xFF)
        var receiver = CommandReceiver(jobFormat: .fullHeader)
        let found = frame.compactMap { receiver.receive($0) }
        guard case .fullJob(let job) = try #require(found.first) else {
            Issue.record("no full job")
            return
        }
        #expect(job.id == 0x68)
    }
}
