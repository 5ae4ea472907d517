import ASIC
import Testing

@Suite struct BM13xxRegisterTests {
    @Test(
        arguments: [
            (1, 0x0000_0000), (2, 0x0000_0080), (16, 0x0000_00F0), (64, 0x0000_00FC), (256, 0x0000_00FF),
            (512, 0x0000_80FF), (1024, 0x0000_C0FF), (2048, 0x0000_E0FF), (4096, 0x0000_F0FF), (8192, 0x0000_F8FF),
            (16384, 0x0000_FCFF), (65536, 0x0000_FFFF), (1_048_576, 0x00F0_FFFF),
        ] as [(UInt64, UInt32)])
    func ticketMasks(_ difficulty: UInt64, _ word: UInt32) {
        #expect(TicketMask(difficulty: difficulty).word == word)
        #expect(TicketMask(word: word)?.difficulty == difficulty)
    }

    @Test func ticketMaskFramesAreThePublishedOnes() throws {
        for (difficulty, hex) in [
            (1, "55 AA 51 09 00 14 00 00 00 00 1C"), (2, "55 AA 51 09 00 14 00 00 00 80 12"),
            (16, "55 AA 51 09 00 14 00 00 00 F0 1E"), (64, "55 AA 51 09 00 14 00 00 00 FC 07"),
            (256, "55 AA 51 09 00 14 00 00 00 FF 08"), (512, "55 AA 51 09 00 14 00 00 80 FF 04"),
            (1024, "55 AA 51 09 00 14 00 00 C0 FF 02"), (2048, "55 AA 51 09 00 14 00 00 E0 FF 01"),
            (4096, "55 AA 51 09 00 14 00 00 F0 FF 12"), (8192, "55 AA 51 09 00 14 00 00 F8 FF 09"),
            (16384, "55 AA 51 09 00 14 00 00 FC FF 16"), (65536, "55 AA 51 09 00 14 00 00 FF FF 17"),
            (1_048_576, "55 AA 51 09 00 14 00 F0 FF FF 04"),
        ] as [(UInt64, String)] {
            let command = Command.write(
                RegisterWrite(.ticketMask, TicketMask(difficulty: difficulty).word), to: .all)
            #expect(command.frame == bytes(hex))
            #expect(try Command(frame: bytes(hex)[...]) == command)
        }
    }

    @Test func ticketMasksRoundDownToPowersOfTwo() {
        #expect(TicketMask(difficulty: 0).difficulty == 1)
        #expect(TicketMask(difficulty: 1023).difficulty == 512)
        #expect(TicketMask(difficulty: .max).difficulty == 1 << 32)
        #expect(TicketMask(word: 0x0000_01FF) == nil)
    }

    @Test func coreMailbox() {
        #expect(CoreCommand(recipient: .allCores, operation: .write(0x0B, 0x00)).word == 0x8000_8B00)
        #expect(CoreCommand(recipient: .core(0), operation: .read(6)).word == 0x0000_06FF)
        for word: UInt32 in [0x8000_8074, 0x8000_8501, 0x0000_06FF, 0x8000_82AA, 0x8000_8DEE] {
            #expect(CoreCommand(word: word).word == word)
        }
        #expect(CoreCommand(word: 0x8000_8540) == CoreCommand(recipient: .allCores, operation: .write(5, 0x40)))
    }

    @Test func lineRates() {
        #expect(MiscControl(word: 0x0000_7A31).baudDivider == 26)
        #expect(MiscControl(word: 0x0000_7A31).baudRate == 115_740)
        #expect(MiscControl(word: 0x0000_3A01).baudRate == 115_740)
        #expect(MiscControl(word: 0x0000_6031).baudRate == 3_125_000)
        #expect(MiscControl(word: 0x0001_2701).baudRate == 6_250_000)
        #expect(MiscControl(word: 0x0001_2701).usesFastBaudClock)
        #expect(FastUART(word: 0x0130_1A00).baudRate == 115_740)
        #expect(FastUART(word: 0x1130_0200).baudRate == 1_041_666)
        #expect(FastUART(word: 0x1130_0000).baudRate == 3_125_000)
        var misc = MiscControl(word: 0x0000_6031)
        misc.baudDivider = 0x1A5
        #expect(misc.word == 0x0D00_6531)
        #expect(FastUART(word: 0x1130_0200).word == 0x1130_0200)
    }

    @Test func everyFamilyTalksAsFastAsItsBaudTableSays() {
        for family in ChipFamily.all {
            for baud in family.bauds {
                let chipRate =
                    baud.write.register == .miscControl
                    ? MiscControl(word: baud.write.value).baudRate : FastUART(word: baud.write.value).baudRate
                // Eight-N-one tolerates about two per cent between both ends.
                #expect(abs(Double(chipRate) / Double(baud.rate) - 1) < 0.01)
            }
            #expect(family.bauds.map(\.rate) == family.bauds.map(\.rate).sorted())
        }
    }

    @Test func identityVersionRollingRelayAndOffset() {
        #expect(ChipIdentity(word: 0x1397_1800) == ChipIdentity(model: 0x1397, coreByte: 0x18, address: 0))
        #expect(ChipIdentity(model: 0x1362, coreByte: 3, address: 0xFE).word == 0x1362_03FE)
        #expect(VersionRolling(versionMask: 0x1FFF_E000).word == 0x9000_FFFF)
        #expect(VersionRolling(versionMask: 0x00FF_E000).word == 0x9000_07FF)
        #expect(VersionRolling(word: 0x9000_FFFF).countCode == 1)
        #expect(UARTRelay(gapCount: 0x4F).word == 0x004F_0003)
        #expect(UARTRelay(word: 0x007C_0003) == UARTRelay(gapCount: 0x7C))
        #expect(NonceOffset(word: 0x8000_03F1) == NonceOffset(position: 1, chipCount: 65))
    }

    @Test func nonceOffsetsOfACapturedChain() {
        #expect(NonceOffset(position: 0, chipCount: 65).word == 0x8000_0000)
        #expect(NonceOffset(position: 1, chipCount: 65).word == 0x8000_03F1)
        #expect(NonceOffset(position: 64, chipCount: 65).word == 0x8000_FC10)
    }

    @Test func onChipTemperature() {
        let reply = TemperatureResult(word: 0x8000_080C)
        #expect(reply.code == 0x080C)
        #expect(reply.millicelsius == 53450)
        #expect(TemperatureResult(word: 0x0000_080C).millicelsius == nil)
    }

    @Test func hashRateReading() {
        #expect(HashRateReading(word: 0x8000_0000).mebihashesPerSecond == nil)
        #expect(HashRateReading(word: 0x007F_FFFF).mebihashesPerSecond == nil)
        #expect(HashRateReading(word: 0x0004_5000).mebihashesPerSecond == 0x45000)
    }
}
