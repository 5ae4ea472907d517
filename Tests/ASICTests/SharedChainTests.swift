import ASIC
import Base
import Mining
import Testing

@Suite struct HashRateEstimateTests {
    let start = Instant(nanoseconds: 5_000_000_000)

    @Test func countsNoncesOverTheTimeThatThereWas() throws {
        var estimate = HashRateEstimate(startedAt: start)
        #expect(estimate.rate(now: start) == nil)
        for second in 1...100 { estimate.record(difficulty: 256, now: start + .seconds(second)) }
        let rate = try #require(estimate.rate(now: start + .seconds(100)))
        // One nonce of difficulty 256 a second is 256 · 2³² hashes a second; a hundred of them leave ten per cent.
        #expect(abs(rate.hashesPerSecond / (256 * 4_294_967_296) - 1) < 1e-9)
        #expect(abs(rate.standardError / rate.hashesPerSecond - 0.1) < 1e-9)
    }

    @Test func forgetsWhatLeftTheWindow() throws {
        var estimate = HashRateEstimate(startedAt: start)
        estimate.record(difficulty: 1, now: start)
        let silent = try #require(estimate.rate(now: start + .seconds(1000)))
        #expect(silent.hashesPerSecond == 0)
        #expect(silent.standardError > 0)
    }

    @Test func noTimeWhateverUpsetsIt() {
        var estimate = HashRateEstimate(startedAt: start)
        estimate.record(difficulty: 1, now: Instant(nanoseconds: 0))
        estimate.record(difficulty: 1, now: Instant(nanoseconds: .max))
        #expect(estimate.rate(now: Instant(nanoseconds: .max)) != nil)
    }
}

@Suite struct NonceDecodingTests {
    func decode(_ family: ChipFamily, _ hex: String, chips: Int = 1) throws -> DecodedNonce {
        var receiver = ResponseReceiver(length: family.responseLength)
        let response = try #require(bytes(hex).compactMap { receiver.receive($0) }.first)
        guard case .nonce(let reply) = response else { throw FrameError.header(0) }
        return family.decode(reply, in: ChainAddresses(chipCount: chips))
    }

    @Test func capturedNoncesOfEveryLayout() throws {
        let gamma = try decode(.bm1370, "AA 55 4C 03 52 75 0C D2 05 A2 9C")
        #expect(gamma.nonce == 0x7552_034C)
        #expect(gamma.jobID == 0x68)
        #expect(gamma.subCore == 2)
        #expect(gamma.core == 38)
        #expect(gamma.chip == 0)
        #expect(gamma.versionBits == 0x00B4_4000)
        #expect(gamma.excessZeroBits == 6)
        let longChain = try decode(.bm1362, "AA 55 6D B8 8E E1 01 04 03 54 94", chips: 126)
        #expect(longChain.core == 54)
        #expect(longChain.chip == 110)
        #expect(longChain.jobID == 0)
        #expect(longChain.subCore == 4)
        #expect(longChain.versionBits == 0x006A_8000)
        let single = try decode(.bm1362, "AA 55 2F D5 96 CE 02 93 94 FB 86")
        #expect(single.nonce == 0xCE96_D52F)
        #expect(single.versionBits == 0x129F_6000)
        #expect(single.jobID == 0x90)
        #expect(single.excessZeroBits == 1)
        let bitaxe = try decode(.bm1370, "AA 55 18 00 A6 40 02 99 22 F9 91")
        #expect(bitaxe.jobID == 0x48)
        #expect(bitaxe.subCore == 9)
        let old = try decode(.bm1397, "AA 55 97 C3 28 B6 01 63 9C")
        #expect(old.nonce == 0xB628_C397)
        #expect(old.jobID == 0x60)
        #expect(old.subCore == 3)
        #expect(old.core == 75)
        #expect(old.versionBits == 0)
        #expect(old.excessZeroBits == nil)
    }
}

@Suite struct JobIDTests {
    @Test func idsAreThoseOfVendorFirmwareAndLeadBackToTheirSlots() {
        #expect((0..<4).map(JobIDRule.lowTwoBitsSlot.id) == [0, 4, 8, 12])
        #expect((0..<4).map(JobIDRule.lowThreeBitsSubCore.id) == [0, 8, 16, 24])
        #expect((0..<7).map(JobIDRule.lowFourBitsSubCore.id) == [0, 24, 48, 72, 96, 120, 16])
        for rule in [JobIDRule.lowTwoBitsSlot, .lowThreeBitsSubCore, .lowFourBitsSubCore] {
            let ids = (0..<rule.count).map(rule.id)
            #expect(Set(ids).count == rule.count)
            #expect(ids.map(rule.slot) == Array(0..<rule.count))
            #expect((0...255).filter { rule.slot(ofID: $0) != nil }.count == rule.count)
        }
    }

    @Test func resultsSplitAsPublished() {
        #expect(JobIDRule.lowFourBitsSubCore.split(0xD2) == (0x68, 2))
        #expect(JobIDRule.lowTwoBitsSlot.split(0x63) == (0x60, 3))
        #expect(JobIDRule.lowTwoBitsSlot.slot(ofID: 0x60) == 24)
        #expect(JobIDRule.lowThreeBitsSubCore.split(0x04) == (0, 4))
        #expect(JobIDRule.lowThreeBitsSubCore.split(0x93) == (0x90, 3))
    }
}

@Suite struct NonceSpaceTests {
    @Test func addressesAreAPowerOfTwoApart() {
        for (chips, interval) in [(1, 256), (2, 128), (3, 64), (65, 2), (126, 2), (128, 2), (129, 1), (256, 1)] {
            let addresses = ChainAddresses(chipCount: chips)
            #expect(addresses.interval == interval)
            for position in 0..<chips {
                #expect(addresses.position(of: addresses.address(of: position)) == position)
            }
        }
        #expect(ChainAddresses(chipCount: 3).position(of: 0xC0) == nil)
        #expect(ChainAddresses(chipCount: 3).position(of: 0x01) == nil)
    }

    @Test func noncesTellTheirChip() {
        let chain = ChainAddresses(chipCount: 126)
        #expect(NonceLayout.addressBits.chip(of: 0x6DB8_8EE1, in: chain) == 110)
        #expect(NonceLayout.addressBits.chip(of: 0x01FE_0000, in: chain) == nil)
        #expect(NonceLayout.unknown.chip(of: 0x6DB8_8EE1, in: chain) == nil)
        #expect(NonceLayout.unknown.chip(of: 0x6DB8_8EE1, in: ChainAddresses(chipCount: 1)) == 0)
    }

    @Test func offsetWindowsEndWhereTheNextChipStarts() {
        let chain = ChainAddresses(chipCount: 65)
        for chip in 0..<65 {
            let start = UInt32(NonceOffset(position: chip, chipCount: 65).offset) << 9
            #expect(NonceLayout.offsetWindows.chip(of: start, in: chain) == chip)
            #expect(NonceLayout.offsetWindows.chip(of: start | 0x7F << 25 | 0x1FF, in: chain) == chip)
            if chip > 0 { #expect(NonceLayout.offsetWindows.chip(of: start - 1, in: chain) == chip - 1) }
        }
    }

    @Test func jobsLastAsLongAsPublished() {
        let one = JobCadence.duration(.bm1397, chips: 1, frequency: .megahertz(450), versions: 4)
        #expect(abs(Double(one.nanoseconds) * 0.75 / 1e6 - 27.962) < 0.001)
        let two = JobCadence.duration(.bm1370, chips: 2, frequency: .megahertz(450), versions: 65536)
        #expect(abs(Double(two.nanoseconds) * 0.5 / 1e6 - 76_354.974) < 0.001)
        // The factory's deadlines keep jobs for 0.9 to 1.8 seconds.
        let factory: [(ChipFamily, UInt32)] = [
            (.bm1368, 0x15A4), (.bm1370, 0x1EB5), (.bm1366, 0x115A), (.bm1362, 0x1381), (.bm1366, 0x151C),
        ]
        for (family, ticks) in factory {
            let epoch = JobCadence.duration(family, sweepTicks: ticks, versions: 65536)
            #expect(epoch > .milliseconds(900) && epoch < .milliseconds(1850))
        }
    }

    @Test func expectedHashRate() {
        #expect(ChipFamily.bm1370.hashesPerSecond(at: .megahertz(525)) == 1_071_000_000_000)
    }
}
