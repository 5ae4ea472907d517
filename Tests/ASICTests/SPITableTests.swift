import ASIC
import Mining
import Testing

@Suite struct SPITableTests {
    static let targets: [(bits: UInt32, difficulty: Double)] = [
        (0x1D00_FFFF, 1), (0x1D00_7FFF, 2), (0x1D00_5FFF, 3), (0x1D00_3FFF, 4), (0x1D00_1FFF, 8), (0x1D00_0FFF, 16),
        (0x1D00_07FF, 32), (0x1D00_06FF, 37), (0x1D00_05FF, 43), (0x1D00_04FF, 52), (0x1D00_03FF, 65),
        (0x1D00_02FF, 86),
        (0x1D00_027F, 103), (0x1D00_01FF, 129), (0x1C00_FFFF, 256), (0x1C00_7FFF, 512), (0x1B3F_FFFF, 1024),
        (0x1B1F_FFFF, 2048), (0x1B0F_FFFF, 4096), (0x1B07_FFFF, 8192), (0x1B03_FFFF, 16384), (0x1B01_FFFF, 32768),
        (0x1B00_FFFF, 65536), (0x1B00_7FFF, 131072),
    ]

    @Test(arguments: targets.indices)
    func reportingTargetsAreTheTablesCompactForms(level: Int) throws {
        let target = try #require(ReportingTarget(level: level))
        #expect(target.bits == Self.targets[level].bits)
        #expect(target.largestHash == (try CompactTarget(bits: target.bits)).target)
        // The nominal difficulties are rounded, one of them from 2.67.
        #expect(abs(target.largestHash.difficulty / Self.targets[level].difficulty - 1) < 0.12)
        #expect(abs(target.hashesPerResult / (target.largestHash.difficulty * 0x1p32) - 1) < 1e-4)
    }

    @Test func thereAre24ReportingTargets() {
        #expect(ReportingTarget(level: -1) == nil)
        #expect(ReportingTarget(level: 24) == nil)
        #expect(ReportingTarget.difficulty128.bits == 0x1D00_01FF)
    }

    static let uartLevels: [UInt8] = [
        54, 60, 67, 73, 80, 86, 93, 99, 106, 112, 119, 125, 132, 138, 145, 151, 158, 164, 171, 177, 184, 190, 197, 203,
        210, 216, 223, 229, 236, 242, 248, 255,
    ]

    @Test func supplyLevelsAreTheTables() throws {
        for number in 0..<32 {
            let vid = try #require(SupplyVID(number))
            #expect(vid.uartLevel == Self.uartLevels[number])
            #expect(vid.millivolts == 1608 - 9 * UInt16(number))
        }
        #expect(SupplyVID(32) == nil)
        #expect(SupplyVID.lowest < SupplyVID.highest)
        #expect(SupplyVID.lowest.lower == nil)
        #expect(SupplyVID.highest.higher == nil)
        #expect(SupplyVID.highest.lower == SupplyVID(1))
    }

    @Test func supplyFramesAreAsDocumented() {
        #expect(SupplyVID.highest.uartFrame == bytes("AA 02 01 36 C7"))
        #expect(SupplyVID.lowest.uartFrame == bytes("AA 02 01 FF FE"))
        #expect(
            SupplyMessage.setVoltage(.highest, chain: 0).bytes == bytes("00 AB 00 83 00 04 01 00 48 06 81 CD"))
        #expect(SupplyMessage.power(on: true, chain: 1).bytes == bytes("00 AB 00 85 00 02 02 01 35 CD"))
        #expect(SupplyMessage.power(on: false, chain: 0).bytes == bytes("00 AB 00 85 00 02 01 02 35 CD"))
        #expect(SupplyMessage.watchdog(seconds: 60).bytes == bytes("00 AB 00 70 00 01 02 1E CD 00"))
    }
}

@Suite struct SPIFuzzTests {
    /// Decoders take whatever a broken bus delivers: they refuse it or read something, and never trap.
    @Test(arguments: [1, 2, 3, 4])
    func decodersSurviveNoise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var understood = 0
        for round in 0..<6_000 {
            var noise = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Half of the time something that begins like a frame or an answer.
            if round % 2 == 0, noise.count > 1 {
                noise[0] = [0x01, 0x04, 0x17, 0x08, 0x09, 0x0A, 0x1A, 0x1C, 0x0D, 0x28].randomElement(using: &random)!
                noise[1] = UInt8.random(in: 0...2, using: &random)
            }
            let slice = noise.dropFirst(Int.random(in: 0...1, using: &random))
            understood += (try? A1Request(frame: slice)) == nil ? 0 : 1
            understood += (try? T1Request(frame: slice)) == nil ? 0 : 1
            understood += A1ResultAnswer(in: slice) == nil ? 0 : 1
            understood += A1Enumeration(in: slice) == nil ? 0 : 1
            let chip = UInt8.random(in: 1...68, using: &random)
            let count = Int.random(in: 1...64, using: &random)
            for request in [A1Request.readRegister(chip: chip), .fixSelfTest, .readResult, .reset(strategy: 0xED)] {
                understood += request.acknowledgement(in: slice, chipCount: count) == nil ? 0 : 1
            }
            for request in [T1Request.readRegister(chip: chip), .startSelfTest, .readResult, .reset(.all)] {
                understood += (try? request.answer(in: slice)) == nil ? 0 : 1
            }
        }
        // The noise was like enough to frames to get past the first checks.
        #expect(understood > 1_000)
    }

    /// What a frame says survives the way through its bytes.
    @Test(arguments: [11, 12])
    func framesReadBackAsTheyWereWritten(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            func words() -> SIMD8<UInt32> { .random(in: 0...(.max), using: &random) }
            func word() -> UInt32 { .random(in: 0...(.max), using: &random) }
            let chip = UInt8.random(in: 1...68, using: &random)
            let id = UInt8.random(in: 1...4, using: &random)
            let a1 = A1Request.writeJob(
                A1Job(id: id, midstate: words(), merkleTail: word(), time: word(), bits: word(), reportBits: word()),
                chip: chip)
            #expect(try A1Request(frame: a1.frame[...]) == a1)
            let t1 = T1Request.writeJob(
                T1Job(
                    id: id, midstates: (words(), words(), words(), words()), merkleTail: word(), time: word(),
                    bits: word(), reportBits: word()), chip: chip)
            #expect(try T1Request(frame: t1.frame[...]) == t1)
        }
    }
}
