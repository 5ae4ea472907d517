import ASIC
import Base
import Testing

@Suite struct UARTChainBringUpTests {
    @Test(arguments: ChipFamily.all)
    func everyFamilyComesUp(_ family: ChipFamily) throws {
        var bench = try ChainBench(family, chipCount: 5, maximumBaud: 4_000_000, frequency: .megahertz(100))
        #expect(try bench.bringUp())
        #expect(bench.chain.presentChipCount == 5)
        #expect(bench.chips.chips.map(\.address) == [0x00, 0x20, 0x40, 0x60, 0x80])
        let expectedBaud = family.bauds.last { $0.rate <= 4_000_000 }?.rate
        #expect(bench.chips.hostBaud == expectedBaud)
        #expect(bench.chain.ramp.current == .megahertz(100))
        let clock = try #require(bench.chips.chips[4].registers[.pll0])
        #expect(PLLWord(word: clock, postDividers: family.pll.postDividers).setting.frequency == .megahertz(100))
        #expect(bench.chips.chips[4].registers[.ticketMask] == 0xFF)
        #expect(!bench.isResetAsserted)
        #expect(bench.events.last == .hashing)
        #expect(bench.workRequests == 1)
        #expect(bench.chain.receiver.checksumErrorCount == 0)
    }

    @Test func theFirstFramesAreThoseOfTheCapture() throws {
        var bench = try ChainBench(.bm1370, chipCount: 1)
        #expect(try bench.bringUp())
        let version = bytes("55 AA 51 09 00 A4 90 00 FF FF 1C")
        #expect(
            Array(bench.frames.prefix(12)) == [
                version, version, version,
                bytes("55 AA 52 05 00 00 0A"),
                version,
                bytes("55 AA 51 09 00 A8 00 07 00 00 03"),
                bytes("55 AA 51 09 00 18 F0 00 C1 00 04"),
                bytes("55 AA 53 05 00 00 03"),
                bytes("55 AA 40 05 00 00 1C"),
                bytes("55 AA 52 05 00 00 0A"),
                bytes("55 AA 51 09 00 3C 80 00 8B 00 12"),
                bytes("55 AA 51 09 00 3C 80 00 80 0C 11"),
            ])
        // A single chip searches all nonces: no offset is written.
        #expect(bench.chips.chips[0].registers[.nonceOffset] == nil)
    }

    @Test func domainsAndOffsetsOfALongChain() throws {
        var bench = try ChainBench(.bm1370, chipCount: 65, chipsPerDomain: 5)
        #expect(try bench.bringUp())
        #expect(bench.chips.chips[1].address == 0x02)
        #expect(bench.frames.contains(bytes("55 AA 41 09 08 58 00 01 F1 11 1F")))
        #expect(bench.frames.contains(bytes("55 AA 41 09 00 2C 00 4F 00 03 00")))
        #expect(bench.frames.contains(bytes("55 AA 41 09 02 0C 80 00 03 F1 03")))
        #expect(bench.chips.chips[64].registers[.uartRelay] == 0x0013_0003)
        #expect(bench.chips.chips[64].registers[.nonceOffset] == 0x8000_FC10)
        #expect(bench.chips.chips[62].registers[.uartRelay] == nil)
    }

    @Test func theClockRisesInStepsOfVendorFirmware() throws {
        var bench = try ChainBench(.bm1362, chipCount: 2, frequency: .megahertz(100))
        #expect(try bench.bringUp())
        let clocks = bench.chips.commands.compactMap { command -> UInt32? in
            guard case .write(let write, .all) = command, write.register == .pll0 else { return nil }
            return PLLWord(word: write.value, postDividers: .minusOne).setting.frequency.hertz
        }
        #expect(clocks == (9...16).map { UInt32($0) * 6_250_000 })
    }

    @Test func theBM1397ClockIsWrittenTwiceBehindItsPrelude() throws {
        var bench = try ChainBench(.bm1397, chipCount: 1, frequency: .megahertz(50))
        #expect(try bench.bringUp())
        let writes = bench.chips.commands.compactMap { command -> Register? in
            guard case .write(let write, _) = command, [.pll0, .pll0Divider].contains(write.register) else {
                return nil
            }
            return write.register
        }
        #expect(writes == [.pll0Divider, .pll0Divider, .pll0, .pll0])
    }

    @Test func aDamagedOrLostAnswerIsAskedForAgain() throws {
        for faults in [
            FakeChain.Faults(corruptedAnswers: [1]), FakeChain.Faults(shortenedAnswers: [2]),
            FakeChain.Faults(corruptedAnswers: [4, 7]),
        ] {
            var bench = try ChainBench(.bm1366, chipCount: 3)
            bench.chips.faults = faults
            #expect(try bench.bringUp())
            #expect(bench.chain.presentChipCount == 3)
            #expect(bench.events == [.hashing])
        }
    }

    @Test func aLostAddressIsGivenAgain() throws {
        var bench = try ChainBench(.bm1368, chipCount: 4)
        bench.chips.faults.losesFirstAddress = 1
        #expect(try bench.bringUp())
        #expect(bench.chips.chips.map(\.address) == [0x00, 0x40, 0x80, 0xC0])
    }

    @Test func aBreakInTheChainIsAFaultUnlessTheBoardFileAllowsIt() throws {
        var bench = try ChainBench(.bm1366, chipCount: 5)
        bench.chips.faults.breakAfter = 2
        #expect(try !bench.bringUp())
        let fault = ChainFault.chipCount(found: 2, expected: 5)
        #expect(bench.chain.stage == .faulted(fault))
        #expect(bench.events == (1...5).map { .restarting(fault, attempt: $0) } + [.faulted(fault)])
        #expect(bench.isResetAsserted)
        #expect(bench.chain.wakeAt == nil)

        bench = try ChainBench(.bm1366, chipCount: 5, minimum: 2)
        bench.chips.faults.breakAfter = 2
        #expect(try bench.bringUp())
        #expect(bench.chain.presentChipCount == 2)
        #expect(bench.events.contains(.chipsMissing(found: 2, expected: 5)))
        #expect(bench.chips.chips[1].address == 0x20)
    }

    @Test func absentForeignAndSurplusChipsAreFaults() throws {
        var bench = try ChainBench(.bm1370, chipCount: 2, fitted: 0)
        #expect(try !bench.bringUp())
        #expect(bench.chain.stage == .faulted(.noChips))

        bench = try ChainBench(.bm1370, chipCount: 2)
        bench.chips.model = 0x1368
        #expect(try !bench.bringUp())
        #expect(bench.chain.stage == .faulted(.foreignChips(model: 0x1368)))

        bench = try ChainBench(.bm1370, chipCount: 2, fitted: 3, minimum: 1)
        #expect(try !bench.bringUp())
        #expect(bench.chain.stage == .faulted(.chipCount(found: 3, expected: 2)))
    }

    @Test func aLineThatCannotDoTheHigherRateFallsBack() throws {
        var bench = try ChainBench(.bm1370, chipCount: 3, maximumBaud: 3_125_000)
        bench.chips.faults.deafAbove = 2_000_000
        // The chips hear nothing at the higher rate, so only a reset brings them back.
        #expect(try bench.bringUp())
        #expect(bench.events.contains(.restarting(.lineLost, attempt: 1)))
        #expect(bench.chips.hostBaud == 115_200)
        #expect(bench.chain.baudIndex == 0)
    }

    @Test func chipsThatKeepTheirRateAreFollowedBackWithoutAReset() throws {
        var bench = try ChainBench(.bm1366, chipCount: 3, maximumBaud: 1_100_000)
        bench.chips.faults.keepsBaud = true
        #expect(try bench.bringUp())
        #expect(bench.events == [.lineRateFallback(from: 1_041_667, to: 115_200), .hashing])
        #expect(bench.chips.hostBaud == 115_200)
    }

    @Test func aDamagedAnswerDoesNotCostTheHigherRate() throws {
        var bench = try ChainBench(.bm1366, chipCount: 3, maximumBaud: 1_100_000)
        // Three answers to the count, three to the roll call, and the second at the new rate.
        bench.chips.faults.corruptedAnswers = [7]
        #expect(try bench.bringUp())
        #expect(bench.events == [.lineRate(baud: 1_041_667), .hashing])
    }

    @Test func stopHoldsResetAtAnyTime() throws {
        var bench = try ChainBench(.bm1362, chipCount: 3)
        for milliseconds in [0, 50, 150, 500, 1500, 3000] {
            bench.start()
            try bench.run(for: .milliseconds(milliseconds))
            bench.stop()
            #expect(bench.isResetAsserted)
            #expect(bench.chain.stage == .off)
            #expect(bench.chain.wakeAt == nil)
        }
        #expect(try bench.bringUp())
    }

    @Test func plansThatCannotBeAreRefused() {
        func plan(_ chips: Int, minimum: Int? = nil, domain: Int? = nil, megahertz: UInt32 = 400) throws {
            _ = try ChainPlan(
                family: .bm1370, chipCount: chips, minimumChipCount: minimum, chipsPerDomain: domain,
                maximumBaud: 1_000_000, frequency: .megahertz(megahertz), maximumFrequency: .megahertz(600))
        }
        #expect(throws: ChainPlanError.chipCount(0)) { try plan(0) }
        #expect(throws: ChainPlanError.chipCount(257)) { try plan(257) }
        #expect(throws: ChainPlanError.minimumChipCount(4)) { try plan(3, minimum: 4) }
        #expect(throws: ChainPlanError.chipsPerDomain(2)) { try plan(3, domain: 2) }
        let allowed = ClockFrequency(hertz: 56_250_000)...ClockFrequency.megahertz(600)
        #expect(throws: ChainPlanError.frequency(.megahertz(700), allowed: allowed)) { try plan(3, megahertz: 700) }
        #expect(throws: ChainPlanError.frequency(.megahertz(0), allowed: allowed)) { try plan(3, megahertz: 0) }
    }
}
